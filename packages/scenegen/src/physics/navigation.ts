/**
 * Where characters can walk: a navigation mesh of a scene by recast (handed in by the caller: 0.3 MB of WebAssembly that only
 * some apps need). Floors face up; everything that stands in the way faces down, so that recast takes it for solid and
 * never for ground: nobody is sent over tables. Doorways between rooms of a scene get a strip of floor as deep as the walls.
 */

import { badInput, exactCos, exactSin, MixreelError } from '@mixreel/core';
import earcut from 'earcut';
import { hypot } from '../geometry/hypot.ts';
import type { Opening, SceneGraph } from '../graph/scene-graph.ts';
import { type Collider, collidersOf } from './colliders.ts';

/**
 * The modules of `recast-navigation`: `{ core: await import('recast-navigation'), generators: await
 * import('recast-navigation/generators') }`. Named here by what is used of them: their own types do not resolve for every
 * kind of project.
 */
export interface Recast {
    readonly core: {
        init(): Promise<void>;
        readonly NavMeshQuery: new (mesh: never) => NavMeshQuery;
        getNavMeshPositionsAndIndices(mesh: never): [positions: number[], indices: number[]];
    };
    readonly generators: {
        generateSoloNavMesh(
            positions: ArrayLike<number>,
            indices: ArrayLike<number>,
            config: Record<string, number>
        ): { readonly success: boolean; readonly navMesh?: NavMesh | undefined; readonly error?: string | undefined };
    };
}

interface NavMesh {
    destroy(): void;
}

interface Vector {
    readonly x: number;
    readonly y: number;
    readonly z: number;
}

interface NavMeshQuery {
    computePath(from: Vector, to: Vector): { readonly success: boolean; readonly path: readonly Vector[] };
    findClosestPoint(
        at: Vector,
        options: { readonly halfExtents: Vector }
    ): { readonly success: boolean; readonly polyRef: number; readonly point: Vector };
    destroy(): void;
}

/** Options of {@link SceneNavigation.build}. */
export interface NavigationOptions {
    /** Half the walker's width, 0.05 to 1 m; 0.2, the certificate's walker, if absent. */
    readonly radius?: number;
    /** Free height it needs, 0.2 to 3 m; 1.8 if absent. */
    readonly height?: number;
    /** Side of a cell, 0.02 to 0.2 m; 0.05 if absent. Halving it takes four times as long. */
    readonly cell?: number;
}

type Point = readonly [x: number, y: number, z: number];

/** See the file comment. */
export class SceneNavigation {
    readonly #mesh: NavMesh;
    readonly #triangles: readonly [positions: Float32Array, indices: Uint32Array];
    readonly #query: NavMeshQuery;
    #destroyed = false;

    private constructor(mesh: NavMesh, { core }: Recast) {
        this.#mesh = mesh;
        this.#query = new core.NavMeshQuery(mesh as never);
        const [positions, indices] = core.getNavMeshPositionsAndIndices(mesh as never);
        this.#triangles = [new Float32Array(positions), new Uint32Array(indices)];
    }

    /** Builds the mesh. About 50 ms a room. Throws `bad-input` for a scene without ground to walk on. */
    static async build(graph: SceneGraph, recast: Recast, options: NavigationOptions = {}): Promise<SceneNavigation> {
        const { radius = 0.2, height = 1.8, cell = 0.05 } = options;
        for (const [name, value, low, high] of [
            ['radius', radius, 0.05, 1],
            ['height', height, 0.2, 3],
            ['cell', cell, 0.02, 0.2]
        ] as const)
            if (!(value >= low && value <= high))
                throw badInput(`the walker's ${name} is ${value} m`, `${low} to ${high} m`, 'Correct it');
        await recast.core.init();
        const { positions, indices } = navigationTriangles(graph, height);
        const result = recast.generators.generateSoloNavMesh(positions, indices, {
            cs: cell,
            ch: 0.02,
            walkableRadius: Math.ceil(radius / cell),
            walkableHeight: Math.ceil(height / 0.02),
            walkableClimb: 2,
            walkableSlopeAngle: 20
        });
        if (!result.success || !result.navMesh)
            throw new MixreelError('internal', {
                what: `recast built no navigation mesh: ${result.error}`,
                mend: 'Report the scene graph'
            });
        const built = new SceneNavigation(result.navMesh, recast);
        if (built.triangles().indices.length > 0) return built;
        built.destroy();
        throw badInput(
            'the scene has no ground to walk on',
            `floor for a walker ${2 * radius} m wide`,
            'Make it narrower'
        );
    }

