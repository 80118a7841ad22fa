/**
 * Derives a building by a shape grammar (see shape-grammar.ts): first its masses, which go into the tile's index of what
 * stands where, then its faces. Faces are emitted as they are reached, so nothing but the result is kept.
 */

import type { RngStream } from '@mixreel/core';
import { badInput, exactAtan2 } from '@mixreel/core';
import earcut from 'earcut';
import { hypot } from '../geometry/hypot.ts';
import { distance, pointInPolygon, polygonArea } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { type CityInstance, CityMesh } from './city-mesh.ts';
import { inset } from './lots.ts';
import { DEEPEST, type Grammar, type Query, type Rule, type Size, splitLengths } from './shape-grammar.ts';

/** An upright prism: a part of a building that has been given its volume. */
export interface Mass {
    readonly building: string;
    readonly polygon: readonly PlanPoint[];
    readonly y0: number;
    readonly y1: number;
}

interface Bounded {
    readonly mass: Mass;
    readonly x0: number;
    readonly x1: number;
    readonly z0: number;
    readonly z1: number;
}

/** What stands where, in cells of 32 m. Bounds come before polygons: windows ask five times each. */
export class MassIndex {
    readonly #cells = new Map<number, Bounded[]>();

    add(mass: Mass): void {
        const xs = mass.polygon.map((p) => p[0]);
        const zs = mass.polygon.map((p) => p[1]);
        const [x0, x1, z0, z1] = [Math.min(...xs), Math.max(...xs), Math.min(...zs), Math.max(...zs)];
        const bounded = { mass, x0, x1, z0, z1 };
        for (let i = Math.floor(x0 / 32); i <= Math.floor(x1 / 32); i++) {
            for (let j = Math.floor(z0 / 32); j <= Math.floor(z1 / 32); j++) {
                const list = this.#cells.get(cellKey(i, j));
                if (list) list.push(bounded);
                else this.#cells.set(cellKey(i, j), [bounded]);
            }
        }
    }

    /** True if a point lies within some mass. */
    holds(x: number, y: number, z: number): boolean {
        const list = this.#cells.get(cellKey(Math.floor(x / 32), Math.floor(z / 32)));
        if (!list) return false;
        for (const { mass, x0, x1, z0, z1 } of list) {
            if (x <= x0 || x >= x1 || z <= z0 || z >= z1 || y <= mass.y0 || y >= mass.y1) continue;
            if (pointInPolygon(mass.polygon, x, z)) return true;
        }
        return false;
    }
}

/** One number of two cell indices within 2^25. */
const cellKey = (i: number, j: number): number => i * 67_108_864 + j;

interface Footprint {
    readonly polygon: readonly PlanPoint[];
    readonly y: number;
    readonly front: number;
}

/** An upright rectangle seen from outside: (x, z) of its lower left corner, the direction of its width, its outward normal. */
interface Face {
    readonly x: number;
    readonly z: number;
    readonly y: number;
    readonly u: PlanPoint;
    readonly normal: PlanPoint;
    readonly w: number;
    readonly h: number;
}

interface Top {
    readonly polygon: readonly PlanPoint[];
    readonly y: number;
}

/** A window, placed: what a test or a viewer may ask for. */
export interface PlacedElement extends CityInstance {
    readonly element: string;
}

/** How fine a building is made: 0 with elements, 1 with flat ones, 2 bare masses. */
export type DetailLevel = 0 | 1 | 2;

/** What is before an element must be free this far, metres. */
const FREE_BEFORE = 0.25;
/** Where a face is asked: near its corners and in its middle. */
const PROBES: readonly (readonly [number, number])[] = [
    [0.06, 0.06],
    [0.94, 0.06],
    [0.5, 0.5],
    [0.06, 0.94],
    [0.94, 0.94]
];

/** See the file comment. */
export class BuildingDerivation {
    readonly mesh: CityMesh = new CityMesh();
    readonly elements: PlacedElement[] = [];
    readonly masses: Mass[] = [];
    readonly #grammar: Grammar;
    readonly #name: string;
    readonly #stream: RngStream;
    readonly #index: MassIndex;
    readonly #detail: DetailLevel;
    /** Ranges are drawn once, so that storeys and bays of one building agree. */
    readonly #drawn = new Map<Size, number>();
    readonly #choices = new Map<Rule, string>();
    readonly #faces: { face: Face; rule: string }[] = [];
    readonly #tops: { top: Top; rule: string }[] = [];
    #snapLines: number[] = [];
    #height: number | null = null;

    readonly #sized = (size: Size): number => this.#size(size);

