/**
 * A room from words. The request (parse-request.ts) becomes things and soft relations for the solver; what the words imply
 * but do not name is added (a television needs something to stand on); the rest of the room is filled lightly by its
 * program. What was not understood, could not be placed or does not hold in the end is reported, word for word.
 */
import type { Rng } from '@mixreel/core';
import type { RoomCapture } from '../capture/read-capture.ts';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished, pairedRoom } from '../generators/capture-generator.ts';
import { furnish } from '../generators/furnish.ts';
import { type FloorPlan, graphOfPlan } from '../generators/plan-generator.ts';
import { type CertifiedScene, certified } from '../generators/repair.ts';
import { round } from '../geometry/polygon.ts';
import type { Rule } from '../grammar/grammar.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type { Dimensions, Relation, RoomType, SceneGraph } from '../graph/scene-graph.ts';
import { Layout, streamOf } from '../solver/layout.ts';
import { measureRelation } from '../solver/relation-measure.ts';
import { solveRelations } from '../solver/relation-solver.ts';
import type { PlacementRequest } from '../solver/request-candidates.ts';
import { hostsOf, meaningOf, namedIn, roomOf, slotColors } from './knowledge.ts';
import { BOTH_SIDES, type PlaceName, parseRequest, type RequestedThing, type TextRequest } from './parse-request.ts';

/** Options of {@link generateFromText}. */
export interface TextOptions {
    readonly rng: Rng;
    readonly seed?: number | string;
    /** Overrides the style that the text names. */
    readonly style?: string;
    /** How much is added that was not asked for, 0 to 1. */
    readonly fill?: number;
    /**
     * A real room that the words furnish: its shell is taken as it is (sizes and windows in the words say nothing), every real
     * thing gets its counterpart, and "the sofa" is that of the captured one. Geometry, words and what stands on what are solved
     * together, and real things never move.
     */
    readonly capture?: RoomCapture;
}

/** A scene and what became of the words. */
export interface TextScene extends CertifiedScene {
    /** Words that mean nothing to the vocabulary. */
    readonly notUnderstood: readonly string[];
    /** Requests that do not hold, with the reason: `the lamp next to sofa: …`. */
    readonly unsatisfied: readonly string[];
    /** Requests that hold. */
    readonly satisfied: readonly string[];
    /** Things added because others imply them. */
    readonly implied: readonly string[];
}

/** Square metres of a room that the text does not size, before its furniture is counted. */
const AREA: Readonly<Partial<Record<RoomType, number>>> = {
    living_room: 22,
    bedroom: 16,
    kitchen: 13,
    bathroom: 8,
    dining_room: 16,
    office: 13,
    meeting_room: 26,
    hall: 10
};

/** Builds the scene. About 15 ms; throws `bad-input` for texts that are empty, too long, or name nothing. */
export function generateFromText(text: string, options: TextOptions): TextScene {
    return generateFromRequest(parseRequest(text), options);
}

/** Builds the scene of a request that has been read already: see {@link readSceneRequest}. */
export function generateFromRequest(request: TextRequest, options: TextOptions): TextScene {
    let best: TextScene | null = null;
    // A room that the text does not size grows until everything fits.
    for (const growth of request.size || options.capture ? [1] : [1, 1.3, 1.7]) {
        const scene = attempt(request, options, growth);
        if (!best || scene.unsatisfied.length < best.unsatisfied.length) best = scene;
        if (best.unsatisfied.length === 0) break;
    }
    return best!;
}

/** Requests and relations for one layout, from a request. Shared with edits. */
export interface Demand {
    readonly requests: PlacementRequest[];
    readonly relations: Relation[];
    /** Words behind each of the relations, for reports. */
    readonly words: Map<Relation, string>;
    readonly implied: string[];
}

