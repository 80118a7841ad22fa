/** One tracer, one scene, one size: measured in the page, for peers.mjs. */
const TRACERS = {
    ours: () => import('./ours.mjs'),
    'three-gpu-pathtracer-webgl': () => import('./three-webgl.mjs'),
    'three-gpu-pathtracer-webgpu': () => import('./three-webgpu.mjs')
};

const canvas = document.getElementById('canvas');
let prepared = null;

window.bench = {
    /** Makes a tracer and its first whole sample; milliseconds of that. */
    async prepare({ tracer, scene, widthPx, heightPx, bounces, mode, full }) {
        const description = await (await fetch(`/scenes/${scene}.json`)).json();
        canvas.width = widthPx;
        canvas.height = heightPx;
        const start = performance.now();
        const { prepare } = await TRACERS[tracer]();
        prepared = await prepare({ canvas, description, widthPx, heightPx, bounces, mode, full });
        while ((await prepared.samples()) < 1) await prepared.advance();
        return performance.now() - start;
    },
    /** Samples per pixel and second over at least so many ms. */
    async measure(leastMs) {
        const before = await prepared.samples();
        const start = performance.now();
        let ms = 0;
        let frames = 0;
        do {
            await prepared.advance();
            frames++;
            ms = performance.now() - start;
        } while (ms < leastMs);
        const samples = (await prepared.samples()) - before;
        return { samples, ms: performance.now() - start, frames };
    },
    /** Renders to at least so many samples, or as many as the time allows; the picture as it is shown, sRGB. */
    async picture({ samples, mostMs }) {
        const start = performance.now();
        while ((await prepared.samples()) < samples && performance.now() - start < mostMs) await prepared.advance();
        return { samples: await prepared.samples(), png: await prepared.picture() };
    }
};
