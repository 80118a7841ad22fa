import { existsSync, readFileSync } from 'node:fs';
import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polygonArea } from '../../src/geometry/polygon.ts';
import {
    type DetectedPlane,
    generateFromCapture,
    readCapture,
    readDetected,
    readPcd,
    readPly,
    readRoomPlan
} from '../../src/index.ts';
import { CAPTURES, captureJson } from '../support/captures.ts';

const count = 120;
const points = Float32Array.from({ length: 3 * count }, (_, i) => Math.fround(Math.sin(i) * 3));
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));
const bytesOf = (list: Float32Array): Uint8Array => new Uint8Array(list.buffer);

const pcdHead = (data: string): string =>
    `# .PCD v0.7\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH ${count}\nHEIGHT 1\nPOINTS ${count}\nDATA ${data}\n`;
const rows = Array.from({ length: count }, (_, i) => [...points.subarray(3 * i, 3 * i + 3)].join(' ')).join('\n');

/** LZF of literals only, in runs of 32, and a last run as a back reference where the data repeat. */
function lzf(data: Uint8Array): Uint8Array {
    const out: number[] = [];
    for (let i = 0; i < data.length; i += 32) out.push(Math.min(32, data.length - i) - 1, ...data.subarray(i, i + 32));
    return Uint8Array.from(out);
}

describe('PCD', () => {
    const columns = Float32Array.from(
        { length: 3 * count },
        (_, i) => points[3 * (i % count) + Math.floor(i / count)]!
    );
    const packed = lzf(bytesOf(columns));
    const sizes = new Uint8Array(Uint32Array.of(packed.length, 12 * count).buffer);
    const compressed = joined(text(pcdHead('binary_compressed')), sizes, packed);

    it('has the same points as text, as binary and compressed', () => {
        expect(readPcd(text(pcdHead('ascii') + rows))).toEqual(points);
        expect(readPcd(joined(text(pcdHead('binary')), bytesOf(points)))).toEqual(points);
        expect(readPcd(compressed)).toEqual(points);
    });

    it('unpacks back references', () => {
        // Ten bytes, then 26 more that repeat them, then zeros: written by hand.
        const head = pcdHead('binary_compressed').replaceAll(String(count), '100');
        const literal = [9, 1, 0, 128, 63, 2, 0, 128, 63, 3, 0];
        const back = [7 << 5, 17, 9];
        const zero = [0, 0];
        const runs: number[] = [];
        let left = 1200 - 10 - 26 - 1;
        while (left > 0) {
            const length = Math.min(264, left);
            if (length < 3) {
                runs.push(length - 1, ...Array(length).fill(0));
            } else if (length - 2 >= 7) runs.push(7 << 5, length - 9, 0);
            else runs.push((length - 2) << 5, 0);
            left -= length;
        }
        const body = Uint8Array.from([...literal, ...back, ...zero, ...runs]);
        const file = joined(text(head), new Uint8Array(Uint32Array.of(body.length, 1200).buffer), body);
        const expected = new Uint8Array(1200);
        for (let i = 0; i < 36; i++) expected[i] = [1, 0, 128, 63, 2, 0, 128, 63, 3, 0][i % 10]!;
        const [xs, scan] = [new Float32Array(expected.buffer), readPcd(file)];
        for (let i = 0; i < 100; i++) expect(scan[3 * i]).toBe(xs[i]);
    });

    it('turns z up to y up', () => {
        const turned = readPcd(text(pcdHead('ascii') + rows), { up: 'z' });
        expect([...turned.subarray(0, 3)]).toEqual([points[0], points[2], -points[1]!]);
    });

    it('cut or broken anywhere says what is wrong with it', () => {
        fc.assert(
            fc.property(fc.nat(compressed.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
                const broken = cut ? compressed.slice(0, at) : compressed.with(at, byte);
                try {
                    readPcd(broken);
                } catch (error) {
                    expect((error as Error).name).toBe('MixreelError');
                }
            }),
            { numRuns: 300 }
        );
    });

    const shared = new URL('../../../../../shared/rooms/scans/room_scan1.pcd', import.meta.url);
    // Skipped without the shared data: a lidar scan, compressed by PCL itself.
    it.skipIf(!existsSync(shared))('of a real lidar has its 112,586 points within 100 m', () => {
        const scan = readPcd(new Uint8Array(readFileSync(shared)), { up: 'z' });
        expect(scan.length).toBe(3 * 112_586);
        expect(scan.every((v) => Math.abs(v) < 100)).toBe(true);
    });
});

