import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropFrame, Frame, resizeFrame } from '../src/index.ts';

function ramp(widthPx: number, heightPx: number): Frame {
    const color = Float32Array.from({ length: 3 * widthPx * heightPx }, (_, i) => (i * 37) % 101);
    const instance = Float32Array.from({ length: widthPx * heightPx }, (_, i) => i);
    return new Frame({ widthPx, heightPx, layers: { color, instance } });
}

describe('cropFrame', () => {
    it('takes exactly the pixels of the rectangle, in every channel', () => {
        const frame = ramp(7, 5);
        const part = cropFrame(frame, 2, 1, 3, 2);
        for (let c = 0; c < 3; c++) {
            for (let y = 0; y < 2; y++) {
                for (let x = 0; x < 3; x++) {
                    expect(part.layer('color')[(c * 2 + y) * 3 + x]).toBe(
                        frame.layer('color')[(c * 5 + y + 1) * 7 + x + 2]
                    );
                }
            }
        }
        expect(() => cropFrame(frame, 5, 0, 3, 2)).toThrow(/Crop inside/);
    });
});

describe('resizeFrame', () => {
    const side = fc.integer({ min: 1, max: 12 });

    it('keeps the mean, since every pixel is shared out by area', () => {
        fc.assert(
            fc.property(side, side, side, side, (w, h, toW, toH) => {
                const mean = (data: Float32Array) => data.reduce((sum, v) => sum + v, 0) / data.length;
                const frame = ramp(w, h);
                // Float32 sums of values up to 100.
                expect(mean(resizeFrame(frame, toW, toH).layer('color'))).toBeCloseTo(mean(frame.layer('color')), 3);
            })
        );
    });

    it('is the identity at the same size', () => {
        const frame = ramp(9, 4);
        expect(resizeFrame(frame, 9, 4)).toEqual(frame);
    });

    it('never makes up ids', () => {
        fc.assert(
            fc.property(side, side, side, side, (w, h, toW, toH) => {
                const ids = new Set(ramp(w, h).layer('instance'));
                expect([...resizeFrame(ramp(w, h), toW, toH).layer('instance')].every((id) => ids.has(id))).toBe(true);
            })
        );
    });
});
