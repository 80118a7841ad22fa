/** Time of 256 x 256 frames in Node, median over a moving picture; weights carried by the package. */
import { FrameDecoder, FrameEncoder } from '@mixreel/codec';
import { Frame } from '@mixreel/image';

function movingFrame(time) {
    const size = 256;
    const color = Float32Array.from({ length: 3 * size * size }, (_, i) => {
        const x = (i % size) + 3 * time;
        const y = Math.floor(i / size) % size;
        return 0.3 + 0.2 * Math.sin(x / 11) * Math.cos(y / 13) + 0.06 * Math.sin(x * 1.3 + y * 2.9);
    });
    return new Frame({ widthPx: size, heightPx: size, layers: { color } });
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

export default async function speed({ quick, only }) {
    if (only && !'decode encode weights'.includes(only)) return [];
    const encoder = new FrameEncoder({ quality: 50, gopLength: 4 });
    const decoder = new FrameDecoder();
    const times = { encode: { intra: [], predicted: [] }, decode: { intra: [], predicted: [] } };
    for (let time = 0; time < (quick ? 24 : 80); time++) {
        const frame = movingFrame(time);
        const start = performance.now();
        const encoded = encoder.encode(frame);
        const middle = performance.now();
        decoder.decode(encoded.pduSets);
        // The first frames warm the compiler up.
        if (time < 8) continue;
        times.encode[encoded.kind].push(middle - start);
        times.decode[encoded.kind].push(performance.now() - middle);
    }
    const figures = Object.entries(times).flatMap(([verb, kinds]) =>
        Object.entries(kinds).map(([kind, values]) => ({
            name: kind === 'intra' ? `${verb}/256/node-ms` : `${verb}/256/predicted/node-ms`,
            value: median(values),
            unit: 'ms',
            better: 'lower'
        }))
    );
    return [
        ...figures,
        { name: 'weights/total-mib', value: 0, unit: 'MiB', better: 'lower', note: 'no learned model yet' }
    ];
}