    constructor(name: string, grammar: Grammar, stream: RngStream, index: MassIndex, detail: DetailLevel) {
        this.#name = name;
        this.#grammar = grammar;
        this.#stream = stream;
        this.#index = index;
        this.#detail = detail;
    }

    /**
     * First half: the masses over a footprint whose edge `front` is on the street.
     *
     * @param height - What is known of the building's height, instead of what the grammar draws; metres.
     */
    raise(polygon: readonly PlanPoint[], front: number, y: number, height: number | null = null): void {
        this.#height = height;
        this.#footprint({ polygon, y, front: Math.max(0, front) }, 'start', 0);
        for (const mass of this.masses) this.#index.add(mass);
    }

    /** Second half: faces and roofs, when every building of the tile has its masses. */
    finish(): void {
        for (const { face, rule } of this.#faces) this.#face(face, rule, 0);
        for (const { top, rule } of this.#tops) this.#top(top, rule, 0);
    }

    #rule(name: string, depth: number): Rule {
        if (depth > DEEPEST) {
            throw badInput(
                `rule "${name}" is reached ${depth} deep`,
                `at most ${DEEPEST}`,
                'The rules go round in a circle: end it'
            );
        }
        return this.#grammar[name]!;
    }

    #size(size: Size): number {
        if (typeof size === 'number') return size;
        let value = this.#drawn.get(size);
        if (value === undefined) {
            value = this.#stream.range(size[0], size[1]);
            this.#drawn.set(size, value);
        }
        return value;
    }