function attempt(request: TextRequest, options: TextOptions, growth: number): TextScene {
    const { layout, graph: shell } = emptyRoom(request, options, growth);
    const { type } = layout.room;
    const demand = options.capture
        ? demandOf(namedIn(shell, request), layout, options.rng, shell)
        : demandOf(request, layout, options.rng);
    const dropped = solveRelations(layout, demand.requests, demand.relations, { rng: options.rng });
    const asked = new Set([...demand.requests.map((q) => q.class), ...(request.excluded ?? [])]);
    furnish(layout, fillRules(type, asked), options.rng, {
        density: options.fill ?? 0.7,
        generator: 'rules',
        except: asked
    });
    const scene = finished(
        certified({
            ...shell,
            nodes: layout.nodes,
            relations: layout.relations,
            dropped: [...shell.dropped, ...dropped]
        })
    );
    return {
        ...scene,
        ...report(scene.graph, demand, request),
        notUnderstood: request.notUnderstood,
        implied: demand.implied
    };
}

/** The room that the words are about, without what they ask for: drawn for them, or the captured one with its counterparts. */
function emptyRoom(request: TextRequest, options: TextOptions, growth: number): { layout: Layout; graph: SceneGraph } {
    const style = options.style ?? request.style;
    const common = {
        rng: options.rng,
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...(style ? { style } : {})
    };
    if (options.capture) {
        const type = request.room ?? options.capture.type;
        return pairedRoom({ ...options.capture, type }, common);
    }
    const graph = graphOfPlan(
        planOf(request, request.room ?? roomOf(request.things.map((t) => t.class)), growth),
        common
    );
    return { layout: new Layout(graph.rooms[0]!, graph.walls, graph.openings), graph };
}

/** What of the room's program may be added: small things, walls, light and corners, nothing of the asked classes. */
function fillRules(type: RoomType, asked: ReadonlySet<string>): Rule[] {
    const small = new Set(['on', 'hung', 'over', 'windows', 'ceiling', 'corner', 'under']);
    const lamps = [...asked].some((c) => furnitureClass(c).support === 'ceiling' && furnitureClass(c).light);
    return INDOOR_GRAMMAR.rooms[type].filter(
        (r) => small.has(r.at.kind) && !asked.has(r.add) && !(lamps && r.at.kind === 'ceiling')
    );
}

function planOf(request: TextRequest, type: RoomType, growth: number): FloorPlan {
    const floor = request.things.reduce((sum, t) => {
        const kind = furnitureClass(t.class);
        return kind.support === 'floor' && !kind.flat
            ? sum + t.count * (kind.width[1] + 0.4) * (kind.depth[1] + 0.5)
            : sum;
    }, 0);
    const area = Math.max((AREA[type] ?? 16) * request.scale, 2.2 * floor) * growth;
    const [w, d] = request.size ?? [round(Math.sqrt(area * 1.25)), round(Math.sqrt(area / 1.25))];
    const windows = request.windows ?? 1;
    // Windows go to the far wall first, then the sides; the door is at the corner of the near wall.
    const sides = [2, 1, 3].map((wall) => ({ wall, length: wall === 2 ? w : d, count: 0 }));
    for (let i = 0; i < windows; i++) sides[i % 3]!.count++;
    return {
        rooms: [
            {
                type,
                polygon: [
                    [0, 0],
                    [w, 0],
                    [w, d],
                    [0, d]
                ],
                openings: [
                    ...(w > 1.5 ? [{ type: 'door' as const, wall: 0, offset: Math.min(0.8, w / 2), width: 0.9 }] : []),
                    ...sides.flatMap(({ wall, length, count }) =>
                        Array.from({ length: count }, (_, i) => ({
                            type: 'window' as const,
                            wall,
                            offset: round((length * (i + 0.5)) / count),
                            width: round(Math.max(0.3, Math.min(1.6, (length / count) * 0.55)))
                        }))
                    )
                ]
            }
        ]
    };
}

