import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parityGroups, parityPayload, recoverUnits } from '../../src/container/parity.ts';
import { readUnit, type Unit, writeUnit } from '../../src/container/unit.ts';
import { FrameDecoder, FrameEncoder, readStructure, restyle, styleOfRgb } from '../../src/index.ts';

const plain: Omit<Unit, 'layer' | 'first' | 'count' | 'payload'> = {
    importance: 3,
    intra: true,
    alpha: false,
    base: false,
    edges: false,
    shared: false,
    frameIndex: 0,
    widthPx: 640,
    heightPx: 480,
    parameter: 20
};
const unitOf = (payload: Uint8Array, first: number): Uint8Array =>
    writeUnit({ ...plain, layer: 'texture', first, count: 1, payload });
const parityOf = (group: readonly Uint8Array[]): Uint8Array =>
    writeUnit({
        ...plain,
        importance: 9,
        layer: 'parity',
        first: 0,
        count: group.length,
        payload: parityPayload(group)
    });
const arbitraryUnits = fc
    .array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 24 })
    .map((payloads) => payloads.map(unitOf));

function noisyFrame(seed: number): Frame {
    const random = Rng.create(seed).stream('parity');
    const size = 160 * 128;
    const color = new Float32Array(3 * size);
    for (let i = 0; i < size; i++) {
        const value = (i % 160 < 80 ? 0.2 : 0.5) + 0.2 * random.float();
        for (let c = 0; c < 3; c++) color[c * size + i] = value * (1 - 0.2 * c);
    }
    return new Frame({ widthPx: 160, heightPx: 128, layers: { color } });
}

describe('parity', () => {
    it('gives any one lost unit of each group again, whatever the order of what arrived', () => {
        fc.assert(
            fc.property(arbitraryUnits, fc.integer({ min: 1, max: 8 }), fc.nat(), (units, most, seed) => {
                const random = Rng.create(seed).stream('parity');
                const groups = parityGroups(units, most);
                expect(groups.flat().length).toBe(units.length);
                const lost = groups.map((group) => group[random.integer(group.length)]!);
                const arrived = [...groups.map(parityOf), ...units.filter((unit) => !lost.includes(unit))];
                arrived.sort((a, b) => a.length - b.length);
                const found = recoverUnits(arrived).map((unit) => Buffer.from(unit).toString('hex'));
                expect(found.sort()).toEqual(lost.map((unit) => Buffer.from(unit).toString('hex')).sort());
            })
        );
    });

    it('invents nothing: where a group lacks two units, or none, and whatever was damaged', () => {
        fc.assert(
            fc.property(arbitraryUnits, fc.nat(), (units, seed) => {
                const parity = parityOf(units.slice(0, 8));
                expect(recoverUnits([...units, parity])).toEqual([]);
                if (units.length >= 2) expect(recoverUnits([...units.slice(2), parity])).toEqual([]);
                // Bits of the parity's content changed, its own check made anew.
                const payload = parityPayload(units.slice(0, 8)).slice();
                payload[seed % payload.length]! ^= 1 << (seed % 8);
                const changed = writeUnit({ ...readUnit(parity)!, payload });
                for (const unit of recoverUnits([...units.slice(1), changed])) expect(unit).toEqual(units[0]);
            })
        );
    });

    it('makes a frame whole again that lost one unit of each group, in units no larger than asked', () => {
        const encoder = new FrameEncoder({ quality: 60, unitBytes: 400, parity: 3 });
        const { units, picture, stats } = encoder.encode(noisyFrame(1));
        expect(Math.max(...units.map((unit) => unit.length))).toBeLessThanOrEqual(400);
        expect(stats.layerBytes.parity).toBeGreaterThan(0);
        const groups = parityGroups(
            units.filter((unit) => readUnit(unit)!.layer === 'texture'),
            3
        );
        expect(groups.length).toBeGreaterThan(2);
        const lost = new Set(groups.map((group) => group[0]!));
        for (const unit of units) if (['structure', 'style'].includes(readUnit(unit)!.layer)) lost.add(unit);
        const decoded = new FrameDecoder().decodeUnits(units.filter((unit) => !lost.has(unit)));
        expect(decoded.recoveredUnits).toBe(lost.size);
        expect(decoded.exact).toBe(true);
        expect(decoded.picture.rgb).toEqual(picture.rgb);
    });

    it('does not bring back what was edited', () => {
        const { units } = new FrameEncoder({ quality: 30, parity: 4 }).encode(noisyFrame(2));
        const red = styleOfRgb(200, 20, 20);
        const edited = restyle(units, () => red);
        expect(edited.some((unit) => readUnit(unit)!.layer === 'parity')).toBe(false);
        // As one would who does not know of parity.
        const untaught = units.map((unit) => {
            return readUnit(unit)!.layer === 'style'
                ? edited.find((other) => readUnit(other)!.layer === 'style')!
                : unit;
        });
        expect(recoverUnits(untaught)).toEqual([]);
        expect(readStructure(edited)!.styles[0]).toEqual(red);
        expect(new FrameDecoder().decodeUnits(untaught).picture.rgb).toEqual(
            new FrameDecoder().decodeUnits(edited).picture.rgb
        );
    });

    it('is refused where no unit would have room', () => {
        expect(() => new FrameEncoder({ parity: -1 })).toThrow(/parity/);
        expect(() => new FrameEncoder({ parity: 33 })).toThrow(/parity/);
        expect(() => new FrameEncoder({ parity: 8, unitBytes: 128 })).toThrow(/unitBytes is 128 with parity 8/);
    });
});
