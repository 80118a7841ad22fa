import { MixreelError } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conceptUnits } from '../../src/concept/concept-layer.ts';
import { FINE_LEVELS, LevelGrid, levelOf, TOKEN_LEVELS, valueOfLevel } from '../../src/concept/concept-levels.ts';
import { concealTokens, readConcept } from '../../src/concept/read-concept.ts';
import {
    ConceptModel,
    decodeMxr,
    encodeMxr,
    FrameDecoder,
    FrameEncoder,
    inspectConcept,
    inspectMxr,
    paintScene,
    readConceptStyles,
    readUnit,
    restyleConcept,
    type Unit,
    writeUnit
} from '../../src/index.ts';
import { conceptFile, conceptModel } from '../helpers/concept-weights.ts';
import { clip, room } from '../helpers/synthetic.ts';

const model = conceptModel();

function randomGrid(columns: number, rows: number, counts: readonly number[], seed: number): LevelGrid {
    const grid = new LevelGrid(columns, rows, counts);
    let state = seed;
    for (let i = 0; i < grid.levels.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        grid.levels[i] = (state >>> 16) % counts[i % counts.length]!;
    }
    grid.known.fill(1);
    return grid;
}

/** Units of the layer as the container hands them to the reader. */
function unitsOf(tokens: LevelGrid, fine: LevelGrid | null, payloadBytes: number, fixedLength = false): Unit[] {
    const size = { widthPx: 16 * tokens.columns, heightPx: 16 * tokens.rows };
    const flags = { intra: true, alpha: false, base: true, edges: false, shared: false, frameIndex: 0 };
    return conceptUnits(model, new Uint8Array(6), tokens, fine, { payloadBytes, fixedLength }).map((unit) => ({
        ...size,
        ...flags,
        ...unit,
        layer: 'concept'
    }));
}

describe('a level', () => {
    it('is the one nearest to what it stands for', () => {
        for (const count of [5, 8])
            for (let level = 0; level < count; level++) {
                const value = valueOfLevel(level, count);
                // The feature whose bound is the value; the outermost bounds are reached at 4.
                const feature = Math.abs(value) === 1 ? 4 * value : value / (1.25 - Math.abs(value));
                expect(levelOf(feature, count)).toBe(level);
            }
        expect([levelOf(-1e9, 8), levelOf(1e9, 8)]).toEqual([0, 7]);
    });
});

