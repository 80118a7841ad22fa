import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellCount, fidelityOf, readScenarioFile, recordedFilesOf, SCENARIO_FORMAT } from '../../src/index.ts';
import { flowsOf } from '../../src/study/scenario-flow.ts';

const GOOD = `{
    // what is compared
    "format": "${SCENARIO_FORMAT}",
    "preset": "city",
    "cell": { "harq": { "maxTransmissions": 3 } },
    "users": [1, 2],
    "flows": [
        { "traffic": "vr-30" },
        { "traffic": { "model": "pose", "sizeBytes": 200 }, "direction": "uplink", "name": "hands" },
    ],
    "variants": {
        "on": {},
        "all off.": { "cell": { "scheduler": "pf", "harq": { "gnbSlots": 2 } }, "flows": { "followsOffset": false } }
    }
}`;

test('a scenario with comments is read, variants over the common cell', () => {
    const scenario = readScenarioFile(GOOD, 'vr.json');
    expect(scenario.users).toEqual([1, 2]);
    expect(scenario.variants.map(({ name }) => name)).toEqual(['on', 'all off.']);
    const [on, off] = scenario.variants;
    expect(on?.cell).toMatchObject({ scheduler: 'psdb', harq: { maxTransmissions: 3, gnbSlots: 1 } });
    expect(off?.cell).toMatchObject({ scheduler: 'pf', harq: { maxTransmissions: 3, gnbSlots: 2 } });
    expect(off?.flows[1]).toMatchObject({ name: 'hands', direction: 'uplink', traffic: { sizeBytes: 200 } });
});

