/** three-gpu-pathtracer's WebGPU tracer (wavefront, its default) in the page. */
import * as three from 'three/webgpu';
import { WebGPUPathTracer } from 'three-gpu-pathtracer/webgpu';
import { threeScene } from './three-scene.mjs';

export async function prepare({ canvas, description, widthPx, heightPx, bounces }) {
    const renderer = new three.WebGPURenderer({ canvas, antialias: false });
    renderer.setPixelRatio(1);
    renderer.setSize(widthPx, heightPx, false);
    renderer.toneMapping = three.NoToneMapping;
    await renderer.init();
    const tracer = new WebGPUPathTracer(renderer);
    Object.assign(tracer, {
        renderDelay: 0,
        minSamples: 0,
        fadeDuration: 0,
        dynamicLowRes: false,
        filterGlossyFactor: 0
    });
    tracer.maxBounces = bounces;
    // Ours does not cut bright samples off.
    tracer.clampIndirect = 0;
    const { scene, camera } = threeScene(three, description);
    tracer.setScene(scene, camera);
    const { queue } = renderer.backend.device;
    return {
        samples: async () => (await tracer.getSampleCountsAsync()).avg,
        async advance() {
            tracer.renderSample();
            await queue.onSubmittedWorkDone();
        },
        async picture() {
            tracer.renderSample();
            return canvas.toDataURL('image/png');
        }
    };
}
