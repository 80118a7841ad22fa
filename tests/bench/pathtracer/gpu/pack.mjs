/**
 * `npm run gpu:pack`: everything that the GPU benchmarks need on a bare Linux x64 machine with an NVIDIA driver, in the folder
 * `.gpu` (ignored by git, at most 60 MiB). The runtime (Node, Dawn, the Vulkan loader) is packed by `../shared/tools/gpu-kit`;
 * the benchmark is bundled into one file and the scenes are converted here.
 *
 *     npm run gpu:pack && .gpu/run.sh bench.mjs
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { importReferenceScene, REFERENCE_SCENES } from '../scenes.mjs';
import { trafficIsKnown } from '../traffic.mjs';
import { writePackedScene } from './packed-scene.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..', '..');
const out = join(root, '.gpu');
const kit = join(root, '..', 'shared', 'tools', 'gpu-kit', 'pack.sh');
const LIMIT_BYTES = 60 * 2 ** 20;
/** The paper's picture sizes; a Cornell box of the same order. */
const SIZES = {
    'cornell-box': { widthPx: 1024, heightPx: 1024 },
    staircase2: { widthPx: 1024, heightPx: 1024 },
    'living-room': { widthPx: 1280, heightPx: 720 },
    'veach-ajar': { widthPx: 1280, heightPx: 720 }
};

function fail(text) {
    console.error(text);
    process.exit(3);
}

function git(...args) {
    const run = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return run.status === 0 ? run.stdout.trim() : '';
}

/** Packs the runtime unless the same one lies there: compressing it takes a minute. */
function packRuntime() {
    const dawn = join(root, 'node_modules', 'webgpu', 'dist', 'linux-x64', 'dawn.node');
    const stamp = join(out, 'runtime.json');
    const wanted = JSON.stringify({ node: process.version, dawnBytes: statSync(dawn).size });
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(out, 'run.sh'))) return;
    const run = spawnSync('bash', [kit, out, dawn], { stdio: 'inherit' });
    if (run.status !== 0) fail('the runtime was not packed (pack.sh needs apt-get and xz)');
    // The kit's runner takes a path from where it is called; a name alone shall mean the bundle beside it.
    const runner = join(out, 'run.sh');
    const text = readFileSync(runner, 'utf8');
    const beside = 'if [[ $# -gt 0 && ! -f $1 && -f $here/$1 ]]; then name=$1; shift; set -- "$here/$name" "$@"; fi';
    writeFileSync(
        runner,
        text.replace(/^exec /m, () => `${beside}\nexec `)
    );
    writeFileSync(stamp, wanted);
}

async function bundle() {
    await build({
        root,
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        ssr: { noExternal: true, target: 'node' },
        build: {
            ssr: join(here, 'main.mjs'),
            outDir: out,
            emptyOutDir: false,
            target: 'node20',
            minify: false,
            // Dawn itself comes from DAWN_NODE.
            rolldownOptions: {
                external: ['webgpu'],
                output: { entryFileNames: 'bench.mjs', codeSplitting: false }
            }
        }
    });
}

async function packScenes() {
    const scenes = [];
    for (const name of Object.keys(REFERENCE_SCENES)) {
        const size = SIZES[name];
        const imported = await importReferenceScene(name, size.heightPx, console.error);
        if (!imported) continue;
        await writePackedScene(out, name, imported);
        scenes.push({ name, ...size });
    }
    return scenes;
}

function bytesOf(path) {
    if (!statSync(path).isDirectory()) return statSync(path).size;
    return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

if (!existsSync(kit)) fail('../shared/tools/gpu-kit is not there: the GPU pack needs its runtime');
mkdirSync(out, { recursive: true });
packRuntime();
for (const name of readdirSync(out)) if (/\.(glb|exr|mjs|png)$/.test(name)) rmSync(join(out, name));
const scenes = await packScenes();
await bundle();
// The machine has no shaders to look into.
const traffic = trafficIsKnown(console.error);
const commit = git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+changes');
writeFileSync(join(out, 'packed.json'), `${JSON.stringify({ commit, scenes, traffic }, null, 2)}\n`);
for (const { name } of scenes) {
    const licence = join(root, '..', 'shared', 'scenes', name, 'LICENSE.txt');
    if (existsSync(licence)) cpSync(licence, join(out, `${name}.LICENSE.txt`));
}
const size = bytesOf(out);
console.log(`${out}: ${(size / 2 ** 20).toFixed(1)} MiB, ${scenes.length} scenes`);
if (size > LIMIT_BYTES) fail(`the pack is larger than ${LIMIT_BYTES / 2 ** 20} MiB`);
