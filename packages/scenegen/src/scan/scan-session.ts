/**
 * A scan becomes a scene with a person in the loop (Ipsita et al., "VRFromX", CHI 2021): segments are proposed, candidates
 * for each are scored, the person chooses, splits off what is wrong, and gives behaviours. Each decision is an event that a
 * studio shows and a script can replay; each can be undone. Nothing is decided silently: what is left undecided stays real.
 */
import { badInput, exactCos, exactSin } from '@mixreel/core';
import { fitObstacles } from '../capture/fit-obstacles.ts';
import type { CapturedObject } from '../capture/read-capture.ts';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { finished } from '../generators/capture-generator.ts';
import { graphOfPlan, type PlanOptions } from '../generators/plan-generator.ts';
import { type CertifiedScene, certified } from '../generators/repair.ts';
import { distanceToSegmentSquared, pointInPolygon, round } from '../geometry/polygon.ts';
import type { Behaviour, PlanPoint, SceneNode } from '../graph/scene-graph.ts';
import { wrap } from '../solver/floor-candidates.ts';
import { findObjects, type ScanSegment } from './find-objects.ts';
import { behavioursOf, type Candidate, candidatesFor } from './match-catalogue.ts';
import type { ScanPoints } from './scan-points.ts';
import { CELL, type ScanStructure, scanStructure, toPlan } from './scan-structure.ts';

/** What was decided. */
export type ScanEvent =
    | { readonly type: 'replaced'; readonly segment: string; readonly class: string; readonly turns: number }
    | { readonly type: 'ignored'; readonly segment: string }
    | { readonly type: 'marked'; readonly segment: string; readonly box: ScanSegment }
    | { readonly type: 'behaviours'; readonly segment: string; readonly behaviours: readonly Behaviour[] }
    | { readonly type: 'undone'; readonly event: ScanEvent };

interface Decision {
    readonly class: string;
    readonly turns: number;
    readonly behaviours: readonly Behaviour[];
}

interface State {
    readonly segments: readonly ScanSegment[];
    readonly decisions: ReadonlyMap<string, Decision>;
    readonly ignored: ReadonlySet<string>;
}

/** See the file comment. */
export class ScanSession {
    readonly structure: ScanStructure;
    /** Every event so far, in order; {@link replay} takes them again. */
    readonly events: ScanEvent[] = [];
    readonly #outline: readonly PlanPoint[];
    readonly #listeners = new Set<(event: ScanEvent) => void>();
    readonly #past: { readonly state: State; readonly event: ScanEvent }[] = [];
    #state: State;
    #marks = 0;

    /** @param outline - Corners of the room; the rectangle of the scan's walls if absent. */
    constructor(scan: ScanPoints, outline?: readonly PlanPoint[]) {
        this.structure = scanStructure(scan);
        this.#outline = outline ?? rectangleOf(this.structure);
        this.#state = { segments: findObjects(this.structure), decisions: new Map(), ignored: new Set() };
    }

    /** What was found and is not ignored. */
    get segments(): readonly ScanSegment[] {
        return this.#state.segments.filter((s) => !this.#state.ignored.has(s.id));
    }