    #chosen(rule: Rule & { do: 'choose' }): string {
        let name = this.#choices.get(rule);
        if (name !== undefined) return name;
        let at = this.#stream.float() * rule.of.reduce((sum, [weight]) => sum + weight, 0);
        name = rule.of[rule.of.length - 1]![1];
        for (const [weight, option] of rule.of) {
            at -= weight;
            if (at >= 0) continue;
            name = option;
            break;
        }
        this.#choices.set(rule, name);
        return name;
    }

    #footprint(shape: Footprint, name: string, depth: number): void {
        const rule = this.#rule(name, depth);
        const next = (s: Footprint, then: string): void => this.#footprint(s, then, depth + 1);
        switch (rule.do) {
            case 'extrude':
                this.#mass(
                    shape,
                    this.#height === null ? this.#size(rule.height) : Math.max(2.4, this.#height - shape.y),
                    rule.rule,
                    depth + 1
                );
                break;
            case 'setback': {
                const by = this.#size(rule.by);
                const smaller = inset(
                    shape.polygon,
                    shape.polygon.map(() => by)
                );
                if (smaller && polygonArea(smaller) > 9) next({ ...shape, polygon: smaller }, rule.rule);
                break;
            }
            case 'lift':
                next({ ...shape, y: shape.y + this.#size(rule.by) }, rule.rule);
                break;
            case 'part':
                if (shape.polygon.length === 4) next(partOf(shape, rule.x, rule.z), rule.rule);
                break;
            case 'all':
                for (const each of rule.rules) next(shape, each);
                break;
            case 'choose':
                next(shape, this.#chosen(rule));
                break;
            case 'when':
                next(shape, this.#holdsOfPlan(rule.is, rule.than ?? 0, shape.polygon) ? rule.rule : rule.else);
                break;
            default:
        }
    }

    #holdsOfPlan(query: Query, than: number, polygon: readonly PlanPoint[]): boolean {
        if (query === 'four-cornered') return polygon.length === 4;
        if (query === 'smaller') return polygonArea(polygon) < than;
        const sides = polygon.map((p, i) => distance(p, polygon[(i + 1) % polygon.length]!));
        return query === 'narrower' && Math.min(...sides) < than;
    }

    #mass(shape: Footprint, height: number, name: string, depth: number): void {
        const rule = this.#rule(name, depth);
        if (rule.do === 'choose') {
            this.#mass(shape, height, this.#chosen(rule), depth + 1);
            return;
        }
        const { polygon, y } = shape;
        this.masses.push({ building: this.#name, polygon, y0: y, y1: y + height });
        if (rule.do !== 'comp') return;
        polygon.forEach((a, i) => {
            const b = polygon[(i + 1) % polygon.length]!;
            const w = distance(a, b);
            const name = i === shape.front ? (rule.front ?? rule.side) : rule.side;
            if (!name || w < 0.05) return;
            const [dx, dz] = [(b[0] - a[0]) / w, (b[1] - a[1]) / w];
            const face: Face = { x: b[0], z: b[1], y, u: [-dx, -dz], normal: [dz, -dx], w, h: height };
            this.#faces.push({ face, rule: name });
        });
        if (rule.top) this.#tops.push({ top: { polygon, y: y + height }, rule: rule.top });
    }

    #face(face: Face, name: string, depth: number): void {
        const rule = this.#rule(name, depth);
        switch (rule.do) {
            case 'split':
                if (this.#detail === 2) this.#wall(face, materialBelow(this.#grammar, name));
                else this.#split(face, rule, depth);
                break;
            case 'when': {
                const yes =
                    rule.is === 'occluded'
                        ? this.#occluded(face)
                        : rule.is === 'narrower'
                          ? face.w < (rule.than ?? 0)
                          : rule.is === 'lower'
                            ? face.h < (rule.than ?? 0)
                            : rule.is === 'smaller' && face.w * face.h < (rule.than ?? 0);
                this.#face(face, yes ? rule.rule : rule.else, depth + 1);
                break;
            }
            case 'choose':
                this.#face(face, this.#chosen(rule), depth + 1);
                break;
            case 'all':
                for (const each of rule.rules) this.#face(face, each, depth + 1);
                break;
            case 'place':
                this.#place(face, rule.element);
                break;
            case 'wall':
                this.#wall(face, rule.material);
                break;
            default:
        }
    }

    #split(face: Face, rule: Rule & { do: 'split' }, depth: number): void {
        const across = rule.axis === 'x';
        const parts = splitLengths(rule.parts, across ? face.w : face.h, this.#sized);
        const cuts: number[] = [];
        for (let i = 0; i < parts.length; i++) cuts.push((cuts[i - 1] ?? 0) + parts[i]!.length);
        if (rule.snap && !across) this.#snap(cuts, face);
        let from = 0;
        for (let i = 0; i < parts.length; i++) {
            const to = cuts[i]!;
            const length = to - from;
            if (length > 1e-4) {
                const piece: Face = across
                    ? { ...face, x: face.x + face.u[0] * from, z: face.z + face.u[1] * from, w: length }
                    : { ...face, y: face.y + from, h: length };
                this.#face(piece, parts[i]!.rule, depth + 1);
            }
            from = to;
        }
    }

    /** The first facade of a building sets its lines; cuts of later ones move to a line that is nearer than a third of a storey. */
    #snap(cuts: number[], face: Face): void {
        if (this.#snapLines.length === 0) {
            this.#snapLines = cuts.map((c) => face.y + c);
            return;
        }
        for (let i = 0; i < cuts.length - 1; i++) {
            const y = face.y + cuts[i]!;
            const line = this.#snapLines.reduce((a, b) => (Math.abs(b - y) < Math.abs(a - y) ? b : a));
            const [low, high] = [cuts[i - 1] ?? 0, cuts[i + 1]!];
            const moved = line - face.y;
            if (Math.abs(line - y) < 1.05 && moved > low + 0.3 && moved < high - 0.3) cuts[i] = moved;
        }
    }

    #occluded(f: Face): boolean {
        for (const [s, t] of PROBES) {
            const x = f.x + f.u[0] * f.w * s + f.normal[0] * FREE_BEFORE;
            const z = f.z + f.u[1] * f.w * s + f.normal[1] * FREE_BEFORE;
            if (this.#index.holds(x, f.y + f.h * t, z)) return true;
        }
        return false;
    }

    #wall(f: Face, material: string): void {
        const [x1, z1] = [f.x + f.u[0] * f.w, f.z + f.u[1] * f.w];
        const [y0, y1] = [f.y, f.y + f.h];
        const part = this.mesh.part(material);
        const [nx, nz] = f.normal;
        const a = part.vertex(f.x, y0, f.z, nx, 0, nz);
        const b = part.vertex(x1, y0, z1, nx, 0, nz);
        const c = part.vertex(x1, y1, z1, nx, 0, nz);
        const d = part.vertex(f.x, y1, f.z, nx, 0, nz);
        part.triangle(a, b, c);
        part.triangle(a, c, d);
    }

    #place(f: Face, element: string): void {
        const [x, z] = [f.x + (f.u[0] * f.w) / 2, f.z + (f.u[1] * f.w) / 2];
        const yaw = exactAtan2(f.normal[0], f.normal[1]);
        if (this.#detail > 0) this.#wall(f, 'glass');
        this.elements.push({ element, x, y: f.y, z, yaw, scale: [f.w, f.h, 1] });
    }

    #top(top: Top, name: string, depth: number): void {
        const rule = this.#rule(name, depth);
        if (rule.do === 'choose') this.#top(top, this.#chosen(rule), depth + 1);
        else if (rule.do === 'all') for (const each of rule.rules) this.#top(top, each, depth + 1);
        else if (rule.do === 'when')
            this.#top(top, this.#holdsOfPlan(rule.is, rule.than ?? 0, top.polygon) ? rule.rule : rule.else, depth + 1);
        else if (rule.do === 'place') this.#placeOnTop(top, rule.element);
        else if (rule.do === 'roof') {
            const pitch = this.#size(rule.pitch ?? 0.6);
            if (rule.kind !== 'flat' && top.polygon.length === 4)
                pitchedRoof(this.mesh, top, pitch, rule.kind === 'hip', rule.material, rule.wall);
            else if (rule.kind === 'flat' || !pyramid(this.mesh, top, pitch * 0.5, rule.material))
                flatRoof(this.mesh, top, rule.material, rule.wall);
        }
    }

    /** An element in the middle of a roof's largest free square. */
    #placeOnTop(top: Top, element: string): void {
        const n = top.polygon.length;
        const sum = top.polygon.reduce((s, p) => [s[0]! + p[0] / n, s[1]! + p[1] / n], [0, 0]);
        const [x, z] = [sum[0]! + this.#stream.range(-1, 1), sum[1]! + this.#stream.range(-1, 1)];
        if (!pointInPolygon(top.polygon, x, z, -1.5) || this.#index.holds(x, top.y + 0.2, z)) return;
        const [a, b] = [top.polygon[0]!, top.polygon[1]!];
        this.elements.push({ element, x, y: top.y, z, yaw: exactAtan2(-(b[1] - a[1]), b[0] - a[0]), scale: [1, 1, 1] });
    }
}

