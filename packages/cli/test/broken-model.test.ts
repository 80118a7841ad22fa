import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePng } from '@mixreel/image';
import { describe, expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';
import { type Gltf, TRIANGLE, triangleGltf } from './model.ts';

/** What is wrong, how it is made so, and what the message must name. */
const BROKEN: readonly (readonly [string, string, (folder: string) => string | Buffer, RegExp])[] = [
    ['a truncated file', 'm.gltf', () => JSON.stringify(triangleGltf()).slice(0, 400), /\. .+\.$/],
    ['a truncated binary file', 'm.glb', () => glb(triangleGltf()).subarray(0, 200), /\. .+\.$/],
    ['an empty file', 'm.glb', () => '', /\. .+\.$/],
    ['a missing buffer', 'm.gltf', () => change((m) => (m.buffers[0].uri = 'gone.bin')), /gone\.bin/],
    ['a missing texture', 'm.gltf', () => change(withTexture('gone.png')), /gone\.png/],
    [
        'a texture that is no picture',
        'm.gltf',
        () => change(withTexture('data:image/png;base64,AAAA')),
        /picture|texture/i
    ],
    ['NaN positions', 'm.gltf', () => JSON.stringify(triangleGltf(TRIANGLE.with(4, Number.NaN))), /NaN/],
    ['an index beyond the vertices', 'm.gltf', () => JSON.stringify(triangleGltf(TRIANGLE, [0, 1, 9])), /index|9/],
    ['zero triangles', 'm.gltf', () => change((m) => (m.nodes[0] = {})), /0 triangles|no triangle/i],
    ['an ending that no importer reads', 'm.blend', () => 'x', /ends in "\.blend" \(expected \.glb/]
];

describe('a broken model ends with code 2 and one message that says what to do, and nothing is written', () => {
    for (const [what, name, make, message] of BROKEN) {
        test(what, async () => {
            const folder = temporaryFolder();
            const [model, out] = [join(folder, name), join(folder, 'out.png')];
            writeFileSync(model, make(folder));
            writeFileSync(out, 'kept');
            const words = ['render', model, '--spp', '1', '--size', '16x16', '-o', out];
            const { code, stdout, stderr } = await mixreel(words);
            expect(stderr, stderr).toMatch(/^mixreel: [^\n]+\.\n$/);
            expect(stderr.trimEnd()).toMatch(message);
            expect(stderr).not.toMatch(/has a defect/);
            expect([code, stdout]).toEqual([2, '']);
            expect(readFileSync(out, 'utf8')).toBe('kept');
            expect(readdirSync(folder).sort()).toEqual([name, 'out.png'].sort());
        });
    }
});

describe('a broken room ends with code 2 and one message', () => {
    const rooms: readonly (readonly [string, string, RegExp])[] = [
        ['a capture without walls', JSON.stringify({ type: 'scene', version: 1, spatialEntities: [] }), /wall/i],
        ['a truncated capture', '{"type": "scene", "spatialEnti', /is no JSON/],
        ['something else', '[1, 2, 3]', /\. .+\.$/]
    ];
    for (const [what, json, message] of rooms) {
        for (const verb of what.endsWith('walls') ? ['generate', 'run'] : ['generate']) {
            test(`${what}: ${verb}`, async () => {
                const folder = temporaryFolder();
                const room = join(folder, 'room.json');
                writeFileSync(room, json);
                const { code, stderr } = await mixreel([verb, '--room', room], { cwd: folder });
                expect(stderr).toMatch(/^mixreel: [^\n]+\.\n$/);
                expect(stderr.trimEnd()).toMatch(message);
                expect(code).toBe(2);
                expect(readdirSync(folder)).toEqual(['room.json']);
            });
        }
    }

    test('a room that does not exist names those that do', async () => {
        const { code, stderr } = await mixreel(['generate', '--room', 'kitchen']);
        expect(code).toBe(2);
        expect(stderr).toMatch(/there is no room "kitchen" \(expected .*living_room.*\)/);
    });
});

test('a scene is the same, byte for byte, for the same seed, and another for another', async () => {
    const folder = temporaryFolder();
    const make = async (name: string, seed: string): Promise<Buffer> => {
        const path = join(folder, name);
        const words = ['generate', '--room', 'office_small', '--seed', seed, '-o', path];
        const { code, stderr } = await mixreel(words);
        expect(code, stderr).toBe(0);
        return readFileSync(path);
    };
    const [a, b, c] = [await make('a.glb', '7'), await make('b.glb', '7'), await make('c.glb', '8')];
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
    expect((await make('a.json', '7')).equals(await make('b.json', '7'))).toBe(true);
});

test('a room from words says what it added and what it did not understand, in a real room too', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'room.json');
    const make = (...more: string[]) => mixreel(['generate', '-o', out, '--json', ...more]);
    const { code, stdout, stderr } = await make(
        '--text',
        'a bedroom with a double bed, a table lamp and a frobnicator'
    );
    expect(code, stderr).toBe(0);
    const { implied, notUnderstood, unsatisfied } = JSON.parse(stdout);
    expect(implied.join()).toMatch(/^nightstand-\d+ for table_lamp-\d+$/);
    expect(notUnderstood).toEqual(['frobnicator']);
    expect(unsatisfied).toEqual([]);
    const real = await make('--text', 'a plant next to the desk', '--room', 'office_small');
    expect(real.code, real.stderr).toBe(0);
    expect(JSON.parse(real.stdout).real).toBeGreaterThan(0);
    const style = await make('--text', 'a sofa', '--style', 'baroque');
    expect(style.code).toBe(2);
    expect(style.stderr).toMatch(/style "baroque" is unknown/);
});

