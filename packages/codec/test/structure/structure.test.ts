import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUnit, type Unit } from '../../src/container/unit.ts';
import { FrameDecoder } from '../../src/frame-decoder.ts';
import { FrameEncoder } from '../../src/frame-encoder.ts';
import { STRUCTURES } from '../../src/options.ts';
import { readStructureUnits } from '../../src/structure/read-structure.ts';
import { structureFromColors, structureFromLayers } from '../../src/structure/segmentation.ts';
import { decodeStructure, decodeStyles, encodeStructure, encodeStyles } from '../../src/structure/structure-coder.ts';
import { colorOfStyle, type StructureMap, styleOfColor } from '../../src/structure/structure-map.ts';
import { room } from '../helpers/synthetic.ts';

/** Maps of blobs, from stripes of labels. */
const maps: fc.Arbitrary<StructureMap> = fc
    .record({
        columns: fc.integer({ min: 1, max: 40 }),
        rows: fc.integer({ min: 1, max: 30 }),
        count: fc.integer({ min: 1, max: 255 }),
        pattern: fc.array(fc.nat(254), { minLength: 1, maxLength: 50 }),
        run: fc.integer({ min: 1, max: 30 }),
        edged: fc.boolean()
    })
    .map(({ columns, rows, count, pattern, run, edged }) => ({
        columns,
        rows,
        labels: Uint8Array.from(
            { length: columns * rows },
            (_, i) => pattern[Math.floor(i / run) % pattern.length]! % count
        ),
        edges: edged
            ? Uint8Array.from({ length: columns * rows }, (_, i) => (pattern[i % pattern.length]! > 200 ? 1 : 0))
            : null,
        regions: Array.from({ length: count }, (_, i) => ({ semanticId: i * 3, instanceId: 65534 - i }))
    }));

describe('the structure layer', () => {
    it('comes back from bands of any size, each on its own', () => {
        fc.assert(
            fc.property(maps, fc.integer({ min: 20, max: 1200 }), (map, limit) => {
                const bands = encodeStructure(map, limit);
                const labels = new Uint8Array(map.labels.length).fill(200);
                const edges = map.edges ? new Uint8Array(map.labels.length) : null;
                for (const band of [...bands].reverse()) {
                    expect(decodeStructure(band, map.columns, map.regions.length, labels, edges)).toBe(true);
                    if (band.rowCount > 1) expect(band.payload.length).toBeLessThanOrEqual(limit);
                }
                expect(labels).toEqual(map.labels);
                expect(edges).toEqual(map.edges);
                expect(bands.reduce((sum, band) => sum + band.rowCount, 0)).toBe(map.rows);
            }),
            { numRuns: 60 }
        );
    });

    it('takes the regions from the instance and semantic layers, with what they are', () => {
        const map = structureFromLayers(room({ layers: ['instance', 'semantic', 'depth'] }))!;
        expect(map.regions).toEqual([
            { semanticId: 1, instanceId: 1 },
            { semanticId: 7, instanceId: 3 },
            { semanticId: 2, instanceId: 2 }
        ]);
        expect(map.labels[0]).toBe(0);
        expect(structureFromLayers(room())).toBeNull();
    });

    it('is sent with depth breaks, without, of colours alone, or not at all: in ever fewer bytes', () => {
        const frame = room({ layers: ['instance', 'semantic', 'depth'] });
        const sent = STRUCTURES.map((structure) => {
            const { units, stats, picture } = new FrameEncoder({ structure }).encode(frame);
            const decoded = new FrameDecoder().decodeUnits(units);
            expect(decoded.complete).toBe(true);
            expect(decoded.picture.rgb).toEqual(picture.rgb);
            const map =
                readStructureUnits(
                    units.map((unit) => readUnit(unit) as Unit),
                    null
                )?.map ?? null;
            return { bytes: stats.layerBytes.structure + stats.layerBytes.style, map };
        });
        const [auto, labels, colors, none] = sent;
        expect(auto!.map!.edges!.some((edge) => edge === 1)).toBe(true);
        expect(labels!.map!.edges).toBeNull();
        expect(labels!.map!.labels).toEqual(auto!.map!.labels);
        expect(colors!.map!.regions.every(({ instanceId }) => instanceId === 0)).toBe(true);
        expect(none).toEqual({ bytes: 0, map: null });
        expect(auto!.bytes).toBeGreaterThan(labels!.bytes);
    });

    it('keeps 255 regions and puts the rest together when a frame has more', () => {
        const instance = Float32Array.from(
            { length: 128 * 256 },
            (_, i) => 1 + ((i >> 3) % 16) + 16 * Math.floor(i / 1024)
        );
        const frame = new Frame({
            widthPx: 128,
            heightPx: 256,
            layers: { color: new Float32Array(3 * 128 * 256), instance }
        });
        const map = structureFromLayers(frame)!;
        expect(map.regions).toHaveLength(255);
        expect(map.regions.at(-1)).toEqual({ semanticId: 0, instanceId: 0 });
        expect(Math.max(...map.labels)).toBe(254);
    });

    it('cuts a picture of flat areas exactly along them', () => {
        const columns = 12;
        const truth = Array.from({ length: 96 }, (_, i) => (i % columns < 5 ? 0 : i < 48 ? 1 : 2));
        const means = [
            [60, 128, 200],
            [0, 60, -60],
            [0, 0, 40]
        ].map((colors) => Float32Array.from(truth, (c) => colors[c]!));
        const map = structureFromColors(means, columns, 8, 12, 8);
        expect(map.regions).toHaveLength(3);
        expect(Array.from(map.labels)).toEqual(truth);
    });
});

describe('the style layer', () => {
    it('comes back for every code', () => {
        const code = fc.nat(63);
        const region = fc.record({ semanticId: fc.nat(65534), instanceId: fc.nat(65534) });
        const entry = fc.record({ region, style: fc.record({ y: code, co: code, cg: code }) });
        fc.assert(
            fc.property(fc.array(entry, { minLength: 1, maxLength: 255 }), (list) => {
                const regions = list.map((one) => one.region);
                const styles = list.map((one) => one.style);
                expect(decodeStyles(encodeStyles(regions, styles), list.length)).toEqual({ regions, styles });
            }),
            { numRuns: 30 }
        );
    });

    it('is within half a step of the colour', () => {
        for (let y = 0; y < 256; y += 3)
            for (let co = -255; co <= 251; co += 11) {
                const [sy, sco] = colorOfStyle(styleOfColor(y, co, 0));
                expect(Math.abs(sy - y)).toBeLessThanOrEqual(2);
                expect(Math.abs(sco - co)).toBeLessThanOrEqual(4);
            }
    });
});
