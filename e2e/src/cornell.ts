/** The Cornell box as Node and a page both render it: small, quick, with noise that a bias of 4 % stands out of. */
import type { Device } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import { cornellBox, cornellView, PathTracer } from '@mixreel/pathtracer';

/** 32 samples of 32 x 32 pixels: at a relative spread of about 1.5 a picture's brightness is known to 0.8 %, six to 0.3 %. */
const SIZE = { widthPx: 32, heightPx: 32 };
const SPP = 32;

/** Renders one picture for each seed. */
export async function cornellRenderer(device: Device): Promise<(seed: number) => Promise<Frame>> {
    const tracer = await PathTracer.create(device, cornellBox(), { maxBounces: 4 });
    tracer.setView(cornellView(1), SIZE);
    return async (seed) => {
        tracer.reset();
        await tracer.render({ spp: SPP, seed });
        return tracer.readFrame();
    };
}
