/**
 * Bad input: scenarios, traces and marks with bytes changed, cut or repeated. Whatever is refused is refused by a `MixreelError`
 * that says `bad-input`. Vanishing clients, floods and tokens are in packages/xrnet/test/node.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { MixreelError, Rng } from '@mixreel/core';
import {
    decodePduSetMark,
    readCsvTrace,
    readMahimahiTrace,
    readPacketTrace,
    readScenarioFile,
    resolveCellConfig
} from '@mixreel/xrnet';

const SCENARIOS = new URL('../../../packages/xrnet/scenarios/', import.meta.url);
const CSV = 'time_ms,rate_mbps\n0,12\n100,30.5\n200,0\n300,44\n';
const MAHIMAHI = '1\n2\n2\n5\n9\n12\n';
const PACKETS =
    'time_stamp_in_micro_s,size,number_in_unit,last_in_unit,eye_buffer,user_id\n0,1400,0,0,0,0\n120,700,1,1,0,0\n';

/** A text with up to four accidents. */
function broken(text, draws) {
    let out = text;
    for (let i = draws.integer(4); i >= 0; i--) {
        const at = draws.integer(out.length + 1);
        const piece = draws.pick(['', '-', '9e9', 'NaN', '{', '"', ',', '\n', '0', 'null', '\u0000', out.slice(0, at)]);
        out = out.slice(0, at) + piece + out.slice(at + draws.integer(6));
    }
    return out;
}

const NUMBERS = [Number.NaN, -1, 0, 1e99, -1e99, Infinity, 0.5, 'a', null, {}, []];

export default async function robustness({ quick }) {
    const draws = Rng.create(9).stream('accidents');
    const files = readdirSync(SCENARIOS).map((name) => readFileSync(new URL(name, SCENARIOS), 'utf8'));
    const fields = ['bandwidthPrb', 'numerology', 'coreDelayNs', 'durationNs', 'harq', 'tdd', 'radio', 'carriers'];
    const tries = {
        scenario: () => readScenarioFile(broken(draws.pick(files), draws), 'broken.json'),
        csv: () => readCsvTrace(broken(CSV, draws)),
        mahimahi: () => readMahimahiTrace(broken(MAHIMAHI, draws)),
        packets: () => readPacketTrace(broken(PACKETS, draws)),
        mark: () => decodePduSetMark(Uint8Array.from({ length: draws.integer(12) }, () => draws.integer(256))),
        configuration: () => resolveCellConfig({ [draws.pick(fields)]: draws.pick(NUMBERS) })
    };
    let [refused, unexpected, count] = [0, 0, 0];
    const first = [];
    for (let i = 0; i < (quick ? 500 : 5000); i++) {
        for (const [name, attempt] of Object.entries(tries)) {
            count++;
            try {
                attempt();
            } catch (error) {
                if (error instanceof MixreelError && error.code === 'bad-input') refused++;
                else {
                    unexpected++;
                    if (first.length < 3) first.push(`${name}: ${error.message}`);
                }
            }
        }
    }
    return [
        {
            name: 'robustness/unexpected-failures',
            value: unexpected,
            unit: 'inputs',
            better: 'lower',
            wanted: 0,
            note: `${count} inputs, ${refused} refused as bad input${first.length > 0 ? `; ${first.join('; ')}` : ''}`
        }
    ];
}
