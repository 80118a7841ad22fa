/**
 * Walks a room's program (see grammar/indoor-grammar.ts) over a layout: sizes each thing, proposes places, keeps what fits. A rule that
 * finds no free place adds nothing; nothing is ever forced in.
 */

import type { Rng, RngStream } from '@mixreel/core';
import { exactCos, exactSin } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { SizeRange } from '../catalogue/furniture-class.ts';
import { hypot } from '../geometry/hypot.ts';
import { distance, polygonArea, round } from '../geometry/polygon.ts';
import type { Grammar, Rule, RulePlace } from '../grammar/grammar.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type { Dimensions, PlanPoint, RelationType, SceneNode } from '../graph/scene-graph.ts';
import {
    besideCandidates,
    type Candidate,
    mainYaw,
    seatCandidates,
    wallCandidates,
    wrap
} from '../solver/floor-candidates.ts';
import { type Layout, streamOf, type Wanted } from '../solver/layout.ts';
import { wallDistance } from '../solver/room-space.ts';
import type { Spot } from '../solver/surface-space.ts';

/** How a room is furnished. */
export interface FurnishOptions {
    /** Share of the program's things that are tried, 0 to 1. */
    readonly density: number;
    /** Name in the provenance. */
    readonly generator: string;
    /** Where the small things and the taste come from; the indoor grammar if absent. */
    readonly grammar?: Grammar;
    /** Small classes that are not added. */
    readonly except?: ReadonlySet<string>;
}

interface Run {
    readonly layout: Layout;
    readonly rng: Rng;
    readonly options: FurnishOptions;
    /** Factor on the mean number of a class. */
    readonly taste: (name: string) => number;
}

/** Applies rules in order, then sets small things on what was placed. Returns the nodes added. */
export function furnish(layout: Layout, program: readonly Rule[], rng: Rng, options: FurnishOptions): SceneNode[] {
    const before = layout.nodes.length;
    const factors = (options.grammar ?? INDOOR_GRAMMAR).taste[layout.room.type] ?? {};
    const run: Run = { layout, rng, options, taste: (name) => factors[name] ?? 1 };
    const area = Math.abs(polygonArea(layout.room.polygon));
    program.forEach((rule, index) => {
        if (area < (rule.minArea ?? 0)) return;
        const stream = streamOf(rng, layout.room.id, 'rule', index);
        const anchors = rule.each ? anchorsOf(layout, rule.at) : [null];
        for (const anchor of anchors) {
            const times = timesOf(run, rule, stream);
            for (let i = 0; i < times; i++) if (!applyRule(run, rule, anchor, stream)) break;
        }
    });
    dress(run);
    return layout.nodes.slice(before);
}

/** How often a rule is applied at one place: its chance and count, scaled by taste and density. */
function timesOf(run: Run, rule: Rule, stream: RngStream): number {
    const roll = stream.float();
    const [low, high] = rule.count ?? [1, 1];
    const drawn = low + stream.integer(high - low + 1);
    const density = rule.at.kind === 'ceiling' ? 1 : run.options.density;
    const wanted = (rule.chance ?? 1) * density * run.taste(rule.add);
    if (wanted <= 1) return roll < wanted ? drawn : 0;
    // More than always: more of them.
    return Math.min(40, Math.floor(drawn * wanted + roll));
}

/** Small things on everything that carries some, a thing's mean number at a time, carriers in the order they were placed. */
function dress(run: Run): void {
    const { layout, options } = run;
    const { surfaces, clutter } = options.grammar ?? INDOOR_GRAMMAR;
    for (const on of [...layout.nodes]) {
        const children = on.real ? undefined : surfaces[on.class];
        if (!children || !layout.surfacesOf(on)) continue;
        const stream = streamOf(run.rng, 'dress', on.id);
        // In any order, so that what a full surface leaves out is not always the same.
        for (const [name, mean] of stream.shuffle([...children])) {
            const times = Math.floor(Math.min(30, mean * clutter * options.density * run.taste(name)) + stream.float());
            if (options.except?.has(name)) continue;
            for (let i = 0; i < times; i++) {
                const wanted: Wanted = {
                    class: name,
                    dims: drawSize(name, stream, layout),
                    variant: stream.integer(64),
                    priority: 0.2,
                    provenance: { generator: options.generator, source: `surface: ${name} on ${on.class}` }
                };
                if (!layout.putOn(wanted, on, spotOf(name), turnOf(wanted.dims), stream)) break;
            }
        }
    }
}