/** Turns a request into placement requests with ids, and relations between ids. */
export function demandOf(request: TextRequest, layout: Layout, rng: Rng, existing: SceneGraph | null = null): Demand {
    const demand: Demand = { requests: [], relations: [], words: new Map(), implied: [] };
    const ids = request.things.map((thing) => {
        const there =
            existing?.nodes.filter((n) => n.class === thing.class && !n.real && n.room === layout.room.id) ?? [];
        if (there.length > 0 && thing.definite) return there.map((n) => n.id);
        return Array.from({ length: thing.count }, () => add(demand, thing, layout, rng, thing.words));
    });
    for (const r of request.relations) {
        ids[r.a]!.forEach((a, i) => {
            const targets = typeof r.b === 'number' ? ids[r.b]! : [null];
            // Several in a row: each beside the one before it.
            const b = r.a === r.b ? (targets[i - 1] ?? null) : (targets[Math.min(i, targets.length - 1)] ?? null);
            const side = r.side === BOTH_SIDES ? (i % 2 === 0 ? -1 : 1) : r.side;
            const relation = relationFor(r.type, a, b, typeof r.b === 'number' ? null : r.b, side, demand, layout);
            if (relation) want(demand, r.hard ? { ...relation, hard: true } : relation, r.words);
        });
    }
    addHosts(demand, layout, rng);
    fitToHosts(demand, layout);
    return demand;
}

/** What stands on something is made no larger than that, as far as its class allows. */
function fitToHosts(demand: Demand, layout: Layout): void {
    const dimsOf = (id: string): Dimensions | undefined =>
        demand.requests.find((q) => q.id === id)?.dims ?? layout.nodes.find((n) => n.id === id)?.dims;
    for (const r of demand.relations) {
        const index = r.type === 'support' ? demand.requests.findIndex((q) => q.id === r.a) : -1;
        const host = r.b === undefined ? undefined : dimsOf(r.b);
        if (index < 0 || !host) continue;
        const q = demand.requests[index]!;
        const kind = furnitureClass(q.class);
        const width = round(Math.max(kind.width[0], Math.min(q.dims.width, host.width - 0.08)));
        const depth = round(Math.max(kind.depth[0], Math.min(q.dims.depth, host.depth - 0.08)));
        demand.requests[index] = { ...q, dims: { ...q.dims, width, depth } };
    }
}

function add(
    demand: Demand,
    thing: Pick<RequestedThing, 'class' | 'scale' | 'axis' | 'color' | 'material'>,
    layout: Layout,
    rng: Rng,
    words: string
): string {
    const id = layout.nextId(thing.class);
    const colors = slotColors(thing.class, thing.color, thing.material);
    const kind = furnitureClass(thing.class);
    const slot = thing.material?.slot;
    demand.requests.push({
        id,
        class: thing.class,
        dims: sizeOf(thing.class, thing.scale, thing.axis, layout.room.height),
        variant: streamOf(rng, 'text', id).integer(64),
        priority: 0.9,
        hard: false,
        provenance: { generator: 'text', source: words },
        ...(kind.support === 'floor' && kind.front > 0.6 ? { front: 0.6 } : {}),
        ...(colors ? { colors } : {}),
        ...(slot === 'leather' || slot === 'fabric' ? { params: { [slot]: 1 } } : {})
    });
    return id;
}

function sizeOf(name: string, scale: number, axis: 'width' | 'height' | undefined, roomHeight: number): Dimensions {
    const kind = furnitureClass(name);
    const fit = ([low, usual, high]: readonly [number, number, number], factor: number): number =>
        round(Math.min(high, Math.max(low, usual * factor)));
    const square = kind.width.every((w, i) => w === kind.depth[i]);
    return {
        width: fit(kind.width, axis === 'height' ? 1 : scale),
        height: Math.min(
            fit(kind.height, axis === 'width' ? 1 : axis === 'height' ? scale : 1 + (scale - 1) * 0.4),
            round(roomHeight - 0.1)
        ),
        depth: fit(kind.depth, axis === undefined || (square && axis === 'width') ? scale : 1)
    };
}