    /** Calls back for every event from now on; calling the result ends that. */
    on(listener: (event: ScanEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
    }

    /** What a segment may be, best first. */
    candidates(segment: string, most = 8): Candidate[] {
        return candidatesFor(this.#segment(segment), most);
    }

    /** Replaces a segment by a class of the catalogue, with the behaviours that the class has. */
    choose(segment: string, className: string, turns?: number): void {
        furnitureClass(className);
        const found = candidatesFor(this.#segment(segment), 1000).find((c) => c.class === className);
        if (!found)
            throw badInput(
                `${className} does not stand on the floor`,
                'a class that does',
                'Choose one of candidates()'
            );
        const decision = { class: className, turns: turns ?? found.turns, behaviours: behavioursOf(className) };
        if (!Number.isInteger(decision.turns))
            throw badInput(`turns is ${turns}`, 'a whole number of quarter turns', 'Leave it out');
        const decisions = new Map(this.#state.decisions).set(segment, decision);
        this.#decide(
            { type: 'replaced', segment, class: className, turns: decision.turns },
            { ...this.#state, decisions }
        );
    }

    /** Leaves a segment out: it is not a thing. */
    ignore(segment: string): void {
        this.#segment(segment);
        const decisions = new Map(this.#state.decisions);
        decisions.delete(segment);
        this.#decide(
            { type: 'ignored', segment },
            { ...this.#state, decisions, ignored: new Set([...this.#state.ignored, segment]) }
        );
    }

    /** Adds a segment that a person boxed by hand; returns its id. */
    mark(box: Omit<ScanSegment, 'id' | 'score' | 'surface'>): string {
        const numbers = [box.x, box.y, box.z, box.yaw, box.width, box.height, box.depth];
        if (
            !numbers.every((v) => Number.isFinite(v) && Math.abs(v) < 1000) ||
            Math.min(box.width, box.height, box.depth) < 0.05
        )
            throw badInput('the marked box is not finite or too small', 'at least 5 cm a side', 'Draw it again');
        this.#marks++;
        const segment: ScanSegment = { ...box, id: `marked-${this.#marks}`, surface: null, score: 1 };
        this.#decide(
            { type: 'marked', segment: segment.id, box: segment },
            { ...this.#state, segments: [...this.#state.segments, segment] }
        );
        return segment.id;
    }

    /** Says what can be done with what replaced a segment. */
    give(segment: string, behaviours: readonly Behaviour[]): void {
        const decision = this.#state.decisions.get(segment);
        if (!decision)
            throw badInput(
                `${segment} is not replaced`,
                'a segment for which a class was chosen',
                'Call choose() first'
            );
        const decisions = new Map(this.#state.decisions).set(segment, { ...decision, behaviours: [...behaviours] });
        this.#decide({ type: 'behaviours', segment, behaviours }, { ...this.#state, decisions });
    }

    /** Takes the last decision back; false if there is none. */
    undo(): boolean {
        const last = this.#past.pop();
        if (!last) return false;
        this.#state = last.state;
        this.#tell({ type: 'undone', event: last.event });
        return true;
    }

    /** Takes the events of another session of the same scan. */
    replay(events: readonly ScanEvent[]): void {
        for (const event of events) {
            if (event.type === 'replaced') this.choose(event.segment, event.class, event.turns);
            else if (event.type === 'ignored') this.ignore(event.segment);
            else if (event.type === 'marked') this.mark(event.box);
            else if (event.type === 'behaviours') this.give(event.segment, event.behaviours);
            else this.undo();
        }
    }

    /** The scene: what was chosen stands where it was scanned; what was not decided is there as a real thing. */
    scene(options: PlanOptions): CertifiedScene {
        const { structure } = this;
        const plan = { rooms: [{ type: 'room', polygon: this.#outline } as const], height: round(structure.height) };
        const empty = graphOfPlan(plan, options);
        const floorY = round(structure.floorY);
        const rooms = empty.rooms.map((r) => ({ ...r, floorY, real: true }));
        const floors = empty.floors.map((f) => ({ ...f, y: floorY }));
        const { polygon } = rooms[0]!;
        const inside = this.segments.filter((s) => pointInPolygon(polygon, s.x, s.z));
        const objects = inside.map((s): CapturedObject => {
            const { surface, ...rest } = s;
            return { ...rest, uuid: s.id, label: s.kind, ...(surface === null ? {} : { surface }), onWall: false };
        });
        const nodes = fitObstacles(objects, polygon).flatMap(({ box }, i) =>
            box ? this.#nodes(inside[i]!, box, floorY) : []
        );
        const relations = nodes.flatMap((n) =>
            n.covers ? [{ type: 'pair', a: n.id, b: n.covers[0]!, weight: 1, hard: true } as const] : []
        );
        return finished(certified({ ...empty, rooms, floors, nodes, relations }));
    }

    #nodes(segment: ScanSegment, box: CapturedObject, floorY: number): SceneNode[] {
        const decision = this.#state.decisions.get(segment.id);
        const odd = decision ? Math.abs(decision.turns) % 2 === 1 : false;
        const common = { room: 'room-1', priority: 0.9 };
        const real: SceneNode = {
            ...common,
            id: `real-${segment.id}`,
            class: segment.kind,
            dims: { width: box.width, height: box.height, depth: box.depth },
            pose: { x: box.x, y: round(floorY + box.y), z: box.z, yaw: wrap(box.yaw) },
            support: { kind: 'none', parent: 'room-1' },
            variant: 0,
            locked: true,
            real: true,
            provenance: { generator: 'scan', source: segment.id }
        };
        if (!decision) return [real];
        const turned = { ...real.pose, y: floorY, yaw: wrap(box.yaw + (decision.turns * Math.PI) / 2) };
        const dims = {
            width: odd ? box.depth : box.width,
            height: round(box.y + box.height),
            depth: odd ? box.width : box.depth
        };
        const pose = decision.turns < 2 ? this.#backToWall(turned, dims.depth) : turned;
        const virtual: SceneNode = {
            ...common,
            id: `${decision.class}-${segment.id}`,
            class: decision.class,
            dims,
            pose,
            support: { kind: 'floor', parent: 'floor-room-1' },
            variant: 0,
            locked: false,
            real: false,
            provenance: { generator: 'scan', source: `chosen for ${segment.id}` },
            covers: [real.id],
            ...(segment.surface !== null && segment.surface < dims.height - 0.05
                ? { params: { seatHeight: segment.surface } }
                : {}),
            ...(decision.behaviours.length > 0 ? { behaviours: decision.behaviours } : {})
        };
        return [real, virtual];
    }

    /** Half a turn if that brings the back to a wall. */
    #backToWall(pose: SceneNode['pose'], depth: number): SceneNode['pose'] {
        const gap = (yaw: number): number => {
            const [x, z] = [pose.x - (exactSin(yaw) * depth) / 2, pose.z - (exactCos(yaw) * depth) / 2];
            const polygon = this.#outline;
            return Math.min(
                ...polygon.map((a, i) => {
                    const b = polygon[(i + 1) % polygon.length]!;
                    return distanceToSegmentSquared(x, z, a[0], a[1], b[0], b[1]);
                })
            );
        };
        return gap(pose.yaw + Math.PI) < gap(pose.yaw) - 0.01 ? { ...pose, yaw: wrap(pose.yaw + Math.PI) } : pose;
    }

    #segment(id: string): ScanSegment {
        const found = this.segments.find((s) => s.id === id);
        if (found) return found;
        throw badInput(
            `there is no segment "${id}"`,
            this.segments
                .map((s) => s.id)
                .join(', ')
                .slice(0, 200),
            'Use one of segments'
        );
    }

    #decide(event: ScanEvent, state: State): void {
        this.#past.push({ state: this.#state, event });
        this.#state = state;
        this.#tell(event);
    }

    #tell(event: ScanEvent): void {
        this.events.push(event);
        for (const listener of this.#listeners) listener(event);
    }
}

/** The rectangle within the outermost wall cells, world plan points of positive area. */
function rectangleOf(s: ScanStructure): PlanPoint[] {
    const sums = { columns: new Float64Array(s.columns), rows: new Float64Array(s.rows) };
    for (let r = 0; r < s.rows; r++) {
        for (let c = 0; c < s.columns; c++) {
            if (s.wall[r * s.columns + c] === 0) continue;
            sums.columns[c]!++;
            sums.rows[r]!++;
        }
    }
    const edge = (list: Float64Array): readonly [number, number] => {
        const most = Math.max(...list);
        const full = [...list.keys()].filter((k) => list[k]! > 0.35 * most);
        // Wall cells are five thick: two cells in from the outermost is the wall's middle.
        return [full[0]! + 2.5, full.at(-1)! - 1.5];
    };
    const [c0, c1] = edge(sums.columns);
    const [r0, r1] = edge(sums.rows);
    if ((c1 - c0) * CELL < 1 || (r1 - r0) * CELL < 1)
        throw badInput('the scan shows no walls around a room', 'walls on all sides', 'Pass the outline of the room');
    return (
        [
            [c0, r0],
            [c1, r0],
            [c1, r1],
            [c0, r1]
        ] as const
    )
        .map(([c, r]) => toPlan(s, c, r))
        .map(([x, z]): PlanPoint => [round(x), round(z)]);
}