/** Appliances stand at the back, flat things for hands at the front, the rest anywhere. */
const spotOf = (name: string): Spot => (/machine|toaster|microwave|lamp|photo_frame|block/.test(name) ? 'back' : 'any');

/** Long things lie nearly square to their carrier; round and small ones as they fall. */
const turnOf = (d: Dimensions): number => (Math.max(d.width, d.depth) > 0.3 ? 0.2 : d.height > 0.12 ? 0.5 : 3);

function applyRule(run: Run, rule: Rule, anchor: SceneNode | null, stream: RngStream): boolean {
    const { layout } = run;
    const count = layout.nodes.filter((n) => n.class === rule.add && !n.real).length;
    if (count >= (rule.upTo ?? 99)) return false;
    const wanted = wantedFor(rule, stream, run);
    const at = rule.at;
    switch (at.kind) {
        case 'ceiling':
            return ceilingLights(run, wanted, stream);
        case 'windows':
            return curtains(run, wanted);
        case 'hung':
            return layout.hang(wanted, [round(at.from + (at.to - at.from) * stream.float())], stream) !== null;
        case 'over':
            return anchorsOf(layout, at).some((on) => hangOver(run, wanted, on, at.gap));
        case 'on': {
            const targets = anchor ? [anchor] : anchorsOf(layout, at);
            return targets.some((on) => layout.putOn(wanted, on, at.spot, at.turn, stream) !== null);
        }
        default:
            return onFloor(run, wanted, at, anchor, stream);
    }
}

function onFloor(run: Run, wanted: Wanted, at: RulePlace, anchor: SceneNode | null, stream: RngStream): boolean {
    const { layout } = run;
    const { polygon, floorY } = layout.room;
    if (at.kind === 'wall' || at.kind === 'corner') {
        const corner = at.kind === 'corner';
        const places = (dims: Dimensions): Candidate[] => wallCandidates(polygon, dims, floorY, corner);
        const candidates = turnedOrSquare(wanted, TURNS[wanted.class] ?? 0, places, stream);
        return layout.placeOnFloor(wanted, candidates, stream, corner ? 0.5 : 0.35) !== null;
    }
    if (at.kind === 'middle') return layout.placeOnFloor(wanted, layout.middle, stream, 0.15) !== null;
    const targets = anchor ? [anchor] : anchorsOf(layout, at);
    return targets.some((on) => {
        if (at.kind === 'under') return rugUnder(run, wanted, on, stream);
        const gaps = at.kind === 'beside' ? [0, 0.5, 1].map((t) => at.gap[0] + t * (at.gap[1] - at.gap[0])) : [];
        const candidates =
            at.kind === 'seats'
                ? turnedOrSquare(wanted, SEAT_TURN, (dims) => seatCandidates(on, dims, 0.03, wanted.dims.width), stream)
                : at.kind === 'beside'
                  ? besideCandidates(on, wanted.dims, at.sides, gaps, at.facing)
                  : [];
        const placed = layout.placeOnFloor(
            {
                ...wanted,
                snug: at.kind === 'seats' || at.kind === 'beside',
                front: at.kind === 'seats' || (at.kind === 'beside' && at.facing) ? 0 : (wanted.front ?? 0),
                ...(at.kind === 'seats' || (at.kind === 'beside' && at.facing) ? { drawnUpTo: on } : {})
            },
            candidates,
            stream
        );
        if (placed) relate(layout, at.kind === 'seats' ? 'surround' : 'next-to', placed.id, on.id);
        if (placed && at.kind === 'beside' && at.facing) relate(layout, 'facing', placed.id, on.id);
        return placed !== null;
    });
}

