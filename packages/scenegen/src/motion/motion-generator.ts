/**
 * A room from somebody's motion: contacts say where furniture carried or met the body, a Markov random field says which,
 * and the floor that the body swept stays free (a keep-out that the certificate checks). The room is as large as the motion
 * with a margin; the rest of it is furnished by rules around what is there.
 */

import type { RngStream } from '@mixreel/core';
import { badInput, exactCos, exactSin } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished } from '../generators/capture-generator.ts';
import { furnish } from '../generators/furnish.ts';
import { type FloorPlan, graphOfPlan, type PlanOptions } from '../generators/plan-generator.ts';
import { type CertifiedScene, certified } from '../generators/repair.ts';
import { corners, footprintOf, toLocal } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { overlapArea, round } from '../geometry/polygon.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type { Dimensions, PlanPoint, Pose, RoomType, SceneNode } from '../graph/scene-graph.ts';
import { wrap } from '../solver/floor-candidates.ts';
import { Layout, streamOf } from '../solver/layout.ts';
import { type ClassChoice, chooseClasses } from './choose-classes.ts';
import { type Contact, findContacts, type MotionContacts } from './contacts.ts';
import type { MotionClip } from './motion-clip.ts';

/** Options of {@link generateFromMotion}. */
export interface MotionOptions extends PlanOptions {
    /** What the room is for; follows from the contacts if absent. */
    readonly type?: RoomType;
    /** Free floor around the motion, metres, 0.3 to 5; 1.2 if absent. */
    readonly margin?: number;
}

/** A room, and what the motion told. */
export interface MotionScene extends CertifiedScene {
    readonly found: MotionContacts;
    readonly choice: ClassChoice;
    /** Node of each contact, in order of `found.contacts`; null for one that another contact's furniture serves or that found no place. */
    readonly carriers: readonly (string | null)[];
}

/** The room is refused above this: a walk through a town is no room, metres. */
const LARGEST = 40;
/** Side of the squares that swept floor is kept out in, metres. */
const SWEPT = 0.25;

/** Makes the room. About 20 ms and linear in the frames. */
export function generateFromMotion(clip: MotionClip, options: MotionOptions): MotionScene {
    const { rng, density = 0.6, margin = 1.2 } = options;
    if (!(margin >= 0.3 && margin <= 5)) throw badInput(`margin is ${margin}`, '0.3 to 5 metres', 'Leave it out');
    const found = findContacts(clip);
    const swept = sweptSquares(found);
    const stream = streamOf(rng, 'motion');
    const cost = (contact: Contact, name: string): number => {
        const { pose, dims } = carrierBox(contact, name);
        const shape = corners(footprintOf(pose, dims));
        return swept.reduce((sum, s) => sum + 60 * overlapArea(shape, s), 0);
    };
    const choice = chooseClasses(found.contacts, { stream, cost });
    const plan = planOf(found, choice, options.type ?? typeOf(choice.classes), margin, swept);
    const graph = graphOfPlan(plan, options);
    const [room] = graph.rooms;
    const layout = new Layout(room!, graph.walls, graph.openings, new Map(), graph.keepOuts);
    const carriers = found.contacts.map((contact, i) => place(layout, contact, choice.classes[i]!, stream));
    furnish(layout, INDOOR_GRAMMAR.rooms[room!.type], rng, { density, generator: 'rules' });
    const scene = finished(certified({ ...graph, nodes: layout.nodes, relations: layout.relations }));
    const kept = new Set(scene.graph.nodes.map((n) => n.id));
    return { ...scene, found, choice, carriers: carriers.map((id) => (id && kept.has(id) ? id : null)) };
}

/** Squares of the plan that the upright body passed over. */
function sweptSquares({ passed, reach }: MotionContacts): PlanPoint[][] {
    const cells = new Map<string, PlanPoint[]>();
    for (const [x, z] of passed) {
        for (let i = Math.floor((x - reach) / SWEPT); i * SWEPT < x + reach; i++) {
            for (let j = Math.floor((z - reach) / SWEPT); j * SWEPT < z + reach; j++) {
                // A square counts when the body's circle reaches its middle.
                if (hypot((i + 0.5) * SWEPT - x, (j + 0.5) * SWEPT - z) > reach) continue;
                const [x0, z0] = [round(i * SWEPT), round(j * SWEPT)];
                cells.set(`${i},${j}`, [
                    [x0, z0],
                    [round(x0 + SWEPT), z0],
                    [round(x0 + SWEPT), round(z0 + SWEPT)],
                    [x0, round(z0 + SWEPT)]
                ]);
            }
        }
    }
    return [...cells.values()];
}

