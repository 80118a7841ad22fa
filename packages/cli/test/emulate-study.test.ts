import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMxr, inspectMxr } from '@mixreel/codec';
import { Frame } from '@mixreel/image';
import { expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

const SCENARIO = `{
    // Two ways to run a narrow cell.
    "format": "mixreel-network/1",
    "title": "A <narrow> cell",
    "preset": "congested",
    "seconds": 0.3,
    "users": [1, 2, 6],
    "seeds": 2,
    "variants": { "drop late": {}, "keep late": { "cell": { "discard": { "expired": false, "integrated": false } } } }
}`;

test('a scenario is swept with a report and a table; shards put together give the same', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'study.json'), SCENARIO);
    const words = ['emulate', 'study.json', '--workers', '2', '--report', 'study.html', '--csv', 'study.csv', '--json'];
    const whole = await mixreel(words, { cwd: folder });
    expect(whole).toMatchObject({ code: 0 });
    const { points, capacities } = JSON.parse(whole.stdout);
    expect(points).toHaveLength(6);
    expect(capacities.map(({ variant }: { variant: string }) => variant)).toEqual(['drop late', 'keep late']);
    const html = readFileSync(join(folder, 'study.html'), 'utf8');
    expect(html).toContain('A &lt;narrow&gt; cell');
    for (const title of [
        'Satisfied users against load',
        'Delay of PDU Sets',
        'What the delay is made of',
        'Packets of set'
    ]) {
        expect(html).toContain(title);
    }
    const csv = readFileSync(join(folder, 'study.csv'), 'utf8').trimEnd().split('\r\n');
    expect(csv).toHaveLength(7);
    expect(csv[1]).toMatch(/^drop late,1,2,/);
    for (const shard of ['1/2', '2/2']) {
        const name = `part-${shard[0]}.json`;
        const part = await mixreel(['emulate', 'study.json', '--shard', shard, '-o', name], { cwd: folder });
        expect(part).toMatchObject({ code: 0 });
    }
    const parts = ['emulate', 'study.json', '--parts', 'part-1.json,part-2.json', '--json'];
    const merged = await mixreel(parts, { cwd: folder });
    expect(JSON.parse(merged.stdout).points).toEqual(points);
});

test('a report shows the frame of the user that it is asked for, of a recorded trace as well', async () => {
    const folder = temporaryFolder();
    const packets = Array.from({ length: 40 }, (_, i) => `${i * 8000},9040,0,1`);
    writeFileSync(
        join(folder, 'p.csv'),
        ['time_stamp_in_micro_s,size,number_in_unit,last_in_unit', ...packets].join('\n')
    );
    const flows = '"flows": [{ "traffic": { "recorded": "p.csv" }, "fiveQi": 89 }], "variants"';
    writeFileSync(join(folder, 'study.json'), SCENARIO.replace('"variants"', flows));
    const words = ['emulate', 'study.json', '--report', 'r.html', '--user', '1', '--frame', '20'];
    expect(await mixreel(words, { cwd: folder })).toMatchObject({ code: 0 });
    const html = readFileSync(join(folder, 'r.html'), 'utf8');
    for (const text of ['User 1&#39;s sets from 8 on', 'Packets of set 20', 'Set 20 of user 1: it took'])
        expect(html.replaceAll("'", '&#39;')).toContain(text);
    const outside = await mixreel([...words.slice(0, 4), '--user', '9'], { cwd: folder });
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringMatching(/--user is 9 \(expected 0 to \d+/) });
});