/** Chairs stand as they were left, up to this far from square to their table: as ProcTHOR's generator leaves them, radians. */
const SEAT_TURN = 0.45;
/** What has no front stands at any angle. */
const TURNS: Readonly<Record<string, number>> = { plant: Math.PI / 4, floor_lamp: Math.PI / 4 };

/**
 * Places for a thing turned by an angle up to `most`, for which it needs the room of the box around it, and behind them the
 * places where it is square.
 */
function turnedOrSquare(
    { dims }: Wanted,
    most: number,
    places: (dims: Dimensions) => Candidate[],
    stream: RngStream
): Candidate[] {
    if (most === 0) return places(dims);
    const turn = most * (2 * stream.float() - 1);
    const [c, s] = [Math.abs(exactCos(turn)), Math.abs(exactSin(turn))];
    const around = {
        width: dims.width * c + dims.depth * s,
        height: dims.height,
        depth: dims.width * s + dims.depth * c
    };
    const turned = places(around).map(({ pose, score }) => ({
        pose: { ...pose, yaw: wrap(pose.yaw + turn) },
        score: score + 1
    }));
    return [...turned, ...places(dims)];
}

function relate(layout: Layout, type: RelationType, a: string, b: string): void {
    layout.relations.push({ type, a, b, weight: 0.5, hard: false });
}

/** Nodes of the classes in `of`, first named class first. */
function anchorsOf(layout: Layout, at: RulePlace): SceneNode[] {
    if (!('of' in at)) return [];
    return at.of.flatMap((name) => layout.nodes.filter((n) => n.class === name && !n.real));
}

function wantedFor(rule: Rule, stream: RngStream, run: Run): Wanted {
    return {
        class: rule.add,
        dims: drawSize(rule.add, stream, run.layout),
        variant: stream.integer(64),
        priority: rule.priority ?? 0.3,
        provenance: { generator: run.options.generator, source: `rule: ${rule.add} ${rule.at.kind}` }
    };
}

/** A size between the class's smallest and largest, most often near the usual one; to whole centimetres. */
export function drawSize(name: string, stream: RngStream, layout: Layout): Dimensions {
    const kind = furnitureClass(name);
    const draw = ([low, usual, high]: SizeRange): number => {
        const t = (stream.float() + stream.float() + stream.float()) * (2 / 3) - 1;
        const value = t < 0 ? usual + t * (usual - low) * 0.7 : usual + t * (high - usual) * 0.35;
        const step = usual < 0.2 ? 0.002 : 0.01;
        return round(Math.max(low, Math.round(value / step) * step));
    };
    const width = draw(kind.width);
    // Round and square things keep their proportions.
    const square = kind.width.every((w, i) => w === kind.depth[i]);
    const depth = square ? width : draw(kind.depth);
    return { width, height: Math.min(draw(kind.height), round(layout.room.height - 0.1)), depth };
}

/** A rug centred under a table, wider than it by half a metre. */
function rugUnder(run: Run, wanted: Wanted, on: SceneNode, stream: RngStream): boolean {
    const grown = { width: round(on.dims.width + 0.9), depth: round(on.dims.depth + 0.9), height: 0.012 };
    for (const scale of [1, 0.85, 0.7, 0.55]) {
        const dims = { ...grown, width: round(grown.width * scale), depth: round(grown.depth * scale) };
        const pose = { ...on.pose, y: run.layout.room.floorY };
        if (run.layout.placeOnFloor({ ...wanted, dims }, [{ pose, score: 1 }], stream, 0)) return true;
    }
    return false;
}

function hangOver(run: Run, wanted: Wanted, on: SceneNode, gap: number): boolean {
    const { layout } = run;
    const wall = nearestWall(layout, on);
    if (!wall || wall.gap > 0.3) return false;
    const y = round(Math.max(on.pose.y - layout.room.floorY + on.dims.height + gap * 0.6, 1.1));
    const dims = { ...wanted.dims, width: round(Math.min(wanted.dims.width, on.dims.width * 0.9)) };
    return (
        layout.hangAt({ ...wanted, dims }, wall.id, layout.wall.pose(wall.id, wall.along, y, dims.depth), false) !==
        null
    );
}

