/**
 * Time of 256 x 256 frames in Chromium, median, on the processor alone: decoded, with learned texture, from concepts; of the learned texture alone with
 * onnxruntime-web beside it on the same weights, one thread, WebAssembly and (with a graphics card) WebGPU, where MIXREEL_ONNXRUNTIME names an install of it.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveFolder } from '@mixreel/harness';
import { textureOnnx } from './texture-onnx.mjs';

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
/** What a frame may take in a browser with a graphics card; ours does not use it. */
const WANTED_MS = 33;

async function buildPage(outDir) {
    const { build } = await import('vite');
    const root = fileURLToPath(new URL('browser', import.meta.url));
    const options = { outDir, emptyOutDir: true, target: 'esnext', modulePreload: false, chunkSizeWarningLimit: 8192 };
    await build({ root, base: './', configFile: false, logLevel: 'warn', publicDir: false, build: options });
}

/** onnxruntime-web and the network beside the page; false with the reason said. */
function addOnnx(folder, log) {
    const dist = join(process.env.MIXREEL_ONNXRUNTIME ?? '.', 'node_modules/onnxruntime-web/dist');
    if (!existsSync(dist)) {
        log('onnxruntime-web is not installed (MIXREEL_ONNXRUNTIME): the texture network is timed alone');
        return false;
    }
    const model = textureOnnx(log);
    if (!model) return false;
    mkdirSync(join(folder, 'ort'));
    for (const name of readdirSync(dist).filter((file) => /\.(mjs|wasm)$/.test(file)))
        copyFileSync(join(dist, name), join(folder, 'ort', name));
    writeFileSync(join(folder, 'texture.onnx'), model);
    return true;
}

export default async function browser({ quick, log, only }) {
    if (only && !'browser decode texture'.includes(only)) return [];
    const count = quick ? 20 : 60;
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-decoders-'));
    await buildPage(folder);
    const withOnnx = addOnnx(folder, log);
    const server = await serveFolder({ folder, isolated: true });
    const session = await launchBrowser({ origins: [server.origin], gpu: process.env.MIXREEL_GPU ?? 'swiftshader' });
    try {
        const guard = await session.newPage({ widthPx: 320, heightPx: 320 });
        await guard.watch(guard.page.goto(`${server.origin}/index.html`));
        await guard.watch(guard.page.waitForFunction(() => window.bench !== undefined));
        const call = async (what, argument) =>
            median(await guard.watch(guard.page.evaluate((key, value) => window.bench[key](value), what, argument)));
        const figure = async (name, what) => ({
            name: `${name}/256/browser-ms`,
            value: await call(what, count),
            unit: 'ms',
            better: 'lower',
            wanted: WANTED_MS
        });
        const figures = [
            await figure('decode', 'decoded'),
            await figure('decode-learned', 'learned'),
            await figure('decode-concept', 'concept'),
            await figure('texture', 'painted')
        ];
        for (const provider of withOnnx ? ['wasm', 'webgpu'] : []) {
            // WebGPU on the processor takes seconds a frame.
            const theirs = await call('onnx', { provider, count: provider === 'wasm' ? count : 12 }).catch((error) => {
                log(`onnxruntime-web, ${provider}: ${error.message}`);
                return null;
            });
            if (theirs === null) continue;
            const against = { name: `onnxruntime-web, ${provider}`, value: theirs };
            figures.push({ ...figures[3], name: `texture/256/browser-ms/${provider}`, against });
        }
        return figures;
    } finally {
        await session.close();
        await server.close();
        rmSync(folder, { recursive: true, force: true });
    }
}