describe('PLY', () => {
    const head = (format: string): string =>
        `ply\nformat ${format} 1.0\nelement vertex ${count}\nproperty float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n`;

    it('has the same points and faces as text and as binary', () => {
        const ascii = readPly(text(`${head('ascii')}${rows}\n4 0 1 2 3\n`));
        const face = joined(Uint8Array.of(4), new Uint8Array(Int32Array.of(0, 1, 2, 3).buffer));
        const binary = readPly(joined(text(head('binary_little_endian')), bytesOf(points), face));
        expect(ascii.points).toEqual(points);
        expect([...ascii.mesh!.indices]).toEqual([0, 1, 2, 0, 2, 3]);
        expect(binary).toEqual(ascii);
    });

    it('is refused when it is cut, names vertices that are not there or is none', () => {
        for (const file of [
            '',
            'ply\n',
            `${head('ascii')}1 2`,
            `${head('ascii')}${rows}\n3 0 1 999\n`,
            head('binary_big_endian'),
            head('ascii').replace('float x', 'quad x')
        ])
            expect(() => readPly(text(file))).toThrow(/expected/);
    });
});

/** A column-major pose: x along [ux, uz], y up. */
const pose = (x: number, y: number, z: number, ux: number, uz: number): number[] => [
    ux,
    0,
    uz,
    0,
    0,
    1,
    0,
    0,
    -uz,
    0,
    ux,
    0,
    x,
    y,
    z,
    1
];

describe('RoomPlan', () => {
    const corners = [
        [0, 0],
        [5, 0],
        [5, 4],
        [3, 4],
        [3, 2],
        [0, 2]
    ] as const;
    const walls = corners.map((a, i) => {
        const b = corners[(i + 1) % corners.length]!;
        const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
        // Every other wall is seen from its other side.
        const turn = i % 2 === 0 ? 1 : -1;
        return {
            identifier: `w${i}`,
            category: { wall: {} },
            dimensions: [length, 2.5, 0],
            transform: pose(
                (a[0] + b[0]) / 2,
                1.25,
                (a[1] + b[1]) / 2,
                (turn * (b[0] - a[0])) / length,
                (turn * (b[1] - a[1])) / length
            )
        };
    });
    const json = {
        version: 2,
        walls: [walls[3], walls[0], walls[5], walls[2], walls[1], walls[4]],
        doors: [
            { category: { door: { isOpen: false } }, dimensions: [0.9, 2.05, 0], transform: pose(1.5, 1.025, 0, 1, 0) }
        ],
        windows: [{ category: 'window', dimensions: [1.2, 1.1, 0], transform: pose(5, 1.5, 2, 0, 1) }],
        openings: [],
        objects: [
            { category: { sofa: {} }, dimensions: [1.9, 0.8, 0.9], transform: pose(4.4, 0.4, 2, 0, 1) },
            { category: { table: {} }, dimensions: [1.2, 0.74, 0.7], transform: pose(1.6, 0.37, 1.2, 1, 0) }
        ]
    };

    it('closes an L-shaped room from walls in any order and direction, with openings and objects', () => {
        const capture = readRoomPlan(JSON.stringify(json));
        expect(capture.polygon).toHaveLength(6);
        expect(polygonArea(capture.polygon)).toBeCloseTo(14, 3);
        expect(capture.height).toBeCloseTo(2.5, 3);
        expect(capture.openings.map((o) => [o.type, o.width, o.sill])).toEqual([
            ['door', 0.9, 0],
            ['window', 1.2, 0.95]
        ]);
        expect(capture.objects.map((o) => [o.label, o.width, o.height, o.depth])).toEqual([
            ['couch', 1.9, 0.8, 0.9],
            ['table', 1.2, 0.74, 0.7]
        ]);
        expect(capture.objects[1]).toMatchObject({ x: 1.6, z: 1.2, y: 0 });
    });

    it('gives what headsets have no label for a counterpart of its kind, and no second one', () => {
        const counterparts = (objects: [category: string, w: number, h: number, d: number, x: number, z: number][]) => {
            const capture = readRoomPlan({
                ...json,
                objects: objects.map(([category, w, h, d, x, z]) => ({
                    category: { [category]: {} },
                    dimensions: [w, h, d],
                    transform: pose(x, h / 2, z, 1, 0)
                }))
            });
            const { graph, certificate } = generateFromCapture(capture, { rng: Rng.create(1), seed: 1 });
            expect(certificate.violations).toEqual([]);
            expect(certificate.realCovered).toBe(objects.length);
            const classes = graph.nodes.filter((n) => n.covers).map((n) => n.class);
            const virtual = graph.nodes.filter((n) => !n.real).map((n) => n.class);
            const kinds = ['toilet', 'basin', 'bathtub', 'fridge', 'stove', 'kitchen_sink'];
            for (const kind of kinds) expect(virtual.filter((name) => name === kind).length).toBeLessThan(2);
            return [capture.type, classes];
        };
        expect(
            counterparts([
                ['toilet', 0.4, 0.75, 0.65, 3, 0.4],
                ['sink', 0.6, 0.9, 0.45, 4.2, 0.3],
                ['washerDryer', 0.6, 0.85, 0.6, 4.6, 2.5],
                ['chair', 0.45, 0.85, 0.5, 2.6, 1.6]
            ])
        ).toEqual(['bathroom', ['toilet', 'basin', 'washing_machine', 'chair']]);
        expect(
            counterparts([
                ['refrigerator', 0.7, 1.8, 0.7, 3, 0.4],
                ['oven', 0.6, 0.9, 0.6, 3.8, 0.35],
                ['sink', 0.8, 0.9, 0.6, 4.5, 0.35],
                ['dishwasher', 0.6, 0.85, 0.6, 4.6, 2.5]
            ])
        ).toEqual(['kitchen', ['fridge', 'stove', 'kitchen_sink', 'dishwasher']]);
    });

    it('is refused without walls or with broken transforms', () => {
        expect(() => readRoomPlan('{')).toThrow(/JSON/);
        expect(() => readRoomPlan({ walls: [] })).toThrow(/walls/);
        expect(() => readRoomPlan({ ...json, objects: [{ dimensions: [1, 1, 1], transform: [1] }] })).toThrow(
            /objects\[0\]/
        );
        expect(() => readRoomPlan({ ...json, walls: 7 })).toThrow(/array/);
    });
});