/** Box of the furniture that meets a contact: its met height is the contact's, its place follows from the body. */
function carrierBox(contact: Contact, name: string): { dims: Dimensions; pose: Pose; params: Record<string, number> } {
    const kind = furnitureClass(name);
    const usual = { width: kind.width[1], height: kind.height[1], depth: kind.depth[1] };
    const seat = contact.kind === 'sit' || contact.kind === 'lie';
    const backed = seat && ['chair', 'office_chair', 'armchair', 'sofa'].includes(name);
    // Tops are where the hand is; shelves and wardrobes are touched at their front.
    const tall = contact.kind === 'touch' && usual.height > 1.2;
    const height = backed
        ? round(Math.max(usual.height, contact.height + 0.25))
        : tall || (contact.kind === 'lie' && name !== 'sofa')
          ? usual.height
          : round(Math.max(0.15, contact.height));
    const [s, c] = [exactSin(contact.yaw), exactCos(contact.yaw)];
    let ahead = 0;
    let yaw = contact.yaw;
    if (contact.kind === 'sit') ahead = backed ? usual.depth / 2 - 0.28 : 0;
    else if (contact.kind === 'lie') {
        // The head lies at a bed's back, along a sofa's width.
        yaw += name === 'sofa' ? Math.PI / 2 : Math.PI;
        ahead = name === 'sofa' ? 0 : -0.05;
    } else {
        // The front of what is touched looks back at the person; hands lie 12 cm within a top.
        yaw += Math.PI;
        ahead = tall ? usual.depth / 2 + 0.02 : usual.depth / 2 - 0.12;
    }
    const pose = { x: round(contact.x + ahead * s), y: 0, z: round(contact.z + ahead * c), yaw: wrap(yaw) };
    return { dims: { ...usual, height }, pose, params: seat && backed ? { seatHeight: round(contact.height) } : {} };
}

function planOf(
    found: MotionContacts,
    choice: ClassChoice,
    type: RoomType,
    margin: number,
    swept: readonly PlanPoint[][]
): FloorPlan {
    const boxes = found.contacts.map((c, i) => carrierBox(c, choice.classes[i]!));
    const points = [...found.passed, ...boxes.flatMap(({ pose, dims }) => corners(footprintOf(pose, dims)))];
    if (points.length === 0)
        throw badInput(
            'the motion neither walks nor touches anything',
            'a body that stands, sits or lies',
            'Check which axis is up'
        );
    let [x0, x1, z0, z1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, z] of points)
        [x0, x1, z0, z1] = [Math.min(x0, x), Math.max(x1, x), Math.min(z0, z), Math.max(z1, z)];
    if (x1 - x0 > LARGEST || z1 - z0 > LARGEST)
        throw badInput(
            `the motion covers ${(x1 - x0).toFixed(0)} x ${(z1 - z0).toFixed(0)} m`,
            `at most ${LARGEST} m a side`,
            'Cut the clip, or check its unit'
        );
    const door = { type: 'door', wall: 0, offset: 0.7, width: 0.9 } as const;
    const window = {
        type: 'window',
        wall: 2,
        offset: (x1 - x0) / 2 + margin,
        width: Math.min(1.6, x1 - x0 + margin)
    } as const;
    return {
        rooms: [
            {
                type,
                polygon: [
                    [x0 - margin, z0 - margin],
                    [x1 + margin, z0 - margin],
                    [x1 + margin, z1 + margin],
                    [x0 - margin, z1 + margin]
                ],
                openings: [door, window]
            }
        ],
        keepOuts: swept.map((polygon) => ({ room: 0, polygon, from: 0, to: 1.9, reason: 'a body passed here' }))
    };
}

function typeOf(classes: readonly string[]): RoomType {
    const has = (...names: string[]): boolean => classes.some((c) => names.includes(c));
    if (has('double_bed', 'single_bed')) return 'bedroom';
    if (has('office_chair', 'desk')) return 'office';
    return has('dining_table') ? 'dining_room' : 'living_room';
}

/** Places what a contact needs, nudged off swept floor by at most 20 cm; null if it is served already or finds no place. */
function place(layout: Layout, contact: Contact, name: string, stream: RngStream): string | null {
    const served = layout.nodes.find((n) => serves(n, contact));
    if (served) return null;
    const { dims, pose, params } = carrierBox(contact, name);
    const wanted = {
        class: name,
        dims,
        params,
        variant: stream.integer(64),
        priority: 0.97,
        front: 0,
        provenance: { generator: 'motion', source: `${contact.kind} in frames ${contact.from} to ${contact.to}` }
    };
    for (const [dx, dz] of NUDGES) {
        const f = footprintOf(pose, dims);
        const at = { ...pose, x: round(pose.x + dx * f.ux + dz * f.vx), z: round(pose.z + dx * f.uz + dz * f.vz) };
        const node = layout.placeAt(wanted, at);
        if (node) return node.id;
    }
    return null;
}

/** Along the width and the front, nearest first, metres. */
const NUDGES: readonly (readonly [number, number])[] = [0, 0.05, 0.1, 0.15, 0.2]
    .flatMap(
        (d) =>
            [
                [0, d],
                [0, -d],
                [d, 0],
                [-d, 0]
            ] as const
    )
    .slice(3);

/** True if a node carries a contact already: two spells on one chair, a second hand on one table. */
function serves(node: SceneNode, contact: Contact): boolean {
    const [u, v] = toLocal(footprintOf(node.pose, node.dims), contact.x, contact.z);
    const over = Math.abs(u) < node.dims.width / 2 + 0.1 && Math.abs(v) < node.dims.depth / 2 + 0.1;
    const height = node.params?.['seatHeight'] ?? node.dims.height;
    const tall = contact.kind === 'touch' && height > contact.height;
    return over && (tall || Math.abs(height - contact.height) < 0.12 || contact.kind === 'lie');
}