// What is put in the place of what, the value that must be pointed at, and the message behind line and column.
const faults: readonly (readonly [string, string, string, RegExp])[] = [
    [
        '"maxTransmissions": 3',
        '"maxTransmissions": 0',
        '0 }',
        /cell\.harq\.maxTransmissions is 0 \(expected a whole number from 1 to 16\)/
    ],
    [
        '"gnbSlots": 2',
        '"gnbSlots": 99',
        '99',
        /variants\.all off\.\.cell\.harq\.gnbSlots is 99 \(expected a whole number from 0 to 16/
    ],
    [
        '"scheduler": "pf"',
        '"scheduler": "fifo"',
        '"fifo"',
        /variants\.all off\.\.cell\.scheduler is "fifo" \(expected psdb, edf/
    ],
    ['"name": "hands"', '"fiveQi": 9', '9 }', /flows\[1\]\.fiveQi is 9 \(expected 80, 87, 88, 89, 90\)/],
    [
        '"name": "hands"',
        '"sender": "cubic"',
        '"cubic"',
        /flows\[1\]\.sender is "cubic" \(expected .*prague.* or null\)/
    ],
    [
        '"followsOffset": false',
        '"rateControl": "cubic"',
        '"cubic"',
        /variants\.all off\.\.flows\.rateControl is "cubic" \(expected recommended, prague, scream or null\)/
    ],
    [
        '"name": "hands"',
        '"setErrorRate": 0.75',
        '0.75',
        /flows\[1\]\.setErrorRate is 0\.75 \(expected a number from 1e-9 to 0\.5\)/
    ],
    [
        '"vr-30" }',
        '{ "recorded": "a.csv" } }',
        '"a.csv"',
        /flows\[0\]\.traffic\.recorded is "a\.csv" \(expected a P-trace that was given/
    ],
    ['[1, 2]', '[1, 0]', '0]', /users\[1\] is 0 \(expected a whole number from 1 to 10000 users\)/],
    ['"preset": "city"', '"preset": "town"', '"town"', /preset is "town" \(expected ample, indoor/],
    ['"vr-30"', '"vr-31"', '"vr-31"', /flows\[0\]\.traffic: the traffic model is "vr-31"/],
    ['"sizeBytes": 200', '"sizeBytes": -1', '-1', /flows\[1\]\.traffic\.sizeBytes is -1 \(expected a number from 1/],
    ['"sizeBytes": 200', '"fps": 60', '60', /flows\[1\]\.traffic\.fps is not a field of "pose"/],
    ['"followsOffset": false', '"followsOffset": "no"', '"no"', /variants\.all off\.\.flows\.followsOffset is "no"/],
    [
        '"direction": "uplink"',
        '"direction": "up"',
        '"up"',
        /flows\[1\]\.direction is "up" \(expected downlink or uplink\)/
    ],
    ['"users": [', '"user": [', '[1, 2]', /user is not a field \(expected one of format, title/],
    [SCENARIO_FORMAT, 'mixreel-network/9', '"mixreel-network/9"', /format is "mixreel-network\/9"/],
    ['"city",', '"city"', '"cell"', /comma expected/]
];
for (const [place, fault, value, message] of faults) {
    test(`${fault} is said with line, column and range`, () => {
        const text = GOOD.replace(place, fault);
        const lines = text.split('\n');
        const line = lines.findIndex((candidate) => candidate.includes(value) && !candidate.includes('//'));
        const column = lines[line]!.indexOf(value);
        const at = `vr.json:${line + 1}:${column + 1}: `;
        expect(() => readScenarioFile(text, 'vr.json')).toThrow(
            new RegExp(`^${at.replaceAll('.', '\\.')}${message.source}`)
        );
    });
}

test('a flow has the profile that it names, or the traffic of a trace', () => {
    const text = GOOD.replace('"vr-30" }', '{ "recorded": "a.csv", "deadlineNs": 5000000 }, "fiveQi": 90 }');
    expect(recordedFilesOf(text, 'vr.json')).toEqual(['a.csv']);
    const trace = 'time_stamp_in_micro_s,size,number_in_unit,last_in_unit\n0,1040,0,1\n9000,540,0,1\n';
    const { variants } = readScenarioFile(text, 'vr.json', new Map([['a.csv', trace]]));
    const [flow] = flowsOf(variants[0]!.flows, 1);
    expect(flow).toMatchObject({ fiveQi: 90, traffic: { kind: 'recorded', sizesBytes: [1000, 500], deadlineNs: 5e6 } });
    expect(() => readScenarioFile(text, 'vr.json', new Map([['a.csv', 'size\n']]))).toThrow(
        /vr\.json:8:\d+: flows\[0\]\.traffic\.recorded: the P-trace starts with "size"/
    );
});

const COUPLED = `{
    "format": "${SCENARIO_FORMAT}",
    "network": { "place": "umi", "sites": 1, "speedKmh": 30 },
    "users": [1, 2],
    "flows": [{ "traffic": "cg-8" }, { "traffic": "pose", "direction": "uplink" }],
    "variants": {
        "drive": { "network": { "handover": { "kind": "daps" } } },
        "stay": { "flows": [{}, { "name": "head" }] },
        "alone": { "network": null }
    }
}`;

test('cells that are coupled are said once, and changed by variants', () => {
    const { variants } = readScenarioFile(COUPLED, 'net.json');
    const [drive, stay, alone] = variants;
    const network = { place: 'umi', sites: 1, speedKmh: 30 };
    expect(drive?.network).toEqual({ ...network, handover: { kind: 'daps' } });
    expect(stay?.network).toEqual(network);
    expect(alone?.network).toBeNull();
    expect(variants.map(cellCount)).toEqual([3, 3, 1]);
    expect(variants.map(({ cell }) => fidelityOf(cell))).toEqual(['L2', 'L2', 'L1']);
    expect(stay?.flows.map(({ name }) => name)).toEqual(['video', 'head']);
});

test.each([
    ['"umi"', '"town"', 3, /network\.place is "town" \(expected uma, umi or inh\)/],
    ['"sites": 1', '"sites": 3', 3, /network\.sites is 3 \(expected 1 or 7\)/],
    ['"speedKmh": 30', '"speedKmh": 900', 3, /network\.speedKmh is 900 \(expected a number from 0 to 500 km\/h\)/],
    ['"speedKmh": 30', '"speed": 30', 3, /network\.speed is not a field \(expected one of place, carrierGhz/],
    ['"daps"', '"soft"', 7, /variants\.drive\.network\.handover\.kind is "soft" \(expected ordinary or daps\)/],
    ['"kind": "daps"', '"kind": "daps", "at": 1', 7, /variants\.drive\.network\.handover\.at is/],
    ['"network": null', '"network": 5', 9, /variants\.alone\.network is 5 \(expected an object\)/],
    ['[1, 2]', '[1, 2000]', 4, /users\[1\] is 2000 \(expected a whole number from 1 to 1000 users in each/],
    ['[{}, { "name": "head" }]', '[{}]', 8, /variants\.stay\.flows has 1 entries \(expected 2, one for each flow\)/],
    ['"head"', '4', 8, /variants\.stay\.flows\[1\]\.name is 4 \(expected a text\)/],
    [
        '"stay": {',
        '"stay": { "cell": { "secondary": { "bandwidthPrb": 50, "pattern": "DDDSU", "sinrOffsetDb": 0, "backhaulNs": 0 } },',
        8,
        /variants\.stay: coupled cells have a second node/
    ]
])('%s as %s is said with its line', (good, bad, line, message) => {
    const text = COUPLED.replace(good, bad);
    expect(() => readScenarioFile(text, 'net.json')).toThrow(message);
    expect(() => readScenarioFile(text, 'net.json')).toThrow(new RegExp(`^net\\.json:${line}:\\d+: `));
});

test('no text makes anything but a scenario or a bad-input error', () => {
    const cut = fc.tuple(fc.nat(GOOD.length), fc.nat(GOOD.length), fc.string()).map(([a, b, text]) => {
        return GOOD.slice(0, Math.min(a, b)) + text + GOOD.slice(Math.max(a, b));
    });
    fc.assert(
        fc.property(fc.oneof(cut, fc.string(), fc.json()), (text) => {
            try {
                readScenarioFile(text, 'x.json');
            } catch (error) {
                expect(error).toMatchObject({ name: 'MixreelError', code: 'bad-input' });
            }
        }),
        { numRuns: 300 }
    );
});
