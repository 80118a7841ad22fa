import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { VirtualClock } from '@mixreel/core';
import { createNodeDevice } from '@mixreel/gpu/node';
import { readFrameExr, readPng } from '@mixreel/image';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Host, runCommandLine } from '../../src/index.ts';
import { mixreel, temporaryFolder } from '../mixreel.ts';
import { triangleGltf } from '../model.ts';

/** A run as small as it can be: most of its time is the compilation of kernels. */
const SMALL = ['run', '--room', 'office_small', '--seed', '7', '--frames', '3', '--spp', '1', '--size', '48x32'];

/** Three runs compile their kernels: 60 s of one idle core, several times that on a busy one. */
const PATIENCE_MS = 420_000;

interface Ran {
    readonly out: string;
    readonly stdout: string;
}
const CROWDED = ['--network', 'cell-edge', '--users', '8', '--loss', '0.7'];
const folder = mkdtempSync(join(tmpdir(), 'mixreel-chain-'));
let ample: Ran;
let crowded: Ran;
let again: Ran;

beforeAll(async () => {
    const run = async (name: string, ...words: string[]): Promise<Ran> => {
        const out = join(folder, name);
        const { code, stdout, stderr } = await mixreel([...SMALL, ...words, '-o', out]);
        expect(code, stderr).toBe(0);
        return { out, stdout };
    };
    ample = await run('ample', '--network', 'ample', '--users', '0', '--loss', '0', '--json');
    crowded = await run('crowded', ...CROWDED, '--json');
    again = await run('again', ...CROWDED);
}, PATIENCE_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run writes everything, ends with the path of its report, and the same seed gives the same bytes', () => {
    expect(again.stdout).toBe(`${join(again.out, 'report.html')}\n`);
    const names = [
        'clip.mxr',
        'junit.xml',
        'network.jsonl',
        'received.mxr',
        'report.html',
        'report.json',
        'scene.glb',
        'scene.json'
    ];
    for (const name of names) expect(readdirSync(again.out)).toContain(name);
    expect(readdirSync(again.out).filter((name) => name.includes('.tmp'))).toEqual([]);
    for (const name of ['scene.glb', 'scene.json', 'clip.mxr', 'received.mxr', 'network.jsonl']) {
        const [one, other] = [crowded, again].map(({ out }) => readFileSync(join(out, name)));
        expect(one!.equals(other!), name).toBe(true);
    }
});

test('with ample rate everything arrives; at a crowded, lossy edge it does not, and the decoded frames and XRMI show it', () => {
    const figureOf = ({ stdout }: Ran, label: string): number => {
        const { figures } = JSON.parse(stdout) as { figures: { label: string; value: number }[] };
        return figures.find((figure) => figure.label === label)?.value ?? Number.NaN;
    };
    const sent = readFileSync(join(ample.out, 'clip.mxr'));
    expect(sent.equals(readFileSync(join(ample.out, 'received.mxr')))).toBe(true);
    expect(readFileSync(join(crowded.out, 'received.mxr')).length).toBeLessThan(sent.length);
    for (const label of ['XRMI', 'PSNR']) expect(figureOf(crowded, label)).toBeLessThan(figureOf(ample, label));
});

test('a model is rendered to PNG and EXR: the triangle stands before the background', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'm.gltf');
    writeFileSync(model, JSON.stringify(triangleGltf()));
    const render = async (name: string, ...more: string[]): Promise<Buffer> => {
        const words = ['render', model, '--spp', '4', '--size', '24x24', '-o', join(folder, name), ...more];
        const { code, stderr } = await mixreel(words);
        expect(code, stderr).toBe(0);
        return readFileSync(join(folder, name));
    };
    const png = readPng(await render('a.png'));
    expect([png.widthPx, png.heightPx]).toEqual([24, 24]);
    const frame = readFrameExr(await render('a.exr'));
    const instance = frame.layer('instance');
    // Its tip is at y = 1, its base from x = -1 to 1 at y = -1; the camera, 3 m away, sees 1.27 m each way.
    expect(instance[12 * 24 + 12]).toBe(1);
    expect(instance[0]).toBe(0);
    expect(frame.layer('depth')[12 * 24 + 12]).toBeCloseTo(3, 4);
    // Without a sky nothing is behind the triangle; with one it is seen, blue above.
    expect(png.channels).toBe(4);
    const sky = readPng(await render('sky.png', '--sky', '3', '--sun', '40'));
    expect(sky.channels).toBe(3);
    expect(sky.data[2]).toBeGreaterThan(sky.data[0] as number);
});

test('a device that is lost in mid-render ends with code 3 and one message, and leaves what was there', async () => {
    const folder = temporaryFolder();
    const [model, out] = [join(folder, 'm.gltf'), join(folder, 'out.png')];
    writeFileSync(model, JSON.stringify(triangleGltf()));
    writeFileSync(out, 'kept');
    const printed = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr'): Writable =>
        new Writable({
            write(chunk, _encoding, done) {
                printed[name] += chunk;
                done();
            }
        });
    const host: Host = {
        stdout: sink('stdout'),
        stderr: sink('stderr'),
        env: {},
        clock: new VirtualClock(),
        onInterrupt: () => () => {},
        flush: async () => {},
        async createDevice() {
            const device = await createNodeDevice();
            const record = device.record.bind(device);
            let recordings = 0;
            // Several waves in, as a driver that resets would.
            device.record = (...args) => {
                if (++recordings === 4) device.gpu.destroy();
                return record(...args);
            };
            return device;
        }
    };
    const code = await runCommandLine(['render', model, '--spp', '64', '--size', '256x256', '-o', out], host);
    expect(code, printed.stderr).toBe(3);
    expect(printed.stderr.trimEnd().split('\n').at(-1)).toMatch(/^mixreel: .*lost.*\. .+\.$/);
    expect(printed.stdout).toBe('');
    expect(readFileSync(out, 'utf8')).toBe('kept');
});

test('Ctrl-C ends a run with code 3, and every file that is there is whole', {
    skip: process.platform === 'win32'
}, async () => {
    const folder = temporaryFolder();
    let sent = false;
    const { code, stderr } = await mixreel([...SMALL.slice(0, -1), '640x480', '--spp', '64', '-o', folder], {
        onStderr: (text, kill) => {
            if (sent || !/^scene: /m.test(text)) return;
            sent = true;
            kill('SIGINT');
        }
    });
    expect(code, stderr).toBe(3);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^mixreel: .* was cancelled\. /);
    expect(existsSync(join(folder, 'report.html'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['scene.glb', 'scene.json']);
    expect(() => JSON.parse(readFileSync(join(folder, 'scene.json'), 'utf8'))).not.toThrow();
});