describe('tokens', () => {
    it('come back from units of any size, coded by the prior or in fixed length, with finer ones or without', () => {
        fc.assert(
            fc.property(
                fc.record({
                    columns: fc.integer({ min: 1, max: 12 }),
                    rows: fc.integer({ min: 1, max: 9 }),
                    payloadBytes: fc.integer({ min: 60, max: 300 }),
                    fixed: fc.boolean(),
                    seed: fc.nat()
                }),
                ({ columns, rows, payloadBytes, fixed, seed }) => {
                    const tokens = randomGrid(columns, rows, TOKEN_LEVELS, seed);
                    const fine = fixed ? null : randomGrid(2 * columns, 2 * rows, FINE_LEVELS, seed + 1);
                    // Whole squares have finer tokens, or none.
                    fine?.known.forEach((_, i) => {
                        const square = (((i / (4 * columns)) | 0) * columns + ((i % (2 * columns)) >> 1)) >>> 0;
                        fine.known[i] = (seed >> (square % 7)) & 1;
                    });
                    const units = unitsOf(tokens, fine, payloadBytes, fixed);
                    for (const unit of units) expect(unit.payload.length).toBeLessThanOrEqual(payloadBytes);
                    const read = readConcept(units, model)!;
                    expect(read).toMatchObject({ missing: 0, damaged: 0, complete: true });
                    expect(read.tokens!.levels).toEqual(tokens.levels);
                    const known = fine?.known.some((one) => one === 1) ? fine : null;
                    expect(read.fine?.known).toEqual(known?.known);
                    known?.known.forEach((one, i) => {
                        if (one) expect(read.fine!.levels[3 * i + 1]).toBe(known.levels[3 * i + 1]);
                    });
                }
            ),
            { numRuns: 60 }
        );
    });

    it('cost fewer bits where the prior expects them: those it guesses itself, beside random ones', () => {
        const random = randomGrid(16, 12, TOKEN_LEVELS, 5);
        const guessed = new LevelGrid(16, 12, TOKEN_LEVELS);
        for (const place of guessed.known.keys()) model.prior.guess(guessed, place, new Uint8Array(192));
        guessed.known.fill(1);
        const bytes = (grid: LevelGrid): number =>
            unitsOf(grid, null, 1000).reduce((sum, unit) => sum + unit.payload.length, 0);
        expect(bytes(guessed)).toBeLessThan(0.75 * bytes(random));
    });

    it('that are missing are filled in by the prior, in whatever order, and none that is there is touched', () => {
        const whole = randomGrid(9, 7, TOKEN_LEVELS, 3);
        const lossy = randomGrid(9, 7, TOKEN_LEVELS, 3);
        lossy.known.fill(0, 10, 50);
        lossy.levels.fill(7, 40, 200);
        expect(concealTokens(lossy, model.prior)).toBeCloseTo(40 / 63, 10);
        for (let i = 0; i < whole.levels.length; i++) {
            if (i < 40 || i >= 200) expect(lossy.levels[i]).toBe(whole.levels[i]);
            expect(lossy.levels[i]).toBeLessThan(TOKEN_LEVELS[i % 4]!);
        }
        expect(concealTokens(new LevelGrid(3, 3, TOKEN_LEVELS), model.prior)).toBe(1);
    });

    it('of damaged units are refused, whatever they say', () => {
        const units = unitsOf(randomGrid(8, 6, TOKEN_LEVELS, 1), randomGrid(16, 12, FINE_LEVELS, 2), 200);
        for (const unit of units) {
            for (const wrong of [
                { ...unit, payload: unit.payload.subarray(0, -1) },
                { ...unit, payload: Uint8Array.from([...unit.payload, 1]) },
                { ...unit, count: unit.count + 1 },
                { ...unit, parameter: unit.parameter ^ 5 },
                { ...unit, first: 1_000_000 }
            ]) {
                const read = readConcept([wrong], model)!;
                const styles = unit.parameter === 16 && wrong.first !== unit.first;
                expect(read.damaged).toBe(styles ? 0 : 1);
            }
        }
    });
});

