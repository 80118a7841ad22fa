/** three-gpu-pathtracer's WebGL tracer in the page. */
import * as three from 'three';
import { WebGLPathTracer } from 'three-gpu-pathtracer';
import { threeScene } from './three-scene.mjs';

const nextTask = () => new Promise((resolve) => setTimeout(resolve));

export async function prepare({ canvas, description, widthPx, heightPx, bounces }) {
    const renderer = new three.WebGLRenderer({ canvas, antialias: false, preserveDrawingBuffer: true });
    renderer.setPixelRatio(1);
    renderer.setSize(widthPx, heightPx, false);
    renderer.toneMapping = three.NoToneMapping;
    const tracer = new WebGLPathTracer(renderer);
    Object.assign(tracer, { bounces, renderDelay: 0, minSamples: 0, fadeDuration: 0, dynamicLowRes: false });
    tracer.rasterizeScene = false;
    tracer.filterGlossyFactor = 0;
    tracer.tiles.set(1, 1);
    const { scene, camera } = threeScene(three, description);
    tracer.setScene(scene, camera);
    const gl = renderer.getContext();
    const pixel = new Uint8Array(4);
    return {
        samples: async () => tracer.samples,
        async advance() {
            tracer.renderSample();
            // Waits for the GPU as nothing else in WebGL does.
            gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
            await nextTask();
        },
        async picture() {
            tracer.renderSample();
            return canvas.toDataURL('image/png');
        }
    };
}