/** A relation of words as one of the graph, by what the two parties are; null where there is nothing to hold. */
function relationFor(
    type: Relation['type'],
    a: string,
    b: string | null,
    place: PlaceName | null,
    side: number | undefined,
    demand: Demand,
    layout: Layout
): Relation | null {
    const classOf = (id: string): string =>
        demand.requests.find((q) => q.id === id)?.class ?? layout.nodes.find((n) => n.id === id)?.class ?? '';
    const base = { a, weight: 1, hard: false };
    if (place) {
        const opening =
            place === 'window' || place === 'door' ? layout.openings.find((o) => o.type === place) : undefined;
        if (place === 'corner') return { ...base, type: 'corner' };
        if (place === 'ceiling') return { ...base, type: 'hanging' };
        if (place === 'floor' || place === 'middle') return null;
        if (place === 'wall')
            return {
                ...base,
                type: type === 'support' || type === 'hanging' || type === 'on-wall' ? 'on-wall' : 'against-wall'
            };
        if (!opening) return { ...base, type: 'near', b: `no ${place}` };
        return { ...base, type: type === 'across' || type === 'facing' ? type : 'next-to', b: opening.id };
    }
    if (!b || a === b) return null;
    const [ca, cb] = [classOf(a), classOf(b)];
    const meant = meaningOf(type, ca, cb);
    return { ...base, type: meant, b, ...(side ? { params: { side } } : {}) };
}

function want(demand: Demand, relation: Relation, words: string): void {
    demand.relations.push(relation);
    demand.words.set(relation, words);
}

/** Things that need something to stand on get it: one that is there, one that was asked for, or a new one. */
function addHosts(demand: Demand, layout: Layout, rng: Rng): void {
    for (const q of [...demand.requests]) {
        if (furnitureClass(q.class).support !== 'node') continue;
        if (demand.relations.some((r) => r.a === q.id && r.type === 'support')) continue;
        const hosts = hostsOf(q.class);
        const beside = demand.relations.find((r) => r.a === q.id && r.type === 'next-to');
        const asked = hosts.flatMap((h) => [
            ...demand.requests.filter((p) => p.class === h).map((p) => p.id),
            ...layout.nodes.filter((n) => n.class === h && !n.real).map((n) => n.id)
        ]);
        const used = (id: string): number => demand.relations.filter((r) => r.type === 'support' && r.b === id).length;
        // A lamp beside the sofa stands on a table beside the sofa.
        const widthOf = (id: string): number =>
            demand.requests.find((p) => p.id === id)?.dims.width ?? layout.nodes.find((n) => n.id === id)!.dims.width;
        const room = (id: string): boolean => used(id) < Math.max(1, Math.floor(widthOf(id) / (q.dims.width + 0.15)));
        let host = beside ? undefined : asked.filter(room).sort((x, y) => used(x) - used(y))[0];
        if (!host) {
            const name = hosts[0]!;
            host = add(demand, { class: name, scale: 1 }, layout, rng, `implied by ${q.id}`);
            demand.implied.push(`${host} for ${q.id}`);
            if (beside?.b) want(demand, { ...beside, a: host }, `${name} ${demand.words.get(beside)}`);
        }
        want(demand, { type: 'support', a: q.id, b: host, weight: 1, hard: false }, `${q.class} on ${host}`);
    }
}

/** Every request, by whether it holds in the final graph. */
export function report(
    graph: SceneGraph,
    demand: Demand,
    request: TextRequest
): { satisfied: string[]; unsatisfied: string[] } {
    const satisfied: string[] = [];
    const unsatisfied: string[] = [];
    for (const q of demand.requests) {
        const there = graph.nodes.some((n) => n.id === q.id);
        const why = graph.dropped.find((d) => d.id === q.id)?.reason ?? 'no free place';
        if (there) satisfied.push(q.id);
        else unsatisfied.push(`${q.id}: ${why}`);
    }
    for (const r of demand.relations) {
        const value = measureRelation(r, graph);
        const fine =
            value === null
                ? graph.nodes.some((n) => n.id === r.a) && (r.b === undefined || !r.b.startsWith('no '))
                : value > 0.5;
        const words = demand.words.get(r) ?? r.type;
        if (fine) satisfied.push(words);
        else unsatisfied.push(`${words}: ${value === null ? 'a party is missing' : 'it does not hold'}`);
    }
    if (request.things.length === 0 && !request.room) unsatisfied.push('nothing that this vocabulary knows was named');
    return { satisfied, unsatisfied };
}