test('a model is converted to one binary file that render reads', async () => {
    const folder = temporaryFolder();
    const [model, out] = [join(folder, 'm.gltf'), join(folder, 'm.glb')];
    writeFileSync(model, JSON.stringify(triangleGltf()));
    const { code, stdout } = await mixreel(['convert', model, '-o', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out, meshes: 1, bytes: readFileSync(out).length });
    expect(readFileSync(out).subarray(0, 4).toString()).toBe('glTF');
    expect(existsSync(out)).toBe(true);
});

test('a texture that lies there under another name is read by --rename, and named as left out without', async () => {
    const folder = temporaryFolder();
    const [model, out] = [join(folder, 'm.obj'), join(folder, 'm.glb')];
    writeFileSync(model, 'mtllib m.mtl\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/1 2/1 3/1\n');
    writeFileSync(join(folder, 'm.mtl'), 'newmtl a\nmap_Kd wood.tga\n');
    const png = writePng({ widthPx: 1, heightPx: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(90, 60, 30) });
    writeFileSync(join(folder, 'oak.png'), png);
    const without = await mixreel(['convert', model, '-o', out]);
    expect(without.code).toBe(0);
    expect(without.stderr).toMatch(/picture "wood\.tga", which is not there \(rename.*left out/);
    const { code, stderr } = await mixreel(['convert', model, '-o', out, '--rename', 'wood.tga=oak.png']);
    expect(code, stderr).toBe(0);
    expect(readFileSync(out).includes(Buffer.from(png))).toBe(true);
    const unclear = await mixreel(['convert', model, '-o', out, '--rename', 'wood.tga']);
    expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('--rename holds "wood.tga"')]);
});

function change(edit: (model: Gltf) => unknown): string {
    const model = triangleGltf();
    edit(model);
    return JSON.stringify(model);
}

function withTexture(uri: string): (model: Gltf) => void {
    return (model) => {
        model.images = [{ uri }];
        model.textures = [{ source: 0 }];
        model.materials = [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }];
        model.meshes[0].primitives[0].material = 0;
    };
}

/** The JSON as a GLB without a binary chunk. */
function glb(model: Gltf): Buffer {
    const text = Buffer.from(JSON.stringify(model));
    const json = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, 0x20)]);
    const head = Buffer.alloc(20);
    head.write('glTF');
    head.writeUInt32LE(2, 4);
    head.writeUInt32LE(20 + json.length, 8);
    head.writeUInt32LE(json.length, 12);
    head.write('JSON', 16);
    return Buffer.concat([head, json]);
}