test('a coded video is sent as its encoder sends it: a PDU Set for each importance of a frame', async () => {
    const folder = temporaryFolder();
    const side = 32;
    const frames = Array.from({ length: 4 }, (_, k) => {
        const color = Float32Array.from({ length: 3 * side * side }, (_, i) => ((i * 7 + k * 31) % 64) / 64);
        return new Frame({ widthPx: side, heightPx: side, layers: { color }, timeNs: k * 40_000_000 });
    });
    const coded = encodeMxr(frames);
    writeFileSync(join(folder, 'clip.mxr'), coded);
    const flows =
        '"cell": { "harq": { "errorModel": "none" } }, "flows": [{ "traffic": { "recorded": "clip.mxr", "deadlineNs": 3e7 } }], "variants"';
    writeFileSync(
        join(folder, 'study.json'),
        SCENARIO.replace('"seconds": 0.3', '"seconds": 1.6').replace('"variants"', flows)
    );
    const { code, stdout, stderr } = await mixreel(['emulate', 'study.json', '--json'], { cwd: folder });
    expect(code, stderr).toBe(0);
    const [point] = JSON.parse(stdout).points;
    // Ten laps of four frames in 1.6 s, every byte of the units once in each, and 40 of headers with every 1400 of a set.
    const units = inspectMxr(coded).frames.reduce((sum, frame) => sum + frame.bytes, 0);
    expect((point.rateBps * 1.6) / 8 / 10).toBeGreaterThanOrEqual(units);
    expect((point.rateBps * 1.6) / 8 / 10).toBeLessThan(units + 4 * 15 * 40 + (units / 1400) * 40);
    expect(point.satisfied).toBe(1);
    writeFileSync(join(folder, 'clip.mxr'), 'no video');
    expect(await mixreel(['emulate', 'study.json'], { cwd: folder })).toMatchObject({ code: 2 });
});

test('coupled cells are swept, and a user of any of them is looked at', async () => {
    const folder = temporaryFolder();
    const network = '"network": { "place": "umi", "sites": 1 }, "variants"';
    const text = SCENARIO.replace('[1, 2, 6]', '[1, 2]').replace('"variants"', network);
    writeFileSync(join(folder, 'study.json'), text);
    const words = ['emulate', 'study.json', '--report', 'r.html', '--workers', '2', '--json', '--user'];
    const { code, stdout, stderr } = await mixreel([...words, '2'], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).points).toHaveLength(4);
    const html = readFileSync(join(folder, 'r.html'), 'utf8');
    for (const part of ['1, 2 users a cell, 3 cells', 'fidelity L2', 'User 2']) expect(html).toContain(part);
    const outside = await mixreel([...words, '6'], { cwd: folder });
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringMatching(/--user is 6 \(expected 0 to [25]: /) });
    const live = await mixreel(['proxy', '127.0.0.1:9', '--replay', 'study.json'], { cwd: folder });
    expect(live).toMatchObject({ code: 2, stderr: expect.stringContaining('has coupled cells') });
});

test('what is wrong with a scenario is said by line, and nothing is written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bad.json'), SCENARIO.replace('"expired": false', '"expired": 3'));
    writeFileSync(join(folder, 'good.json'), SCENARIO);
    writeFileSync(join(folder, 'part.json'), '{"format": "mixreel-network-part/1", "scenario": "0", "outcomes": []}');
    const cases: readonly (readonly [string[], RegExp])[] = [
        [
            ['bad.json', '--csv', 'x.csv'],
            /bad\.json:9:\d+: variants\.keep late\.cell\.discard\.expired is 3 \(expected true or false\)/
        ],
        [['good.json', '--users', '3'], /--users is given beside a scenario file .*Write it into good\.json/],
        [['--csv', 'x.csv'], /--csv is given without a scenario file/],
        [['good.json', '--shard', '1/2'], /--shard is given without --out/],
        [['good.json', '--shard', '3/2', '-o', 'x.json'], /the shard is 3\/2/],
        [['good.json', '--parts', 'part.json'], /part\.json is of another scenario file/],
        [['good.json', '--csv', 'x.txt'], /ends in ".txt" \(expected .csv\)/]
    ];
    for (const [words, message] of cases) {
        const { code, stderr } = await mixreel(['emulate', ...words], { cwd: folder });
        expect(code, words.join(' ')).toBe(2);
        expect(stderr.trimEnd()).toMatch(message);
    }
    for (const name of ['x.csv', 'x.json', 'x.txt']) expect(existsSync(join(folder, name))).toBe(false);
});
