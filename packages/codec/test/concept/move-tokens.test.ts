import { describe, expect, it, vi } from 'vitest';
import type { LevelGrid } from '../../src/concept/concept-levels.ts';
import { readConcept } from '../../src/concept/read-concept.ts';
import {
    FrameDecoder,
    FrameEncoder,
    moveRegions,
    type Picture,
    readStructure,
    readUnit,
    type Unit
} from '../../src/index.ts';
import { learnedConcept } from '../../src/learned/index.ts';
import { conceptModel } from '../helpers/concept-weights.ts';
import { room } from '../helpers/synthetic.ts';

const model = conceptModel();
const BOX = 3;
const isBox = ({ instanceId }: { instanceId: number }): boolean => instanceId === BOX;
/** 16 x 10 squares; the box fills squares 5 to 8 across and 4 to 6 down, among others in part. */
const frame = room({ widthPx: 256, heightPx: 160, layers: ['instance', 'semantic'] });
const encode = (options = {}): readonly Uint8Array[] =>
    new FrameEncoder({ concept: model, quality: 50, unitBytes: 128, ...options }).encode(frame).units;
const codesOf = (units: readonly Uint8Array[]) =>
    readConcept(
        units.map((bytes) => readUnit(bytes) as Unit),
        model
    )!;
const tokenAt = ({ levels, counts }: LevelGrid, place: number): number[] =>
    Array.from(levels.subarray(place * counts.length, (place + 1) * counts.length));
/** How many cells of each square are the box's. */
function shareOfBox(units: readonly Uint8Array[]): number[] {
    const { map } = readStructure(units)!;
    const shares = new Array<number>(160).fill(0);
    for (const [i, label] of map.labels.entries()) {
        const square = (Math.floor(i / map.columns) >> 1) * 16 + ((i % map.columns) >> 1);
        if (isBox(map.regions[label]!)) shares[square]!++;
    }
    return shares;
}

/** Places of a square's finer tokens. */
const finerOf = (square: number): number[] => {
    const first = 64 * (square >> 4) + 2 * (square % 16);
    return [first, first + 1, first + 32, first + 33];
};

/** Mean difference of 32 x 32 pixels of two pictures, grey levels. */
function apart(
    a: Picture,
    [left, top]: readonly [number, number],
    b: Picture,
    [x, y]: readonly [number, number]
): number {
    let sum = 0;
    for (let i = 0; i < 3 * 32 * 32; i++) {
        const [c, v, u] = [i >> 10, (i >> 5) & 31, i & 31];
        const of = (p: Picture, dx: number, dy: number): number =>
            p.rgb[(c * p.heightPx + dy + v) * p.widthPx + dx + u]!;
        sum += Math.abs(of(a, left, top) - of(b, x, y));
    }
    return sum / (3 * 32 * 32);
}

describe('a region of concepts that moves', () => {
    it('takes its tokens along by whole squares, finer ones too; all else stays, and no picture is drawn', () => {
        for (const options of [{}, { fixedLength: true }]) {
            const units = encode(options);
            const drawn = [vi.spyOn(model, 'draw'), vi.spyOn(model, 'codesOf')];
            const edited = moveRegions(units, isBox, 6, -4, { concept: model });
            for (const spy of drawn) expect(spy).not.toHaveBeenCalled();
            vi.restoreAllMocks();
            for (const unit of edited) expect(unit.length).toBeLessThanOrEqual(128);
            const [before, after] = [codesOf(units), codesOf(edited)];
            expect(after).toMatchObject({ missing: 0, damaged: 0, complete: true });
            const [old, now] = [shareOfBox(units), shareOfBox(edited)];
            let [taken, kept] = [0, 0];
            for (let square = 0; square < 160; square++) {
                const inside = old[square] === 4;
                if (!inside && (old[square] !== 0 || now[square] !== 0)) continue;
                // 6 cells right and 4 up are 3 and 2 squares.
                const to = inside ? square + 3 - 32 : square;
                expect(tokenAt(after.tokens!, to)).toEqual(tokenAt(before.tokens!, square));
                for (const k of before.fine ? [0, 1, 2, 3] : []) {
                    const [was, is] = [finerOf(square)[k]!, finerOf(to)[k]!];
                    expect(after.fine!.known[is]).toBe(before.fine!.known[was]);
                    if (before.fine!.known[was]) expect(tokenAt(after.fine!, is)).toEqual(tokenAt(before.fine!, was));
                }
                if (inside) taken++;
                else kept++;
            }
            expect([taken > 8, kept > 80]).toEqual([true, true]);
        }
    });

    it('is seen where it went, drawn as it was', () => {
        // Random weights say too little of what is drawn: the trained ones.
        const concept = learnedConcept();
        const units = encode({ concept });
        const edited = moveRegions(units, isBox, 6, -4, { concept });
        const [before, after] = [units, edited].map((one) => new FrameDecoder({ concept }).decodeUnits(one));
        expect(after).toMatchObject({ exact: true, complete: true, concealedShare: 0 });
        const there = apart(before!.picture, [92, 72], after!.picture, [92 + 48, 72 - 32]);
        // The generator's own noise lies by place, so it is not the same to the byte: about a hundredth of what differs in the old place.
        expect(there).toBeLessThan(0.1 * apart(before!.picture, [92, 72], after!.picture, [92, 72]));
    });

    it('takes the nearest whole squares where it moves by odd cells, and is whole when it has left the picture', () => {
        const units = encode();
        const before = codesOf(units);
        const old = shareOfBox(units);
        for (const [dx, dy, to] of [
            [7, -5, 3 - 32],
            [1, 1, 0],
            [40, 0, null]
        ] as const) {
            const edited = moveRegions(units, isBox, dx, dy, { concept: model });
            const after = codesOf(edited);
            expect(after).toMatchObject({ missing: 0, damaged: 0, complete: true });
            const now = shareOfBox(edited);
            let taken = 0;
            for (let square = 0; square < 160; square++) {
                if (old[square] === 0 && now[square] === 0) {
                    expect(tokenAt(after.tokens!, square)).toEqual(tokenAt(before.tokens!, square));
                } else if (to !== null && old[square] === 4 && now[square + to]! >= 2) {
                    expect(tokenAt(after.tokens!, square + to)).toEqual(tokenAt(before.tokens!, square));
                    taken++;
                } else if (now[square] === 0 && old[square] === 4) {
                    for (const at of finerOf(square)) expect(after.fine!.known[at]).toBe(0);
                }
            }
            expect(taken > 5).toBe(to !== null);
        }
    });

    it('without the model, or with another, takes the units out that it touches, and no other', () => {
        const units = encode();
        for (const concept of [null, conceptModel(2)]) {
            const edited = moveRegions(units, isBox, 6, -4, { concept });
            expect(codesOf(edited)).toMatchObject({ damaged: 0 });
            const left = edited.filter((bytes) => readUnit(bytes)!.layer === 'concept');
            expect(left.length).toBeGreaterThan(1);
            for (const unit of left) expect(units).toContainEqual(unit);
            expect(left.length).toBeLessThan(units.filter((bytes) => readUnit(bytes)!.layer === 'concept').length);
        }
        expect(moveRegions(units, isBox, 0, 0, { concept: null })).toEqual(units);
    });
});