describe('WebXR planes', () => {
    const LABELS: Record<string, string> = {
        WALL_FACE: 'wall',
        FLOOR: 'floor',
        CEILING: 'ceiling',
        DOOR_FRAME: 'door',
        WINDOW_FRAME: 'window',
        TABLE: 'table',
        COUCH: 'couch'
    };

    /** The planes of a recording as a session would deliver them. */
    function planesOf(json: Record<string, unknown>): DetectedPlane[] {
        return (json['spatialEntities'] as Record<string, never>[]).flatMap((e) => {
            const label = LABELS[e['semanticLabel_META'] as unknown as string];
            const bounds = e['bounded2D_META'] as
                | { offset: { x: number; y: number }; extent: { width: number; height: number } }
                | undefined;
            if (!label || !bounds) return [];
            const { position: p, orientation: q } = e['locatable_META'] as unknown as {
                position: Record<string, number>;
                orientation: Record<string, number>;
            };
            const [x, y, z, w] = [q['x']!, q['y']!, q['z']!, q['w']!];
            const matrix = [
                1 - 2 * (y * y + z * z),
                2 * (x * y + z * w),
                2 * (x * z - y * w),
                0,
                2 * (x * y - z * w),
                1 - 2 * (x * x + z * z),
                2 * (y * z + x * w),
                0,
                2 * (x * z + y * w),
                2 * (y * z - x * w),
                1 - 2 * (x * x + y * y),
                0,
                p['x']!,
                p['y']!,
                p['z']!,
                1
            ];
            const [x0, z0] = [bounds.offset.x, bounds.offset.y];
            const [x1, z1] = [x0 + bounds.extent.width, z0 + bounds.extent.height];
            return [
                {
                    label,
                    matrix,
                    polygon: [
                        { x: x0, z: z0 },
                        { x: x1, z: z0 },
                        { x: x1, z: z1 },
                        { x: x0, z: z1 }
                    ]
                }
            ];
        });
    }

    it.each(CAPTURES)('of %s close to the room that the recording has, with its openings', (name) => {
        const json = captureJson(name);
        const [found, truth] = [readDetected(planesOf(json)), readCapture(json, { scan: false })];
        expect(polygonArea(found.polygon)).toBeCloseTo(polygonArea(truth.polygon), 1);
        expect(found.height).toBeCloseTo(truth.height, 2);
        expect(found.openings.map((o) => o.type).sort()).toEqual(truth.openings.map((o) => o.type).sort());
    });

    it('are refused without poses or walls', () => {
        expect(() => readDetected([])).toThrow(/walls/);
        expect(() => readDetected([{ label: 'wall', matrix: [1], polygon: [] }])).toThrow(/pose/);
    });
});
