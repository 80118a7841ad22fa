/**
 * Streets as a planar graph: crossings are nodes, so the faces are the blocks. Segments are offered and taken subject to the
 * local constraints of Parish and Mueller, "Procedural modeling of cities" (SIGGRAPH 2001), section 4: one that crosses a
 * street ends there in a crossing; one that ends near a crossing is drawn to it; one that ends near a street goes on to it.
 */
import { exactAtan2 } from '@mixreel/core';
import { distance, distanceToSegmentSquared, polygonArea } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';

/** A piece of street between two crossings. */
export interface RoadEdge {
    readonly a: number;
    readonly b: number;
    /** Kerb to kerb with both pavements, metres. */
    readonly width: number;
    readonly kind: RoadKind;
}

/** How important a street is. */
export type RoadKind = 'boulevard' | 'street' | 'path';

/** A face of the graph: a block before its streets are cut off. */
export interface RoadFace {
    readonly polygon: readonly PlanPoint[];
    /** Width of the street along each edge of the polygon. */
    readonly widths: readonly number[];
}

/** What became of an offered segment. */
export type Extension = { readonly node: number; readonly open: boolean } | null;

/** Streets that meet at less than this look like a mistake, radians. */
const SHARPEST = 0.6;

/** See the file comment. */
export class RoadGraph {
    readonly nodes: PlanPoint[] = [];
    edges: RoadEdge[] = [];

    /** A node at a point, or the one that is there. */
    node(p: PlanPoint): number {
        const found = this.nodes.findIndex((q) => distance(p, q) < 1e-6);
        return found >= 0 ? found : this.nodes.push(p) - 1;
    }

    /** Adds an edge as it is. */
    join(a: number, b: number, width: number, kind: RoadKind): void {
        if (a === b || this.edges.some((e) => (e.a === a && e.b === b) || (e.a === b && e.b === a))) return;
        this.edges.push({ a, b, width, kind });
    }

    /** A crossing on an edge at a point of it. */
    split(edge: RoadEdge, p: PlanPoint): number {
        for (const end of [edge.a, edge.b]) if (distance(this.nodes[end]!, p) < 0.5) return end;
        const middle = this.nodes.push(p) - 1;
        this.edges = this.edges.filter((e) => e !== edge);
        this.edges.push({ ...edge, b: middle }, { ...edge, a: middle });
        return middle;
    }

