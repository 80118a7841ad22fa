import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corners, footprintOf, nodeFootprint } from '../../src/geometry/footprint.ts';
import { overlapArea, pointInPolygon } from '../../src/geometry/polygon.ts';
import {
    type CapturedObject,
    certify,
    MixedRoom,
    type PlanPoint,
    readCapture,
    readGraph,
    type SceneNode,
    touchReport
} from '../../src/index.ts';
import { CAPTURES, captureJson, fixtureCapture } from '../support/captures.ts';

const ROOMS = [
    ['a fixture made in code', fixtureCapture()],
    ...CAPTURES.map((name) => [name, captureJson(name)] as const)
] as const;

const room = (json: unknown, seed: number): MixedRoom =>
    new MixedRoom(readCapture(json), { rng: Rng.create(seed), seed });

const boxAt = (x: number, z: number, uuid = 'parcel'): CapturedObject => ({
    uuid,
    label: 'storage',
    x,
    y: 0,
    z,
    yaw: 0.3,
    width: 0.6,
    height: 0.5,
    depth: 0.4,
    onWall: false
});

describe.each(ROOMS)('a mixed room in %s', (_, json) => {
    it('stays valid by the whole certificate, whatever is put down, pushed or carried away', () => {
        const capture = readCapture(json);
        const xs = capture.polygon.map((p) => p[0]);
        const zs = capture.polygon.map((p) => p[1]);
        const mixed = room(json, 3);
        const inside = (shape: readonly PlanPoint[]): boolean =>
            shape.every(([x, z]) => pointInPolygon(capture.polygon, x, z)) ||
            shape.every(([x, z]) => !pointInPolygon(capture.polygon, x, z, 0.4));
        const stream = Rng.create(5).stream('changes');
        for (let i = 0; i < 16; i++) {
            const [x, z] = [
                stream.range(Math.min(...xs), Math.max(...xs)),
                stream.range(Math.min(...zs), Math.max(...zs))
            ];
            const parcel = boxAt(x, z, `parcel-${i % 3}`);
            // Real things do not stand in each other or in walls.
            const shape = corners(footprintOf({ ...parcel, y: 0 }, parcel));
            const stands = (n: SceneNode): boolean =>
                n.real &&
                overlapArea(corners(nodeFootprint(n)), shape) > 0 &&
                !n.provenance.source.endsWith(parcel.uuid);
            if (i % 4 === 3) mixed.update({ remove: [`parcel-${(i - 1) % 3}`] });
            else if (inside(shape) && !mixed.graph.nodes.some(stands)) mixed.update({ set: [parcel] });
            const certificate = certify(mixed.graph);
            expect(certificate.violations.filter((v) => v.rule !== 'unreachable')).toEqual([]);
            expect(() => readGraph(mixed.graph)).not.toThrow();
        }
    });

    it('shows every surface within 2 cm of where it is touched and covers all that is real', () => {
        const capture = readCapture(json);
        const mixed = room(json, 4);
        const report = touchReport(mixed.graph, capture, certify(mixed.graph).walk);
        expect(report.uncovered).toEqual([]);
        // Wall-hung and stacked things are moved onto their support; what stands on the floor covers its whole footprint
        // but for what trimming to the room and to its neighbours cut off.
        const errors = report.pairs.flatMap((p) => (p.surfaceError === null ? [] : [p]));
        expect(errors.length).toBeGreaterThan(0);
        expect(errors.filter((p) => p.surfaceError! > 0.02)).toEqual([]);
        // Furniture that rules add takes floor, but never most of it.
        expect(report.walkablePreserved).toBeGreaterThan(0.5);
    });
});

describe('a mixed room', () => {
    it('changes nothing but what a change touches', () => {
        const mixed = room(fixtureCapture(), 1);
        const before = new Map(mixed.graph.nodes.map((n) => [n.id, n]));
        const update = mixed.update({ set: [boxAt(4.3, 0.7)] });
        const changed = new Set([...update.moved, ...update.added, ...update.removed]);
        for (const n of mixed.graph.nodes) if (!changed.has(n.id) && !n.real) expect(n).toEqual(before.get(n.id));
        expect(mixed.graph.nodes.filter((n) => n.covers?.length && update.added.includes(n.id))).toHaveLength(1);
    });

    it('keeps the name, class and looks of the counterpart of a thing that is only pushed', () => {
        const mixed = room(fixtureCapture(), 1);
        const table = readCapture(fixtureCapture()).objects.find((o) => o.label === 'table')!;
        const was = mixed.graph.nodes.find((n) => n.class === 'coffee_table' && n.covers)!;
        const update = mixed.update({ set: [{ ...table, x: table.x + 0.3 }] });
        const now = mixed.graph.nodes.find((n) => n.id === was.id)!;
        expect(update.moved).toContain(was.id);
        expect({ ...now, pose: 0 }).toEqual({ ...was, pose: 0 });
        expect(now.pose.x - was.pose.x).toBeCloseTo(0.3, 3);
    });

    it('takes a removed thing and its counterpart away, and says what stood on it', () => {
        const mixed = room(fixtureCapture(), 1);
        const table = readCapture(fixtureCapture()).objects.find((o) => o.label === 'table')!;
        const was = mixed.graph.nodes.find((n) => n.class === 'coffee_table' && n.covers)!;
        const update = mixed.update({ remove: [table.uuid] });
        expect(update.removed).toContain(was.id);
        expect(mixed.graph.nodes.some((n) => n.support.parent === was.id)).toBe(false);
        expect(certify(mixed.graph).collisions).toBe(0);
    });

    it('gives the same room for the same changes', () => {
        const run = (): unknown => {
            const mixed = room(fixtureCapture(), 9);
            mixed.update({ set: [boxAt(1.5, 1.2)] });
            mixed.update({ set: [boxAt(3.4, 1.1)] });
            return mixed.graph;
        };
        expect(run()).toEqual(run());
    });

    it('refuses boxes that are no boxes and changes nothing then', () => {
        const mixed = room(fixtureCapture(), 1);
        const before = mixed.graph;
        fc.assert(
            fc.property(
                fc.constantFrom('x', 'z', 'width', 'height'),
                fc.constantFrom(NaN, Infinity, -1e9),
                (key, bad) => {
                    expect(() => mixed.update({ set: [{ ...boxAt(1, 1), [key]: bad }] })).toThrow(/finite metres/);
                    expect(mixed.graph).toBe(before);
                }
            )
        );
    });
});
