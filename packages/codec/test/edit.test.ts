import { describe, expect, it } from 'vitest';
import { decodeMxr, encodeMxr, FrameEncoder, readStructure, restyle, restyleMxr, styleOfRgb } from '../src/index.ts';
import { clip, room } from './helpers/synthetic.ts';

const LAYERS = ['instance', 'semantic', 'depth', 'motion'] as const;
const BOX = 7;

/** Mean of each of R, G, B over a rectangle of a 96 x 64 picture. */
function meanOf(rgb: Uint8Array, x0: number, y0: number, x1: number, y1: number): number[] {
    return [0, 1, 2].map((c) => {
        let sum = 0;
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += rgb[c * 96 * 64 + y * 96 + x]!;
        return sum / ((x1 - x0) * (y1 - y0));
    });
}

describe('without decoding the picture', () => {
    it('a reader sees which regions there are, what they are, and their colours', () => {
        const structure = readStructure(new FrameEncoder().encode(room({ layers: LAYERS })).units)!;
        expect(structure.complete).toBe(true);
        expect(structure.map.regions.map((region) => region.semanticId).sort()).toEqual([1, 2, 7]);
        const box = structure.map.regions.findIndex((region) => region.semanticId === BOX);
        const cell = (x: number, y: number): number =>
            structure.map.labels[(y >> 3) * structure.map.columns + (x >> 3)]!;
        expect(cell(40, 36)).toBe(box);
        expect(cell(8, 8)).not.toBe(box);
        // The box is red: Co = R - B well above its neutral 32.
        expect(structure.styles[box]!.co).toBeGreaterThan(36);
    });

    it('a region takes another colour in every frame, keeps its texture, and the others keep theirs', () => {
        const frames = clip(3, { layers: LAYERS });
        const file = encodeMxr(frames, { quality: 60 });
        const blue = restyleMxr(file, (style, region) => (region.semanticId === BOX ? styleOfRgb(40, 60, 160) : style));
        const before = decodeMxr(file).frames;
        const after = decodeMxr(blue).frames;
        for (const [i, frame] of after.entries()) {
            const [r, g, b] = meanOf(frame.picture.rgb, 38, 30, 50, 40) as [number, number, number];
            expect(b).toBeGreaterThan(r + 60);
            expect(b).toBeGreaterThan(g + 40);
            const wall = meanOf(frame.picture.rgb, 70, 4, 92, 20);
            const wallBefore = meanOf(before[i]!.picture.rgb, 70, 4, 92, 20);
            for (let c = 0; c < 3; c++) expect(Math.abs(wall[c]! - wallBefore[c]!)).toBeLessThan(1);
        }
        expect(Math.abs(blue.length - file.length)).toBeLessThan(8);
    });

    it('leaves everything as it was when nothing is edited', () => {
        const { units } = new FrameEncoder().encode(room({ layers: LAYERS }));
        expect(restyle(units, (style) => style)).toEqual(units);
    });

    it('refuses a style that is no code', () => {
        const { units } = new FrameEncoder().encode(room());
        expect(() => restyle(units, () => ({ y: 64, co: 0, cg: 0 }))).toThrow(/styleOfRgb/);
        expect(readStructure(new FrameEncoder({ structure: 'none' }).encode(room()).units)).toBeNull();
    });
});