function nearestWall(layout: Layout, node: SceneNode): { id: string; gap: number; along: number } | null {
    let best: { id: string; gap: number; along: number } | null = null;
    const back: PlanPoint = [
        node.pose.x - (exactSin(node.pose.yaw) * node.dims.depth) / 2,
        node.pose.z - (exactCos(node.pose.yaw) * node.dims.depth) / 2
    ];
    for (const wall of layout.walls) {
        const length = distance(wall.a, wall.b);
        const [ux, uz] = [(wall.b[0] - wall.a[0]) / length, (wall.b[1] - wall.a[1]) / length];
        const along = (back[0] - wall.a[0]) * ux + (back[1] - wall.a[1]) * uz;
        const gap = Math.abs(-(back[0] - wall.a[0]) * uz + (back[1] - wall.a[1]) * ux);
        if (along > 0 && along < length && (!best || gap < best.gap)) best = { id: wall.id, gap, along };
    }
    return best;
}

/** Curtains on every window, from above it to the floor, or to its sill where something stands. */
function curtains(run: Run, wanted: Wanted): boolean {
    const { layout } = run;
    for (const o of layout.openings.filter((x) => x.type === 'window')) {
        const top = Math.min(layout.room.height - 0.03, o.sill + o.height + 0.15);
        const wall = layout.walls.find((w) => w.id === o.wall)!;
        const length = distance(wall.a, wall.b);
        // As wide as the wall allows around the window.
        const widths = [0.4, 0.2, 0.1].map((extra) => o.width + extra);
        for (const [width, bottom] of widths.flatMap(
            (w) =>
                [
                    [w, 0.02],
                    [w, Math.max(0.02, o.sill - 0.08)]
                ] as const
        )) {
            const half = width / 2;
            if (o.offset - half < 0.01 || o.offset + half > length - 0.01) continue;
            const dims = { width: round(width), height: round(top - bottom), depth: 0.09 };
            const pose = layout.wall.pose(o.wall, o.offset, bottom, dims.depth);
            if (layout.hangAt({ ...wanted, dims }, o.wall, pose, true)) break;
        }
    }
    return false;
}

/** One ceiling lamp for every 12 m2, where the walls are far, apart from each other. */
function ceilingLights(run: Run, wanted: Wanted, stream: RngStream): boolean {
    const { layout } = run;
    const { polygon, height } = layout.room;
    const count = Math.max(1, Math.min(9, Math.round(Math.abs(polygonArea(polygon)) / 12)));
    const pendant = height > 2.9 && stream.float() < 0.8;
    const office = layout.room.type === 'office' || layout.room.type === 'meeting_room';
    const name = office ? 'ceiling_lamp' : pendant ? 'pendant_lamp' : 'ceiling_lamp';
    const drop = Math.max(0.35, Math.min(1.5, height - 2.25));
    const dims: Dimensions =
        name === 'pendant_lamp'
            ? { width: 0.44, height: round(drop), depth: 0.44 }
            : office
              ? { width: 1.2, height: 0.06, depth: 0.3 }
              : { width: 0.45, height: 0.12, depth: 0.45 };
    const placed: PlanPoint[] = [];
    const spots: { p: PlanPoint; s: number }[] = [];
    // Four directions of each spot stand one after the other.
    for (let i = 0; i < layout.middle.length; i += 4) {
        const { x, z } = layout.middle[i]!.pose;
        spots.push({ p: [x, z], s: wallDistance(polygon, x, z) });
    }
    for (let i = 0; i < count; i++) {
        const last = placed[placed.length - 1];
        if (last) {
            for (const spot of spots) spot.s = Math.min(spot.s, 0.6 * hypot(last[0] - spot.p[0], last[1] - spot.p[1]));
        }
        const order = [...spots].sort((a, b) => b.s - a.s).slice(0, 12);
        const found = order.find(
            ({ p, s }) => s > 0.4 && layout.hangFromCeiling({ ...wanted, class: name, dims }, p, mainYaw(polygon))
        );
        if (!found) break;
        placed.push(found.p);
    }
    return false;
}
