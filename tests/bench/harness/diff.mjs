/** Time of one verdict at 3840 x 2160: an identical pair, and two renders that differ by noise, with pixelmatch beside. */
import { performance } from 'node:perf_hooks';
import { Rng } from '@mixreel/core';
import { judge } from '@mixreel/harness';
import { Frame, pixelDiff, rgba8FromFrame } from '@mixreel/image';

const [WIDTH, HEIGHT] = [3840, 2160];
const N = WIDTH * HEIGHT;

/** Median of some runs, ms. */
function time(runs, work) {
    const times = Array.from({ length: runs }, () => {
        const start = performance.now();
        work();
        return performance.now() - start;
    });
    return times.sort((a, b) => a - b)[Math.floor(runs / 2)];
}

function noisy(name) {
    const rng = Rng.create('diff').stream(name);
    const mean = new Float32Array(3 * N);
    const m2 = new Float32Array(3 * N);
    const count = 16;
    for (let i = 0; i < mean.length; i++) {
        // Sum of four uniforms: near enough to normal for a timing.
        const z = (rng.float() + rng.float() + rng.float() + rng.float() - 2) * 1.73;
        mean[i] = 0.4 + 0.1 * z;
        m2[i] = 0.16 * count * (count - 1) * (0.7 + 0.6 * rng.float()) * 0.0625;
    }
    return { widthPx: WIDTH, heightPx: HEIGHT, channels: 3, count, mean, m2 };
}

export default async function diff({ log, only }) {
    if (only !== undefined && !only.startsWith('diff')) return [];
    const [a, b] = [noisy('a'), noisy('b')];
    const rgba = (m) => rgba8FromFrame(new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers: { color: m.mean } }));
    const [x, y] = [rgba(a), rgba(b)];
    const same = new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers: { color: a.mean } });
    const copy = new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers: { color: a.mean.slice() } });
    const frame = (f) => ({ kind: 'frame', frame: f });
    const moments = (m) => ({ kind: 'moments', moments: m });
    const never = { pictures: 'never' };
    const identical = time(5, () => judge({ kind: 'deterministic' }, frame(copy), frame(same), never));
    // A capture as a page gives it: 8 bits, whose floats nobody asks for while the bytes are the same.
    const twin = { ...x, data: x.data.slice() };
    const picture = (rgba8) => ({ kind: 'frame', rgba8 });
    const pictures = time(5, () => judge({ kind: 'deterministic' }, picture(twin), picture(x), never));
    const noise = time(3, () => judge({ kind: 'stochastic' }, moments(b), moments(a), never));
    log(judge({ kind: 'stochastic' }, moments(b), moments(a), never).message);
    const peerIdentical = time(5, () => pixelDiff(x, twin, { draw: false }));
    const peerNoise = time(3, () => pixelDiff(x, y, { draw: false }));
    return [
        {
            name: 'diff/4k-identical-ms',
            value: pictures,
            unit: 'ms',
            better: 'lower',
            against: { name: 'pixelmatch', value: peerIdentical },
            note: 'RGBA of 8 bits, 33 MB a side, as screenshots and PNG baselines are'
        },
        {
            name: 'diff/4k-identical-floats-ms',
            value: identical,
            unit: 'ms',
            better: 'lower',
            against: { name: 'pixelmatch', value: peerIdentical },
            note: 'three planes of floats, 100 MB a side: the speed of the memory'
        },
        {
            name: 'diff/4k-noisy-ms',
            value: noise,
            unit: 'ms',
            better: 'lower',
            against: { name: 'pixelmatch', value: peerNoise }
        }
    ];
}