    /** Corners of the shortest way between the points of the mesh nearest to two points; null if none leads there. */
    path(from: Point, to: Point): Point[] | null {
        const at = ([x, y, z]: Point): Vector => ({ x, y, z });
        const end = this.nearest(to);
        if (!end) return null;
        const { success, path } = this.#query.computePath(at(from), at(to));
        const corners = path.map((p): Point => [p.x, p.y, p.z]);
        const last = corners[corners.length - 1];
        // Recast goes as near as it gets: a way that ends elsewhere leads elsewhere.
        return success && last && hypot(last[0] - end[0], last[2] - end[2]) < 0.1 ? corners : null;
    }

    /** The point of the mesh nearest to a point, if one is within 2 m. */
    nearest([x, y, z]: Point): Point | null {
        const found = this.#query.findClosestPoint({ x, y, z }, { halfExtents: { x: 2, y: 2, z: 2 } });
        return found.success && found.polyRef !== 0 ? [found.point.x, found.point.y, found.point.z] : null;
    }

    /** The mesh as triangles, to be drawn. */
    triangles(): { readonly positions: Float32Array; readonly indices: Uint32Array } {
        const [positions, indices] = this.#triangles;
        return { positions, indices };
    }

    /** Gives the WebAssembly memory back. */
    destroy(): void {
        if (this.#destroyed) return;
        this.#destroyed = true;
        this.#query.destroy();
        this.#mesh.destroy();
    }
}

function navigationTriangles(graph: SceneGraph, height: number): { positions: number[]; indices: number[] } {
    const positions: number[] = [];
    const indices: number[] = [];
    for (const room of graph.rooms)
        addFlat(
            positions,
            indices,
            room.polygon.map(([x, z]) => [x, room.floorY, z])
        );
    for (const o of graph.openings) {
        const strip = o.type === 'window' ? null : doorway(o, graph);
        if (strip) addFlat(positions, indices, strip);
    }
    for (const c of collidersOf(graph))
        if (c.kind === 'wall' || c.kind === 'node') addSolid(positions, indices, c, height);
    return { positions, indices };
}

/** A polygon that faces up. */
function addFlat(positions: number[], indices: number[], corners: readonly Point[]): void {
    const first = positions.length / 3;
    for (const p of corners) positions.push(...p);
    const triangles = earcut(corners.flatMap(([x, , z]) => [x, z]));
    for (let i = 0; i < triangles.length; i += 3) {
        const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
        const [p, q, r] = [corners[a]!, corners[b]!, corners[c]!];
        const area = (q[0] - p[0]) * (r[2] - p[2]) - (q[2] - p[2]) * (r[0] - p[0]);
        // Clockwise in (x, z) is up.
        indices.push(first + a, first + (area > 0 ? c : b), first + (area > 0 ? b : c));
    }
}

/** The floor within the wall under a door or passage, a little into the rooms on both sides. */
function doorway(o: Opening, graph: SceneGraph): Point[] | null {
    const wall = graph.walls.find((w) => w.id === o.wall);
    const floorY = graph.rooms.find((r) => r.id === wall?.room)?.floorY;
    if (!wall || floorY === undefined || o.toRoom === undefined) return null;
    const [dx, dz] = [wall.b[0] - wall.a[0], wall.b[1] - wall.a[1]];
    const length = hypot(dx, dz);
    const at = (along: number, out: number): Point => [
        wall.a[0] + (dx * along + dz * out) / length,
        floorY,
        wall.a[1] + (dz * along - dx * out) / length
    ];
    const [x0, x1] = [o.offset - o.width / 2, o.offset + o.width / 2];
    const deep = 2 * wall.thickness + 0.1;
    return [at(x0, -0.1), at(x1, -0.1), at(x1, deep), at(x0, deep)];
}

/**
 * The six sides of every box, level ones facing down. Recast knows surfaces, no solids: level sheets within a high box leave no
 * room in it to stand.
 */
function addSolid(positions: number[], indices: number[], c: Collider, height: number): void {
    const [s, k] = [exactSin(c.yaw), exactCos(c.yaw)];
    const quad = (a: number, b: number, d: number, e: number): void => void indices.push(a, b, d, a, d, e);
    for (const { center, half } of c.boxes) {
        const sheets = Math.max(1, Math.ceil((2 * half[1]) / (0.8 * height)));
        const first = positions.length / 3;
        for (let sheet = 0; sheet <= sheets; sheet++) {
            const y = c.position[1] + center[1] + half[1] * ((2 * sheet) / sheets - 1);
            for (const [i, j] of CORNERS) {
                const [x, z] = [center[0] + i * half[0], center[2] + j * half[2]];
                positions.push(c.position[0] + k * x + s * z, y, c.position[2] - s * x + k * z);
            }
            const at = first + 4 * sheet;
            quad(at, at + 1, at + 2, at + 3);
            if (sheet > 0)
                for (let i = 0; i < 4; i++) quad(at - 4 + i, at - 4 + ((i + 1) % 4), at + ((i + 1) % 4), at + i);
        }
    }
}

/** Around a box, so that a level face faces down. */
const CORNERS = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1]
] as const;
