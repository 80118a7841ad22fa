/**
 * Links the WGSL modules of one folder into the kernels its `kernels.json` names, with `wesl`, and writes each as a TypeScript
 * file that exports `LinkedWgsl` constants. Run at build:
 *
 *     node ../gpu/dist/build/link-wgsl.js ../../shaders/pathtracer src/generated
 *
 * The output depends on the sources alone: same modules, same bytes. Files that already hold the right bytes are not touched,
 * so that incremental compilers see no change. Costs about 10 ms a kernel variant.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from '@jridgewell/sourcemap-codec';
import { badInput, MixreelError } from '@mixreel/core';
import { type LinkedWesl, link, withLoggerAsync } from 'wesl/core';
import type { LinkedWgsl } from '../linked-wgsl.ts';

/** One kernel of a manifest. */
export interface KernelManifest {
    /** Names the output: `intersect` gives `src/generated/intersect.ts`. */
    readonly name: string;
    /** The root module, a path in the folder: `intersect.wgsl`. */
    readonly module: string;
    /** Conditions of each variant: `{ "soa": { "SOA": true }, "aos": { "SOA": false } }`. Without variants there is one. */
    readonly variants?: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/** `shaders/<package>/kernels.json`. */
export interface ShaderManifest {
    readonly kernels: readonly KernelManifest[];
    /** Other folders whose modules may be imported as `package::<name>::…`: `{ "gpu": "../gpu" }`. */
    readonly libraries?: Readonly<Record<string, string>>;
}

/** A kernel with all its variants, linked. */
export interface LinkedKernel {
    readonly name: string;
    /** By export name: `intersectSoa`. */
    readonly variants: ReadonlyMap<string, LinkedWgsl>;
}

/**
 * Links every kernel and variant of a folder. Throws `bad-input` naming the module and line of what does not link.
 *
 * @param manifest - Other kernels than those of the folder's `kernels.json`: of tests, say, which are not to be shipped.
 */
export async function linkFolder(
    folder: string,
    manifest: ShaderManifest = readManifest(folder)
): Promise<readonly LinkedKernel[]> {
    const modules = readModules(folder, manifest);
    const kernels: LinkedKernel[] = [];
    for (const kernel of manifest.kernels) {
        const variants = new Map<string, LinkedWgsl>();
        const named = kernel.variants ?? { '': {} };
        for (const [variant, conditions] of Object.entries(named)) {
            const label = `${basename(folder)}/${kernel.name}${variant === '' ? '' : `:${variant}`}`;
            variants.set(
                exportName(kernel.name, variant),
                await linkVariant(modules, kernel.module, conditions, label)
            );
        }
        kernels.push({ name: kernel.name, variants });
    }
    return kernels;
}

/** Links a folder and writes its kernels and an `index.ts`. Returns the names of the files, sorted. */
export async function writeLinked(
    folder: string,
    outFolder: string,
    typesFrom = '@mixreel/gpu'
): Promise<readonly string[]> {
    const kernels = await linkFolder(folder);
    mkdirSync(outFolder, { recursive: true });
    const files = new Map<string, string>();
    for (const { name, variants } of kernels) {
        const constants = [...variants].map(
            ([constant, linked]) => `export const ${constant}: LinkedWgsl = ${JSON.stringify(linked, null, 4)};\n`
        );
        files.set(`${name}.ts`, `import type { LinkedWgsl } from '${typesFrom}';\n\n${constants.join('\n')}`);
    }
    const lines = kernels.map(
        ({ name, variants }) => `export { ${[...variants.keys()].join(', ')} } from './${name}.ts';\n`
    );
    files.set('index.ts', lines.join('') || 'export {};\n');
    for (const stale of readdirSync(outFolder).filter((name) => name.endsWith('.ts') && !files.has(name))) {
        rmSync(join(outFolder, stale));
    }
    for (const [name, text] of files) {
        const path = join(outFolder, name);
        if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
    }
    return [...files.keys()].sort();
}

function readManifest(folder: string): ShaderManifest {
    const path = join(folder, 'kernels.json');
    try {
        const manifest = JSON.parse(readFileSync(path, 'utf8')) as ShaderManifest;
        if (!Array.isArray(manifest.kernels)) throw new Error('it has no list "kernels"');
        return manifest;
    } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw badInput(
            `the manifest ${path} cannot be read: ${why}`,
            '{ "kernels": [{ "name", "module", "variants"? }] }',
            'Correct the manifest; shaders/README.md describes it',
            cause
        );
    }
}

/** All modules by the path that wesl knows them by, with the path that people know them by. */
interface Modules {
    readonly sources: Record<string, string>;
    readonly paths: ReadonlyMap<string, string>;
}