describe('pictures of concepts', () => {
    const frame = room({ widthPx: 75, heightPx: 45 });

    it('are drawn by the decoder as the encoder draws them, byte for byte, at every share of finer tokens', () => {
        const sizes = [0, 30, 100].map((quality) => {
            const encoded = new FrameEncoder({ concept: model, quality, unitBytes: 300 }).encode(frame);
            for (const unit of encoded.units) expect(unit.length).toBeLessThanOrEqual(300);
            const decoded = new FrameDecoder({ concept: conceptModel() }).decode(encoded.pduSets);
            expect(decoded).toMatchObject({ exact: true, complete: true, generated: true, concealedShare: 0 });
            expect(decoded.picture).toEqual(encoded.picture);
            return encoded.bytes;
        });
        expect(sizes[1]).toBeGreaterThan(sizes[0]!);
        expect(sizes[2]).toBeGreaterThan(sizes[1]!);
    });

    it('do not depend on the tiles that they are coded and drawn in', () => {
        // Wider than two tiles and their margins together, so that inner tiles see no edge.
        const wide = room({ widthPx: 400, heightPx: 40 });
        const whole = new FrameEncoder({ concept: model, quality: 20 }).encode(wide);
        const cut = new FrameEncoder({ concept: conceptModel(1, 3), quality: 20 }).encode(wide);
        expect(cut.units).toEqual(whole.units);
        expect(cut.picture.rgb).toEqual(whole.picture.rgb);
    });

    it('survive any one unit, and show the base picture to a decoder without the model or with another', () => {
        const { units, picture } = new FrameEncoder({ concept: model, quality: 50, unitBytes: 128 }).encode(frame);
        expect(units.length).toBeGreaterThan(5);
        for (const lost of units.keys()) {
            const left = units.filter((_, i) => i !== lost);
            const decoded = new FrameDecoder({ concept: model }).decodeUnits(left);
            expect(decoded).toMatchObject({ exact: false, complete: false });
            expect(decoded.picture.rgb.length).toBe(picture.rgb.length);
        }
        const bases = [null, conceptModel(2)].map((concept) => new FrameDecoder({ concept }).decodeUnits(units));
        expect(bases[0]).toMatchObject({ exact: false, generated: false, concealedShare: 1 });
        expect(bases[0]!.picture.rgb).not.toEqual(picture.rgb);
        expect(bases[1]!.picture.rgb).toEqual(bases[0]!.picture.rgb);
    });

    it('show a region in the style that its code is replaced by, and nothing far from it changes', () => {
        const wide = room({ widthPx: 320, heightPx: 48, layers: ['instance'] });
        const file = encodeMxr([wide], { concept: model, quality: 0 });
        expect(inspectMxr(file).layerBytes.concept).toBeGreaterThan(0);
        const { units } = new FrameEncoder({ concept: model, quality: 0 }).encode(wide);
        const codes = readConceptStyles(units)!;
        expect(codes.length).toBeGreaterThan(1);
        const other = codes[1]!.map((level) => 4 - level);
        const edited = restyleConcept(units, (code, region) => (region === 1 ? other : code));
        expect(readConceptStyles(edited)).toEqual(codes.map((code, i) => (i === 1 ? other : code)));
        const [before, after] = [units, edited].map((one) => new FrameDecoder({ concept: model }).decodeUnits(one));
        expect(after!.picture.rgb).not.toEqual(before!.picture.rgb);
        expect(() => restyleConcept(units, () => [9, 0, 0, 0, 0, 0])).toThrow(/style code.*0 to 4/);
    });

    it('are drawn from words alone by a decoder with a model, and painted by one without', () => {
        const encoded = new FrameEncoder({ text: 'alone', textBytes: 100 }).encode(frame);
        const plain = new FrameDecoder().decodeUnits(encoded.units);
        expect(plain.picture).toEqual(paintScene(plain.scene!));
        const drawn = new FrameDecoder({ concept: model }).decodeUnits(encoded.units);
        expect(drawn).toMatchObject({ exact: false, complete: true, generated: true });
        expect(drawn.picture.rgb).not.toEqual(plain.picture.rgb);
        expect(drawn.picture.rgb).toEqual(model.drawScene(plain.scene!).rgb);
    });

    it('of a clip stand alone, frame by frame, in fixed length as well', () => {
        const frames = clip(2, { widthPx: 40, heightPx: 24 });
        const file = encodeMxr(frames, { concept: model, fixedLength: true });
        const decoded = decodeMxr(file, { concept: model }).frames;
        expect(decoded.map(({ kind, exact }) => [kind, exact])).toEqual([
            ['intra', true],
            ['intra', true]
        ]);
    });
});

describe('a weights file', () => {
    it('that is cut, changed or of another kind is refused, and a whole one says what it is', () => {
        const file = conceptFile();
        expect(inspectConcept(file)).toMatchObject({ name: 'tiny', bytes: file.length, shape: { half: 4 } });
        const changed = file.slice();
        changed[3000]! ^= 1;
        for (const wrong of [file.subarray(0, 100), file.subarray(0, -3), changed, new Uint8Array(50)]) {
            expect(() => new ConceptModel(wrong)).toThrow(MixreelError);
        }
        expect(() => new FrameEncoder({ concept: model, text: 'alone' })).toThrow(/at most one/);
    });
});

describe('mutated payloads of concepts under a valid check', () => {
    it('are drawn or concealed: 300 of them', () => {
        const [frame] = clip(1, { widthPx: 24, heightPx: 16 });
        const { units } = new FrameEncoder({ concept: model, quality: 60 }).encode(frame!);
        let state = 7;
        const below = (n: number): number => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return (state >>> 8) % n;
        };
        for (let i = 0; i < 300; i++) {
            const changed = units.map((bytes) => {
                const unit = readUnit(bytes)!;
                const payload = unit.payload.slice(0, unit.payload.length - below(2));
                if (payload.length > 0) payload[below(payload.length)] = below(256);
                const field = below(5);
                return writeUnit({
                    ...unit,
                    payload,
                    ...(field === 0 ? { first: below(70) } : {}),
                    ...(field === 1 ? { parameter: below(70) } : {}),
                    ...(field === 2 ? { count: below(70) } : {})
                });
            });
            const decoded = new FrameDecoder({ widthPx: 24, heightPx: 16, concept: model }).decodeUnits(changed);
            expect(decoded.picture.rgb.length).toBe(3 * 24 * 16);
        }
    });
});