/** The first wall material that a face rule leads to: what a facade looks like from far away. */
function materialBelow(grammar: Grammar, name: string): string {
    const queue = [name];
    for (let i = 0; i < queue.length && i < 64; i++) {
        const rule = grammar[queue[i]!]!;
        if (rule.do === 'wall') return rule.material;
        if (rule.do === 'split') queue.push(...[...rule.parts].reverse().map((p) => p.rule));
        else if (rule.do === 'when') queue.push(rule.else, rule.rule);
        else if (rule.do === 'choose') queue.push(...rule.of.map(([, next]) => next));
        else if (rule.do === 'all') queue.push(...rule.rules);
    }
    return 'wall';
}

/** Part of a footprint of four corners: x along its front edge, z from it inwards. */
function partOf(shape: Footprint, x: readonly [number, number], z: readonly [number, number]): Footprint {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => shape.polygon[(shape.front + k) % 4]!) as [
        PlanPoint,
        PlanPoint,
        PlanPoint,
        PlanPoint
    ];
    const at = (s: number, t: number): PlanPoint => {
        const [px, pz] = [a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])];
        const [qx, qz] = [d[0] + s * (c[0] - d[0]), d[1] + s * (c[1] - d[1])];
        return [px + t * (qx - px), pz + t * (qz - pz)];
    };
    return { ...shape, polygon: [at(x[0], z[0]), at(x[1], z[0]), at(x[1], z[1]), at(x[0], z[1])], front: 0 };
}

/** Height and thickness of the wall around a flat roof, metres. */
const PARAPET: readonly [number, number] = [0.6, 0.25];

function flatRoof(mesh: CityMesh, top: Top, material: string, wall: string): void {
    const inner = inset(
        top.polygon,
        top.polygon.map(() => PARAPET[1])
    );
    cap(mesh, inner ?? top.polygon, top.y, material);
    if (!inner || inner.length !== top.polygon.length) return;
    const y = top.y + PARAPET[0];
    top.polygon.forEach((a, i) => {
        const b = top.polygon[(i + 1) % top.polygon.length]!;
        const [c, d] = [inner[(i + 1) % inner.length]!, inner[i]!];
        mesh.face(wall, [b[0], top.y, b[1]], [a[0], top.y, a[1]], [a[0], y, a[1]], [b[0], y, b[1]]);
        mesh.face(wall, [d[0], top.y, d[1]], [c[0], top.y, c[1]], [c[0], y, c[1]], [d[0], y, d[1]]);
        mesh.face(wall, [b[0], y, b[1]], [a[0], y, a[1]], [d[0], y, d[1]], [c[0], y, c[1]]);
    });
}

