/**
 * The Cornell box, path-traced on the browser's own device, for the harness to read: it sets a seed, then reads floats. Also 4 %
 * brighter than it is, as a bug of a renderer would make it.
 */
import { createBrowserDevice } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import { cornellRenderer } from '../../src/cornell.ts';
import { type Interleaved, interleaved } from '../../src/interleaved.ts';

const rendered = createBrowserDevice().then(cornellRenderer);
let picture: Frame | undefined;

function read(layer: 'color' | 'normal', value: (x: number) => number): Interleaved {
    if (!picture) throw new Error('no seed was set');
    return interleaved(picture, layer, value);
}

Object.assign(window, {
    app: {
        ready: rendered.then(() => null),
        async setSeed(seed: number) {
            picture = await (await rendered)(seed);
        },
        color: () => read('color', (x) => x),
        brighter: () => read('color', (x) => 1.04 * x),
        normals: () => read('normal', (x) => 0.5 + 0.5 * x)
    }
});
