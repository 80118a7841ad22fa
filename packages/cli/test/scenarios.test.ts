import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

/** A configuration of two scenarios, of which the second differs by a byte. */
const CONFIG = `export default { scenarios: [1, 2].map((n) => ({
    name: 'bytes/' + n,
    run: ({ capture }) => capture.exact('x', Uint8Array.of(n), { expected: Uint8Array.of(1) })
})) };`;

test('scenarios are found, run and judged; a difference is exit code 1 and in the report', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), CONFIG);
    const { code, stdout, stderr } = await mixreel(['test', '-o', join(folder, 'out')], { cwd: folder });
    expect([code, stdout]).toEqual([1, `${join(folder, 'out', 'report.html')}\n`]);
    expect(stderr).toMatch(/^passed +bytes\/1 .*\nfailed +bytes\/2 /);
    expect(readFileSync(join(folder, 'out', 'junit.xml'), 'utf8')).toContain('bytes');
    const some = await mixreel(['test', '--grep', 'bytes/1', '-o', join(folder, 'some'), '--json'], { cwd: folder });
    expect(some.code).toBe(0);
    expect(JSON.parse(some.stdout).scenarios).toEqual([{ name: 'bytes/1', status: 'passed' }]);
});

test('a configuration that is absent, broken or empty is bad input', async () => {
    const folder = temporaryFolder();
    const run = async (name: string, content?: string): Promise<string> => {
        if (content !== undefined) writeFileSync(join(folder, name), content);
        const { code, stderr } = await mixreel(['test', name], { cwd: folder });
        expect(code, stderr).toBe(2);
        return stderr;
    };
    expect(await run('none.mjs')).toMatch(/there is no none\.mjs/);
    expect(await run('broken.mjs', 'export default {')).toMatch(/broken\.mjs cannot be loaded/);
    expect(await run('bare.mjs', 'export const x = 1;')).toMatch(/bare\.mjs has no default export/);
    expect(await run('wrong.mjs', 'export default { scenarios: 3 };')).toMatch(/scenarios is 3/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
});
