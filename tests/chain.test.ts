/**
 * The loop through the packages that carry pictures: frames are coded, carried over a cell, and decoded. codec and xrnet know
 * nothing of each other; what they share is the PDU Set.
 */
import { FrameDecoder, FrameEncoder } from '@mixreel/codec';
import { type PduSet, type PduSetArrival, Rng } from '@mixreel/core';
import { Frame, psnr } from '@mixreel/image';
import { type CellConfigInput, cellPreset, simulateCell, xrmiOf } from '@mixreel/xrnet';
import { describe, expect, it } from 'vitest';

const WIDTH = 96;
const HEIGHT = 64;
const COUNT = 8;
const FRAME_NS = 33_333_333;

/** A textured square that moves over a gradient. */
function movingPicture(i: number): Frame {
    const noise = Rng.create(1).stream('texture');
    const color = new Float32Array(3 * WIDTH * HEIGHT);
    for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
            const u = x - 10 - 4 * i;
            const v = y - 12 - 2 * i;
            const inside = u >= 0 && u < 24 && v >= 0 && v < 24;
            for (let c = 0; c < 3; c++) {
                const gradient = (0.2 + 0.2 * c) * (x / WIDTH) + 0.2 * (y / HEIGHT);
                const level = inside ? 0.2 + 0.6 * noise.at(3 * (24 * v + u) + c) * 2 ** -32 : gradient;
                color[(c * HEIGHT + y) * WIDTH + x] = level;
            }
        }
    }
    return new Frame({ widthPx: WIDTH, heightPx: HEIGHT, layers: { color }, timeNs: i * FRAME_NS });
}

function roundTrip(config: CellConfigInput, seed: number) {
    const encoder = new FrameEncoder({ quality: 60, framesPerSecond: 30 });
    const frames = Array.from({ length: COUNT }, (_, i) => movingPicture(i));
    const encoded = frames.map((frame) => encoder.encode(frame));
    const pduSets: PduSet[] = encoded.flatMap((frame) => frame.pduSets);
    const result = simulateCell(config, [{ ue: 0, pduSets }], { rng: Rng.create(seed) });
    const decoder = new FrameDecoder({ widthPx: WIDTH, heightPx: HEIGHT });
    let next = 0;
    const decoded = encoded.map((frame) => {
        const arrivals: readonly PduSetArrival[] = result.arrivals.slice(next, (next += frame.pduSets.length));
        return decoder.decode(arrivals);
    });
    const score = xrmiOf(result.arrivals, { pixels: WIDTH * HEIGHT }, 'strong-interaction');
    const quality = decoded.map((shown, i) => psnr(frames[i]!, shown.frame));
    return { encoded, pduSets, result, decoded, score, quality };
}

describe('the loop encode, emulate, decode', () => {
    it('shows the encoder’s own reconstruction byte for byte when nothing is lost', () => {
        const { encoded, decoded, result } = roundTrip(cellPreset('ample'), 7);
        expect(result.arrivals.every((arrival) => arrival.outcome === 'complete' && !arrival.late)).toBe(true);
        for (const [i, shown] of decoded.entries()) {
            expect(shown.exact).toBe(true);
            expect(Buffer.compare(shown.picture.rgb, encoded[i]!.picture.rgb)).toBe(0);
            expect(shown.frame.layer('color')).toEqual(encoded[i]!.reconstruction.layer('color'));
        }
    });

    it('shows lost packets in the decoded frames and in the XRMI, and the more the worse', () => {
        const loss = (rate: number) => roundTrip({ ...cellPreset('ample'), unitLossRate: rate }, 7);
        const [none, some, many] = [loss(0), loss(0.15), loss(0.6)] as const;
        const concealed = (run: typeof none): number =>
            run.decoded.reduce((sum, frame) => sum + frame.concealedShare, 0);
        expect(concealed(none)).toBe(0);
        expect(concealed(some)).toBeGreaterThan(0);
        expect(concealed(many)).toBeGreaterThan(concealed(some));
        const worst = (run: typeof none): number => Math.min(...run.quality);
        expect(worst(some)).toBeLessThan(worst(none));
        expect(some.score.score).toBeLessThan(none.score.score);
        expect(many.score.score).toBeLessThan(some.score.score);
    });

    it('gives the same bitstream and the same network log for the same seed, and another log for another seed', () => {
        const [a, b, c] = [7, 7, 8].map((seed) => roundTrip(cellPreset('city'), seed)) as [
            ReturnType<typeof roundTrip>,
            ReturnType<typeof roundTrip>,
            ReturnType<typeof roundTrip>
        ];
        expect(a.pduSets).toEqual(b.pduSets);
        expect(a.result.log).toBe(b.result.log);
        expect(a.result.log).not.toBe(c.result.log);
    });

    it('hands every unit over unchanged or not at all', () => {
        const { result } = roundTrip({ ...cellPreset('cell-edge'), unitLossRate: 0.2 }, 3);
        for (const arrival of result.arrivals) {
            expect(arrival.received.length).toBe(arrival.set.units.length);
            for (const [i, unit] of arrival.received.entries()) {
                if (unit !== null) expect(Buffer.compare(unit, arrival.set.units[i]!)).toBe(0);
            }
        }
    });
});