    /**
     * Offers a segment from a node; see the file comment.
     *
     * @param snap - How near counts as near, metres.
     * @returns where it ends and whether it may go on from there; null if it was refused.
     */
    extend(from: number, to: PlanPoint, snap: number, width: number, kind: RoadKind): Extension {
        const start = this.nodes[from]!;
        let end = to;
        let open = true;
        let onto: RoadEdge | null = null;
        let nearest = 1;
        for (const edge of this.edges) {
            if (edge.a === from || edge.b === from) continue;
            const t = crossing(start, to, this.nodes[edge.a]!, this.nodes[edge.b]!);
            if (t === null || t >= nearest) continue;
            nearest = t;
            end = [start[0] + t * (to[0] - start[0]), start[1] + t * (to[1] - start[1])];
            onto = edge;
            open = false;
        }
        let node = -1;
        let closest = snap;
        this.nodes.forEach((p, i) => {
            const d = distance(p, end);
            if (i === from || d >= closest || !this.#clear(from, i)) return;
            closest = d;
            node = i;
        });
        if (node >= 0) [onto, open] = [null, false];
        else if (!onto) {
            const near = this.#edgeNear(end, from, snap * 0.7);
            if (near) {
                onto = near.edge;
                end = near.point;
                open = false;
            }
        }
        const target = node >= 0 ? this.nodes[node]! : end;
        if (distance(start, target) < snap * 0.6 || this.#sharp(from, target)) return null;
        if (onto && this.#meetsSharply(onto, start, target)) return null;
        if (node < 0) node = onto ? this.split(onto, end) : this.nodes.push(end) - 1;
        if (node === from || (onto && !this.#clear(from, node))) return null;
        this.join(from, node, width, kind);
        return { node, open };
    }

    /** Removes streets that end nowhere. */
    prune(): void {
        for (;;) {
            const degree = this.#degrees();
            const kept = this.edges.filter((e) => degree[e.a]! > 1 && degree[e.b]! > 1);
            if (kept.length === this.edges.length) return;
            this.edges = kept;
        }
    }

    /** Inner faces, by walking each side of each edge and turning as far as possible at every crossing. */
    faces(): RoadFace[] {
        const around = this.nodes.map((): { to: number; angle: number; width: number }[] => []);
        for (const { a, b, width } of this.edges) {
            const [p, q] = [this.nodes[a]!, this.nodes[b]!];
            around[a]!.push({ to: b, angle: exactAtan2(q[1] - p[1], q[0] - p[0]), width });
            around[b]!.push({ to: a, angle: exactAtan2(p[1] - q[1], p[0] - q[0]), width });
        }
        for (const list of around) list.sort((x, y) => x.angle - y.angle);
        const seen = new Set<string>();
        const out: RoadFace[] = [];
        for (const { a, b } of this.edges) {
            for (const [from, to] of [
                [a, b],
                [b, a]
            ] as const) {
                const face = walk(from, to, around, seen);
                if (!face) continue;
                const polygon = face.map((f) => this.nodes[f.node]!);
                if (polygonArea(polygon) > 1) out.push({ polygon, widths: face.map((f) => f.width) });
            }
        }
        return out;
    }

    #degrees(): number[] {
        const out = this.nodes.map(() => 0);
        for (const e of this.edges) {
            out[e.a]!++;
            out[e.b]!++;
        }
        return out;
    }

    /** True if nothing lies between two nodes. */
    #clear(a: number, b: number): boolean {
        const [p, q] = [this.nodes[a]!, this.nodes[b]!];
        return this.edges.every((e) => {
            if (e.a === a || e.b === a || e.a === b || e.b === b) return true;
            return crossing(p, q, this.nodes[e.a]!, this.nodes[e.b]!) === null;
        });
    }

    #edgeNear(p: PlanPoint, from: number, within: number): { edge: RoadEdge; point: PlanPoint } | null {
        let best: { edge: RoadEdge; point: PlanPoint } | null = null;
        let least = within * within;
        for (const edge of this.edges) {
            if (edge.a === from || edge.b === from) continue;
            const [a, b] = [this.nodes[edge.a]!, this.nodes[edge.b]!];
            const d = distanceToSegmentSquared(p[0], p[1], a[0], a[1], b[0], b[1]);
            if (d >= least) continue;
            least = d;
            const along = (p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1]);
            const length = distance(a, b);
            const t = Math.max(0, Math.min(1, along / (length * length)));
            best = { edge, point: [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])] };
        }
        return best;
    }

    /** True if a street from a node to a point would leave beside one that is there. */
    #sharp(from: number, to: PlanPoint): boolean {
        const p = this.nodes[from]!;
        const angle = exactAtan2(to[1] - p[1], to[0] - p[0]);
        return this.edges.some((e) => {
            const other = e.a === from ? e.b : e.b === from ? e.a : -1;
            if (other < 0) return false;
            const q = this.nodes[other]!;
            return between(angle, exactAtan2(q[1] - p[1], q[0] - p[0])) < SHARPEST;
        });
    }

    #meetsSharply(edge: RoadEdge, from: PlanPoint, to: PlanPoint): boolean {
        const [a, b] = [this.nodes[edge.a]!, this.nodes[edge.b]!];
        const turn = between(exactAtan2(to[1] - from[1], to[0] - from[0]), exactAtan2(b[1] - a[1], b[0] - a[0]));
        return Math.min(turn, Math.PI - turn) < SHARPEST;
    }
}

type Spoke = { readonly to: number; readonly angle: number; readonly width: number };

function walk(
    from: number,
    to: number,
    around: readonly (readonly Spoke[])[],
    seen: Set<string>
): { node: number; width: number }[] | null {
    const face: { node: number; width: number }[] = [];
    let [a, b] = [from, to];
    while (!seen.has(`${a}>${b}`)) {
        seen.add(`${a}>${b}`);
        face.push({ node: a, width: around[a]!.find((s) => s.to === b)!.width });
        const spokes = around[b]!;
        const back = spokes.findIndex((s) => s.to === a);
        // The spoke before the one we came by keeps the face on the left, where inside is.
        const next = spokes[(back + spokes.length - 1) % spokes.length]!.to;
        [a, b] = [b, next];
    }
    return face.length > 2 && a === from && b === to ? face : null;
}

/** Smallest angle between two directions. */
function between(a: number, b: number): number {
    const d = Math.abs(a - b) % (2 * Math.PI);
    return Math.min(d, 2 * Math.PI - d);
}

/** Where p-q crosses a-b, as a share of p-q; null if it does not. */
function crossing(p: PlanPoint, q: PlanPoint, a: PlanPoint, b: PlanPoint): number | null {
    const [rx, rz, sx, sz] = [q[0] - p[0], q[1] - p[1], b[0] - a[0], b[1] - a[1]];
    const cross = rx * sz - rz * sx;
    if (Math.abs(cross) < 1e-12) return null;
    const t = ((a[0] - p[0]) * sz - (a[1] - p[1]) * sx) / cross;
    const u = ((a[0] - p[0]) * rz - (a[1] - p[1]) * rx) / cross;
    return t > 1e-6 && t <= 1 && u >= 0 && u <= 1 ? t : null;
}
