import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { placeInModule } from '@mixreel/gpu';
import { linkFolder, writeLinked } from '@mixreel/gpu/build';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MODULES: Readonly<Record<string, string>> = {
    'trace.wgsl': [
        '// The root module.',
        'import package::lib::ray::{Ray, along};',
        'import package::state::{params, hits};',
        '@if(SOA) import package::soa::store;',
        '@else import package::aos::store;',
        '',
        '@compute @workgroup_size(64)',
        'fn main(@builtin(global_invocation_id) id: vec3u) {',
        '    let ray = Ray(vec3f(0.0), vec3f(1.0));',
        '    store(id.x, along(ray, params.far));',
        '}',
        ''
    ].join('\n'),
    'lib/ray.wgsl': [
        'struct Ray { origin: vec3f, direction: vec3f }',
        '',
        'fn along(ray: Ray, t: f32) -> vec3f {',
        '    return ray.origin',
        '        + t * ray.direction;',
        '}',
        'fn never() -> f32 { return 0.0; }',
        ''
    ].join('\n'),
    'state.wgsl':
        'struct Params { far: f32 }\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read_write> hits: array<vec4f>;\n',
    'soa.wgsl': 'import package::state::hits;\nfn store(i: u32, p: vec3f) { hits[i] = vec4f(p, 1.0); }\n',
    'aos.wgsl': 'import package::state::hits;\nfn store(i: u32, p: vec3f) { hits[i * 2u] = vec4f(p, 0.0); }\n'
};

const MANIFEST = {
    kernels: [{ name: 'trace_ray', module: 'trace.wgsl', variants: { soa: { SOA: true }, aos: { SOA: false } } }]
};

let root: string;
let folder: string;

function write(path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mixreel-link-'));
    folder = join(root, 'shaders', 'demo');
    for (const [path, text] of Object.entries(MODULES)) write(path, text);
    write('kernels.json', JSON.stringify(MANIFEST));
});

afterEach(() => rmSync(root, { recursive: true }));

/** Line and column, from 1, of a text in another. */
function positionOf(text: string, part: string): [number, number] {
    const before = text.slice(0, text.indexOf(part)).split('\n');
    return [before.length, before.at(-1)!.length + 1];
}

describe('linkFolder', () => {
    it('makes one constant for each variant, with what that variant imports and nothing else', async () => {
        const [kernel] = await linkFolder(folder);
        expect([...kernel!.variants.keys()]).toEqual(['traceRaySoa', 'traceRayAos']);
        const soa = kernel!.variants.get('traceRaySoa')!;
        expect(soa.label).toBe('demo/trace_ray:soa');
        expect(soa.code).toContain('hits[i] = vec4f(p, 1.0)');
        expect(soa.code).not.toContain('i * 2u');
        expect(soa.code).not.toContain('never');
        expect(kernel!.variants.get('traceRayAos')!.code).toContain('i * 2u');
    });

    it('maps every place of the linked text back to the module, line and column where it was written', async () => {
        const [kernel] = await linkFolder(folder);
        const linked = kernel!.variants.get('traceRaySoa')!;
        const written: [string, string][] = [
            ['store(id.x, along', 'trace.wgsl'],
            ['t * ray.direction', 'lib/ray.wgsl'],
            ['far: f32', 'state.wgsl'],
            ['vec4f(p, 1.0)', 'soa.wgsl']
        ];
        for (const [text, module] of written) {
            const [line, column] = positionOf(MODULES[module]!, text);
            expect(placeInModule(linked, ...positionOf(linked.code, text)), text).toEqual({
                file: `shaders/demo/${module}`,
                line,
                column
            });
        }
        expect(placeInModule(linked, 10_000, 1)).toBeNull();
    });

    it.each([
        [
            'a module that does not exist',
            'import package::nowhere::f;\n@compute @workgroup_size(1) fn main() { f(); }',
            /'package::nowhere::f' in file: shaders\/demo\/trace\.wgsl/
        ],
        [
            'a text that does not parse',
            'fn main( {',
            /trace_ray:soa" does not link: shaders\/demo\/trace\.wgsl:1:10 error/
        ],
        [
            'a name that nobody declares',
            '@compute @workgroup_size(1) fn main() { f(); }',
            /unresolved identifier 'f' in file: shaders\/demo\/trace\.wgsl/
        ]
    ])('refuses %s, naming kernel and place', async (_, text, message) => {
        write('trace.wgsl', text);
        await expect(linkFolder(folder)).rejects.toThrow(message);
        await expect(linkFolder(folder)).rejects.toMatchObject({ code: 'bad-input' });
    });

    it('refuses file names that WGSL cannot import', async () => {
        write('hit-light.wgsl', '');
        await expect(linkFolder(folder)).rejects.toThrow(/shaders\/demo\/hit-light\.wgsl has a name/);
    });

    it('refuses a manifest that is missing or has no kernels', async () => {
        write('kernels.json', '{}');
        await expect(linkFolder(folder)).rejects.toThrow(/kernels\.json cannot be read: it has no list "kernels"/);
        rmSync(join(folder, 'kernels.json'));
        await expect(linkFolder(folder)).rejects.toMatchObject({ code: 'bad-input' });
    });
});

describe('writeLinked', () => {
    it('writes the same bytes every time, leaves right files alone and removes stale ones', async () => {
        const out = join(root, 'generated');
        expect(await writeLinked(folder, out)).toEqual(['index.ts', 'trace_ray.ts']);
        const before = readFileSync(join(out, 'trace_ray.ts'), 'utf8');
        const time = statSync(join(out, 'trace_ray.ts'), { bigint: true }).mtimeNs;
        expect(readFileSync(join(out, 'index.ts'), 'utf8')).toBe(
            `export { traceRaySoa, traceRayAos } from './trace_ray.ts';\n`
        );
        writeFileSync(join(out, 'stale.ts'), '');
        await writeLinked(folder, out);
        expect(readdirSync(out).sort()).toEqual(['index.ts', 'trace_ray.ts']);
        expect(readFileSync(join(out, 'trace_ray.ts'), 'utf8')).toBe(before);
        expect(statSync(join(out, 'trace_ray.ts'), { bigint: true }).mtimeNs).toBe(time);
    });

    it('writes the same bytes for sources with Windows line ends', async () => {
        const [kernel] = await linkFolder(folder);
        for (const [path, text] of Object.entries(MODULES)) write(path, text.replaceAll('\n', '\r\n'));
        expect((await linkFolder(folder))[0]!.variants).toEqual(kernel!.variants);
    });
});
