import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs a module text against the built package in a process of its own. */
function run(text: string, env: Record<string, string> = {}): { status: number | null; output: string } {
    const root = new URL('../../dist/', import.meta.url);
    const program = text.replaceAll('GPU/', root.href);
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
        timeout: 60_000
    });
    return { status: result.status, output: result.stdout + result.stderr };
}

describe('a Node process', () => {
    it('ends by itself with status 0 once its device is destroyed, though garbage was collected in between', () => {
        const { status, output } = run(
            `import { createNodeDevice } from 'GPU/node/index.js';
             import { setFlagsFromString } from 'node:v8';
             import { runInNewContext } from 'node:vm';
             setFlagsFromString('--expose-gc');
             const device = await createNodeDevice();
             const buffer = device.createBuffer({ label: 'data', data: Uint32Array.of(42) });
             runInNewContext('gc')();
             console.log(new Uint32Array(await device.read(buffer))[0]);
             device.destroy();`
        );
        expect(output).toBe('42\n');
        expect(status).toBe(0);
    });

    it('is told what to install when there is no working Vulkan driver', () => {
        const { status, output } = run(
            `import { createNodeDevice } from 'GPU/node/index.js';
             try { await createNodeDevice(); } catch (error) { console.log(error.code, error.message); }`,
            { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json', MIXREEL_VULKAN_ICD: '' }
        );
        if (process.platform === 'linux')
            expect(output).toMatch(/^environment no GPU device for Node: .*apt-get install/m);
        expect(status).toBe(0);
    });

    it('is told of a DAWN_NODE that cannot be loaded', () => {
        const { output } = run(
            `import { createNodeDevice } from 'GPU/node/index.js';
             try { await createNodeDevice(); } catch (error) { console.log(error.code, error.message); }`,
            { DAWN_NODE: '/nowhere/dawn.node' }
        );
        expect(output).toMatch(/^environment Dawn cannot be loaded from DAWN_NODE \(\/nowhere\/dawn\.node\)/);
    });
});
