/** Frames decoded and painted in the page, for browser.mjs: milliseconds of each, the first ones not counted. */
import { FrameDecoder, FrameEncoder } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { Frame } from '@mixreel/image';

const SIDE_PX = 256;
const WARM_UP = 8;

function movingFrame(time) {
    const color = Float32Array.from({ length: 3 * SIDE_PX * SIDE_PX }, (_, i) => {
        const [x, y] = [(i % SIDE_PX) + 3 * time, Math.floor(i / SIDE_PX) % SIDE_PX];
        return 0.3 + 0.2 * Math.sin(x / 11) * Math.cos(y / 13) + 0.06 * Math.sin(x * 1.3 + y * 2.9);
    });
    return new Frame({ widthPx: SIDE_PX, heightPx: SIDE_PX, layers: { color } });
}

/** Milliseconds of decoding each of so many frames. */
function timed(count, encoder, decoder) {
    const times = [];
    for (let time = 0; time < count; time++) {
        const { pduSets } = encoder.encode(movingFrame(time));
        const start = performance.now();
        const { lostUnits } = decoder.decode(pduSets);
        if (lostUnits > 0) throw new Error('a unit was lost on the way to the next line');
        if (time >= WARM_UP) times.push(performance.now() - start);
    }
    return times;
}

window.bench = {
    decoded: (count) => timed(count, new FrameEncoder({ quality: 50, gopLength: 1 }), new FrameDecoder()),
    learned: (count) =>
        timed(
            count,
            new FrameEncoder({ quality: 50, gopLength: 1 }),
            new FrameDecoder({ generator: learnedTexture() })
        ),
    concept(count) {
        const concept = learnedConcept();
        return timed(count, new FrameEncoder({ concept, gopLength: 1 }), new FrameDecoder({ concept }));
    },
    painted(count) {
        const generator = learnedTexture();
        const rgb = Uint8Array.from({ length: 3 * SIDE_PX * SIDE_PX }, (_, i) => 128 + 100 * Math.sin(i / 7));
        const cells = { columns: SIDE_PX / 8, rows: SIDE_PX / 8, data: new Uint8Array(6 * 32 * 32).fill(128) };
        const times = [];
        for (let i = 0; i < count; i++) {
            const start = performance.now();
            generator.paint({ picture: { widthPx: SIDE_PX, heightPx: SIDE_PX, rgb, alpha: null }, cells });
            if (i >= WARM_UP) times.push(performance.now() - start);
        }
        return times;
    },
    /** The same network by onnxruntime-web, one thread; provider `wasm` or `webgpu`. */
    async onnx({ provider, count }) {
        const module = provider === 'webgpu' ? 'ort.webgpu.min.mjs' : 'ort.wasm.min.mjs';
        const ort = await import(/* @vite-ignore */ new URL(`/ort/${module}`, location.href).href);
        ort.env.wasm.numThreads = 1;
        ort.env.wasm.wasmPaths = '/ort/';
        const model = new Uint8Array(await (await fetch('/texture.onnx')).arrayBuffer());
        const session = await ort.InferenceSession.create(model, { executionProviders: [provider] });
        const tensor = (channels, side) =>
            new ort.Tensor(
                'float32',
                Float32Array.from({ length: channels * side * side }, (_, i) => Math.sin(i / 7) / 2),
                [1, channels, side, side]
            );
        const inputs = { picture: tensor(3, 256), cells: tensor(6, 32), noise: tensor(1, 128) };
        const times = [];
        for (let i = 0; i < count; i++) {
            const start = performance.now();
            const [output] = Object.values(await session.run(inputs));
            await output.getData();
            if (i >= WARM_UP) times.push(performance.now() - start);
        }
        return times;
    }
};