function readModules(folder: string, manifest: ShaderManifest): Modules {
    const sources: Record<string, string> = {};
    const paths = new Map<string, string>();
    const read = (root: string, prefix: string): void => {
        const shown = `${basename(dirname(resolve(root)))}/${basename(resolve(root))}`;
        const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) =>
            name.replaceAll('\\', '/')
        );
        for (const name of names.filter((path) => path.endsWith('.wgsl')).sort()) {
            if (!/^(\w+\/)*\w+\.wgsl$/.test(name)) {
                throw badInput(
                    `the module ${shown}/${name} has a name that WGSL cannot import`,
                    'letters, digits and _ only',
                    'Rename the file: hit_light.wgsl, not hit-light.wgsl'
                );
            }
            sources[`./${prefix}${name}`] = readFileSync(join(root, name), 'utf8').replaceAll('\r\n', '\n');
            paths.set(`${prefix}${name}`.replace(/\.wgsl$/, ''), `${shown}/${name}`);
        }
    };
    read(folder, '');
    for (const [name, path] of Object.entries(manifest.libraries ?? {})) read(join(folder, path), `${name}/`);
    return { sources, paths };
}

async function linkVariant(
    modules: Modules,
    root: string,
    conditions: Readonly<Record<string, boolean>>,
    label: string
): Promise<LinkedWgsl> {
    if (!(`./${root}` in modules.sources)) {
        throw badInput(
            `kernel "${label}" names module ${root}, which does not exist`,
            'a file of the folder',
            'Correct kernels.json'
        );
    }
    // wesl prints the line and a caret instead of putting them into its error: catch what it prints.
    const printed: string[] = [];
    const print = (...parts: unknown[]): unknown => printed.push(parts.join(' '));
    const rootModuleName = `package::${root.replace(/\.wgsl$/, '').replaceAll('/', '::')}`;
    let linked: LinkedWesl;
    try {
        linked = await withLoggerAsync(print, () =>
            link({ weslSrc: modules.sources, rootModuleName, conditions: { ...conditions } })
        );
    } catch (cause) {
        const message = printed.join('\n').trim() || (cause instanceof Error ? cause.message.trim() : String(cause));
        const shown = message.replaceAll(
            /\.\/([\w/]+)\.wesl/g,
            (_, module: string) => modules.paths.get(module) ?? module
        );
        throw new MixreelError('bad-input', {
            what: `kernel "${label}" does not link: ${shown}\n`,
            mend: 'Correct the named module',
            cause
        });
    }
    const code = tidy(linked);
    return { label, code: code.text, sourceMap: { version: 3, sources: code.sources, mappings: code.mappings } };

    function tidy({ dest, sourceMap }: LinkedWesl): { text: string; sources: string[]; mappings: string } {
        const sources: string[] = [];
        const map = lineMap(dest, (position) => {
            const { src, position: at } = sourceMap.destToSrc(position);
            const path = src.path === undefined ? undefined : modules.paths.get(moduleOf(src.path));
            if (path === undefined) return null;
            if (!sources.includes(path)) sources.push(path);
            return { source: sources.indexOf(path), text: src.text, at };
        });
        return { text: dest, sources, mappings: encode(map) };
    }
}

/** wesl shows paths as `./lib/ray.wesl`. */
function moduleOf(path: string): string {
    return path.replace(/^\.\//, '').replace(/\.we?sl$|\.wgsl$/, '');
}

type Segment = [number, number, number, number];

/**
 * Source map segments for each line: one at its first text and one wherever the text's place in the module stops advancing
 * in step, so that columns come out right as well.
 */
function lineMap(
    code: string,
    place: (position: number) => { source: number; text: string; at: number } | null
): Segment[][] {
    const starts = new Map<string, number[]>();
    let lineStart = 0;
    return code.split('\n').map((line) => {
        const segments: Segment[] = [];
        let last: { source: number; at: number; column: number } | null = null;
        for (let column = line.search(/\S/); column >= 0 && column < line.length; column++) {
            const found = place(lineStart + column);
            if (!found) continue;
            const inStep = last && last.source === found.source && found.at - last.at === column - last.column;
            last = { source: found.source, at: found.at, column };
            if (inStep) continue;
            let lines = starts.get(found.text);
            if (!lines) starts.set(found.text, (lines = lineStarts(found.text)));
            const sourceLine = upperBound(lines, found.at) - 1;
            segments.push([column, found.source, sourceLine, found.at - lines[sourceLine]!]);
        }
        lineStart += line.length + 1;
        return segments;
    });
}

function lineStarts(text: string): number[] {
    const starts = [0];
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
    return starts;
}

/** The number of sorted values that are at most `value`. */
function upperBound(sorted: readonly number[], value: number): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle]! <= value) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** `hit_light`, `soa` -> `hitLightSoa`. */
function exportName(name: string, variant: string): string {
    const words = `${name} ${variant}`.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    return words.map((word, index) => (index === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('');
}

async function main(args: readonly string[]): Promise<number> {
    const [folder, outFolder, ...rest] = args;
    if (folder === undefined || outFolder === undefined || rest.length > 0) {
        console.error(
            `${args.length} arguments (expected 2). Example: link-wgsl ../../shaders/pathtracer src/generated.`
        );
        return 2;
    }
    try {
        const files = await writeLinked(resolve(folder), resolve(outFolder));
        console.log(`linked ${files.length - 1} kernels of ${folder} into ${outFolder}`);
        return 0;
    } catch (error) {
        if (!(error instanceof MixreelError)) throw error;
        console.error(error.message);
        return 2;
    }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
    process.exitCode = await main(process.argv.slice(2));
}