/** A flat polygon seen from above. */
export function cap(mesh: CityMesh, polygon: readonly PlanPoint[], y: number, material: string): void {
    const part = mesh.part(material);
    const ids = polygon.map(([x, z]) => part.vertex(x, y, z, 0, 1, 0));
    const triangles = earcut(polygon.flat());
    for (let i = 0; i < triangles.length; i += 3) {
        const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
        const [p, q, r] = [polygon[a]!, polygon[b]!, polygon[c]!];
        // Positive area in (x, z) is clockwise seen from above.
        const area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
        if (area > 0) part.triangle(ids[a]!, ids[c]!, ids[b]!);
        else part.triangle(ids[a]!, ids[b]!, ids[c]!);
    }
}

/** Four planes up to the middle of a convex polygon; false if it is not convex. */
function pyramid(mesh: CityMesh, top: Top, pitch: number, material: string): boolean {
    const { polygon, y } = top;
    const n = polygon.length;
    const convex = polygon.every((p, i) => {
        const [q, r] = [polygon[(i + 1) % n]!, polygon[(i + 2) % n]!];
        return (q[0] - p[0]) * (r[1] - q[1]) - (q[1] - p[1]) * (r[0] - q[0]) >= 0;
    });
    if (!convex) return false;
    const middle = polygon.reduce((s, p) => [s[0]! + p[0] / n, s[1]! + p[1] / n], [0, 0]);
    const [mx, mz] = [middle[0]!, middle[1]!];
    const far = Math.min(...polygon.map((p) => hypot(p[0] - mx, p[1] - mz)));
    const apex = [mx, y + pitch * far, mz] as const;
    polygon.forEach((a, i) => {
        const b = polygon[(i + 1) % n]!;
        mesh.face(material, [b[0], y, b[1]], [a[0], y, a[1]], apex);
    });
    return true;
}

/** Eaves stand out by this much, metres. */
const EAVES = 0.35;

/** A gable or hip roof over four corners: the ridge joins the middles of the two shorter sides, drawn in for a hip. */
function pitchedRoof(mesh: CityMesh, top: Top, pitch: number, hip: boolean, material: string, wall: string): void {
    const p = top.polygon;
    const turn =
        distance(p[0]!, p[1]!) + distance(p[2]!, p[3]!) >= distance(p[1]!, p[2]!) + distance(p[3]!, p[0]!) ? 0 : 1;
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => p[(k + turn) % 4]!) as [PlanPoint, PlanPoint, PlanPoint, PlanPoint];
    const middle = (u: PlanPoint, v: PlanPoint): PlanPoint => [(u[0] + v[0]) / 2, (u[1] + v[1]) / 2];
    let [r0, r1] = [middle(d, a), middle(b, c)];
    const half = (distance(d, a) + distance(b, c)) / 4;
    const height = pitch * half;
    const length = distance(r0, r1);
    const along: PlanPoint = [(r1[0] - r0[0]) / length, (r1[1] - r0[1]) / length];
    const move = (q: PlanPoint, by: number): PlanPoint => [q[0] + along[0] * by, q[1] + along[1] * by];
    // Eaves follow the slope down past the wall.
    const out = (q: PlanPoint, ridge: PlanPoint, end: number): readonly [number, number, number] => {
        const far = distance(q, ridge) || 1;
        const [ox, oz] = [((q[0] - ridge[0]) / far) * EAVES, ((q[1] - ridge[1]) / far) * EAVES];
        const [x, z] = move([q[0] + ox, q[1] + oz], end * EAVES);
        return [x, top.y - (EAVES / half) * height + 0.02, z];
    };
    const [A, B, C, D] = [out(a, r0, -1), out(b, r1, 1), out(c, r1, 1), out(d, r0, -1)];
    if (!hip) {
        for (const [u, v, ridge] of [
            [d, a, r0],
            [b, c, r1]
        ] as const)
            mesh.face(wall, [v[0], top.y, v[1]], [u[0], top.y, u[1]], [ridge[0], top.y + height, ridge[1]]);
        [r0, r1] = [move(r0, -EAVES), move(r1, EAVES)];
    } else [r0, r1] = [move(r0, Math.min(half, length * 0.45)), move(r1, -Math.min(half, length * 0.45))];
    const [R0, R1] = [r0, r1].map((r) => [r[0], top.y + height, r[1]] as const) as [
        readonly [number, number, number],
        readonly [number, number, number]
    ];
    mesh.face(material, B, A, R0, R1);
    mesh.face(material, D, C, R1, R0);
    if (hip) {
        mesh.face(material, A, D, R0);
        mesh.face(material, C, B, R1);
    } else {
        // The underside of the eaves is seen from the street.
        mesh.face(wall, A, B, R1, R0);
        mesh.face(wall, C, D, R0, R1);
    }
}
