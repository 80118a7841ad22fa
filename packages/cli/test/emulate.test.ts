import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

test('the same seed gives the same log, byte for byte, and another seed another', async () => {
    const folder = temporaryFolder();
    const run = async (name: string, seed: string): Promise<string> => {
        const path = join(folder, name);
        const words = [
            'emulate',
            '--users',
            '3',
            '--seconds',
            '0.5',
            '--preset',
            'cell-edge',
            '--seed',
            seed,
            '-o',
            path
        ];
        expect((await mixreel(words)).code).toBe(0);
        return readFileSync(path, 'utf8');
    };
    const [a, b, c] = [await run('a', '7'), await run('b', '7'), await run('c', '8')];
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    for (const line of a.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('kind');
});

test('an ample cell satisfies its users, a crowded narrow one does not', async () => {
    const satisfied = async (users: string, preset: string): Promise<number> => {
        const { code, stdout } = await mixreel([
            'emulate',
            '--users',
            users,
            '--preset',
            preset,
            '--seconds',
            '1',
            '--json'
        ]);
        expect(code).toBe(0);
        return JSON.parse(stdout).satisfied;
    };
    expect(await satisfied('2', 'ample')).toBe(2);
    // Ten streams of 30 Mbit/s into a carrier of 27 PRB (10 MHz), which holds about 60 Mbit/s at its 12 dB.
    expect(await satisfied('10', 'congested')).toBeLessThan(3);
});

test('without --json a table for people', async () => {
    const { stdout } = await mixreel(['emulate', '--users', '2', '--seconds', '0.2']);
    expect(stdout).toMatch(/^user +sets +in time/);
    expect(stdout).toMatch(/\n[012] of 2 users satisfied\n$/);
});
