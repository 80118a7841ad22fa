/**
 * One tile of an endless world by its coordinates: the same tile whatever was made before it, because everything in it comes
 * from its coordinates and the seed. A built tile has streets, blocks, lots, buildings, trees and lamps; any other is land.
 * Tiles meet on boulevards and on a common grid of heights, so there is no seam.
 */
import { badInput, exactAtan2, Rng, type RngStream } from '@mixreel/core';
import { distance, pointInPolygon, polygonArea } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { BUILDING_GRAMMARS } from './building-grammars.ts';
import { type CityInstance, CityMesh } from './city-mesh.ts';
import {
    BuildingDerivation,
    cap,
    type DetailLevel,
    type Mass,
    MassIndex,
    type PlacedElement
} from './derive-building.ts';
import { growRoads, type RoadPattern, TILE, tileOutline } from './grow-roads.ts';
import { lattice } from './lattice-noise.ts';
import { inset, type Lot, lotsOf } from './lots.ts';
import type { RoadEdge, RoadGraph } from './road-graph.ts';
import { checkGrammar, type Grammar } from './shape-grammar.ts';
import { Terrain, WATER_LEVEL } from './terrain.ts';

/** Options of {@link CityWorld}. */
export interface CityOptions {
    /** An integer, 0 to 2^31 - 1. */
    readonly seed: number;
    /** What streets strive for; `grid` if absent. */
    readonly pattern?: RoadPattern;
    /** Share of the tiles that are built on, 0 to 1; 1 if absent. */
    readonly urban?: number;
    /** Grammars for detached houses, street blocks and towers; the built-in ones where absent. */
    readonly grammars?: Partial<Record<'house' | 'block' | 'tower', Grammar>>;
}

/** A building of a tile. */
export interface CityBuilding {
    readonly id: string;
    readonly kind: 'house' | 'block' | 'tower';
    readonly footprint: readonly PlanPoint[];
    readonly masses: readonly Mass[];
    readonly mesh: CityMesh;
    /** Windows, doors and whatever else the grammar placed; empty beyond detail 0 but for what stands on roofs. */
    readonly elements: readonly PlacedElement[];
    /** Picks the colours. */
    readonly variant: number;
}

/** See the file comment. */
export interface CityTile {
    readonly i: number;
    readonly j: number;
    readonly detail: DetailLevel;
    readonly outline: readonly PlanPoint[];
    readonly roads: RoadGraph | null;
    /** Blocks with their pavements, streets cut off. */
    readonly blocks: readonly (readonly PlanPoint[])[];
    readonly lots: readonly Lot[];
    readonly buildings: readonly CityBuilding[];
    /** Ground, streets, pavements, water. */
    readonly ground: CityMesh;
    /** Trees and lamps. */
    readonly elements: readonly PlacedElement[];
}

/** Width of the pavement within a street, metres. */
const PAVEMENT = 3;
const KERB = 0.14;
/** The land is drawn this much lower, so that streets that reach over a tile's square lie on it. */
const SUNK = 0.06;
/** Spacing of the ground's grid beyond the town, metres: divides the tile, so that neighbours share its points. */
const GRID: readonly number[] = [8, 16, 32];

/** An endless world: towns and the land between them. */
export class CityWorld {
    readonly terrain: Terrain;
    readonly #options: Required<CityOptions>;
    readonly #rng: Rng;

    constructor(options: CityOptions) {
        const { seed, urban = 1, pattern = 'grid' } = options;
        if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)
            throw badInput(`seed is ${seed}`, 'an integer from 0 to 2^31 - 1', 'Pass a whole number');
        if (!(urban >= 0 && urban <= 1)) throw badInput(`urban is ${urban}`, '0 to 1', 'Pass a share of the tiles');
        if (!['grid', 'radial', 'organic'].includes(pattern))
            throw badInput(`pattern is ${pattern}`, 'grid, radial or organic', 'Use one of these');
        const grammars = { ...BUILDING_GRAMMARS, ...options.grammars };
        for (const grammar of Object.values(grammars)) checkGrammar(grammar);
        this.#options = { seed, urban, pattern, grammars };
        this.#rng = Rng.create(seed);
        this.terrain = new Terrain(seed, urban);
    }

    /** Tile (i, j), TILE metres a side before its corners are moved. Coordinates are integers within 100,000. */
    tile(i: number, j: number, detail: DetailLevel = 0): CityTile {
        if (![i, j].every((k) => Number.isInteger(k) && Math.abs(k) <= 100_000))
            throw badInput(
                `the tile is (${i}, ${j})`,
                'integers within 100,000',
                'Divide metres by the tile size first'
            );
        const density = this.terrain.density(i, j);
        return density > 0 ? this.#town(i, j, density, detail) : this.#land(i, j, detail);
    }

    #town(i: number, j: number, density: number, detail: DetailLevel): CityTile {
        const { seed, pattern } = this.#options;
        const roads = growRoads(i, j, { rng: this.#rng, seed, pattern, density });
        const stream = this.#rng.stream('city', 'lots', i, j);
        const ground = new CityMesh();
        const blocks: (readonly PlanPoint[])[] = [];
        const lots: Lot[] = [];
        const index = new MassIndex();
        const made: { derivation: BuildingDerivation; building: Omit<CityBuilding, 'masses' | 'mesh' | 'elements'> }[] =
            [];
        const elements: PlacedElement[] = [];
        const outline = tileOutline(i, j, seed);
        for (const face of roads.faces()) {
            const kerb = inset(
                face.polygon,
                face.widths.map((w) => w / 2 - PAVEMENT)
            );
            const block = inset(
                face.polygon,
                face.widths.map((w) => w / 2)
            );
            if (!kerb || !block) {
                // Too thin for houses: a traffic island.
                if (kerb) raised(ground, kerb, 'pavement');
                continue;
            }
            blocks.push(block);
            raised(ground, kerb, 'pavement');
            const park = stream.float() < 0.07;
            const yard = park
                ? inset(
                      block,
                      block.map(() => 1)
                  )
                : null;
            if (yard) {
                cap(ground, yard, KERB + 0.02, 'grass');
                scatterTrees(elements, yard, polygonArea(yard) / 60, KERB + 0.02, stream);
                continue;
            }
            const size = 380 + 900 * density * density;
            const parts = lotsOf(block, size * (0.7 + 0.6 * stream.float()), stream);
            for (const lot of parts) {
                lots.push(lot);
                const id = `building-${i}.${j}.${made.length + 1}`;
                const planned = this.#plan(lot, density, stream);
                if (planned?.kind === 'house' || lot.front < 0) {
                    cap(ground, lot.polygon, KERB + 0.01, 'grass');
                    scatterTrees(elements, lot.polygon, 2, KERB, stream, planned?.footprint);
                }
                if (!planned) continue;
                const grammar = this.#options.grammars[planned.kind]!;
                const derivation = new BuildingDerivation(id, grammar, this.#rng.stream('city', id), index, detail);
                derivation.raise(planned.footprint, planned.front, KERB);
                made.push({
                    derivation,
                    building: { id, kind: planned.kind, footprint: planned.footprint, variant: stream.integer(1 << 16) }
                });
            }
        }
        // Faces come when every mass stands, so that windows can ask what is before them.
        const buildings = made.map(({ derivation, building }): CityBuilding => {
            derivation.finish();
            const { mesh, masses } = derivation;
            const kept =
                detail === 0 ? derivation.elements : derivation.elements.filter((e) => e.element === 'roofUnit');
            return { ...building, mesh, masses, elements: kept };
        });
        cap(ground, outline, 0, 'asphalt');
        // What the boulevards leave of the square, where the land begins.
        cap(ground, squareOf(i, j), -SUNK, 'meadow');
        if (detail < 2) furnishStreets(roads, ground, elements, stream);
        return { i, j, detail, outline, roads, blocks, lots, buildings, ground, elements };
    }

    /** What is built on a lot: by its size and how dense the town is here. */
    #plan(
        lot: Lot,
        density: number,
        stream: RngStream
    ): { kind: CityBuilding['kind']; footprint: PlanPoint[]; front: number } | null {
        if (lot.front < 0) return null;
        const area = polygonArea(lot.polygon);
        const roll = stream.float();
        const kind =
            density > 0.72 && area > 550 && roll < density - 0.4 ? 'tower' : density > 0.42 ? 'block' : 'house';
        const margins = lot.polygon.map((_, k) =>
            kind === 'house' ? (k === lot.front ? 4 : 2.2) : kind === 'tower' ? 1.5 : k === lot.front ? 0 : 0.02
        );
        let footprint = inset(lot.polygon, margins);
        if (footprint && kind === 'block' && footprint.length === 4) footprint = shallow(footprint, lot.front, 15);
        if (footprint && kind === 'house') footprint = shallow(footprint, lot.front, 13);
        return footprint && polygonArea(footprint) > 35 ? { kind, footprint, front: lot.front } : null;
    }

    #land(i: number, j: number, detail: DetailLevel): CityTile {
        const ground = new CityMesh();
        const step = GRID[detail]!;
        const n = TILE / step;
        const { terrain } = this;
        let wet = false;
        for (let r = 0; r < n; r++) {
            for (let c = 0; c < n; c++) {
                const [x, z] = [i * TILE + c * step, j * TILE + r * step];
                const y = [
                    terrain.height(x, z) - SUNK,
                    terrain.height(x + step, z) - SUNK,
                    terrain.height(x + step, z + step) - SUNK,
                    terrain.height(x, z + step) - SUNK
                ] as const;
                const material = LAND[terrain.ground(x + step / 2, z + step / 2)]!;
                wet ||= Math.min(...y) < WATER_LEVEL;
                ground.face(material, [x, y[0], z], [x, y[3], z + step], [x + step, y[2], z + step]);
                ground.face(material, [x, y[0], z], [x + step, y[2], z + step], [x + step, y[1], z]);
            }
        }
        if (wet) {
            cap(ground, squareOf(i, j), WATER_LEVEL, 'water');
        }
        const elements = detail < 2 ? this.#forest(i, j) : [];
        const outline = tileOutline(i, j, this.#options.seed);
        return { i, j, detail, outline, roads: null, blocks: [], lots: [], buildings: [], ground, elements };
    }

    /** Trees on a jittered grid of 9 m where the ground is forest. */
    #forest(i: number, j: number): PlacedElement[] {
        const out: PlacedElement[] = [];
        const { seed } = this.#options;
        const n = Math.floor(TILE / 9);
        for (let r = 0; r < n; r++) {
            for (let c = 0; c < n; c++) {
                const [gi, gj] = [i * n + c, j * n + r];
                const x = i * TILE + (c + 0.2 + 0.6 * lattice(gi, gj, seed + 91)) * 9;
                const z = j * TILE + (r + 0.2 + 0.6 * lattice(gi, gj, seed + 92)) * 9;
                if (this.terrain.ground(x, z) !== 4) continue;
                const size = 0.8 + 0.7 * lattice(gi, gj, seed + 93);
                const element = lattice(gi, gj, seed + 94) < 0.6 ? 'conifer' : 'tree';
                out.push({
                    element,
                    x,
                    y: this.terrain.height(x, z) - 0.1,
                    z,
                    yaw: 6.28 * lattice(gi, gj, seed + 95),
                    scale: [size, size, size]
                });
            }
        }
        return out;
    }
}

const LAND = ['grass', 'sand', 'sand', 'meadow', 'forest', 'rock'];

const squareOf = (i: number, j: number): PlanPoint[] => [
    [i * TILE, j * TILE],
    [(i + 1) * TILE, j * TILE],
    [(i + 1) * TILE, (j + 1) * TILE],
    [i * TILE, (j + 1) * TILE]
];

/** A block's surface, one kerb above the street, with its edge. */
function raised(mesh: CityMesh, polygon: readonly PlanPoint[], material: string): void {
    cap(mesh, polygon, KERB, material);
    polygon.forEach((a, k) => {
        const b = polygon[(k + 1) % polygon.length]!;
        mesh.face(material, [b[0], 0, b[1]], [a[0], 0, a[1]], [a[0], KERB, a[1]], [b[0], KERB, b[1]]);
    });
}

/** At most `depth` metres of a footprint from its front edge; unchanged where that would not be simple. */
function shallow(polygon: readonly PlanPoint[], front: number, depth: number): PlanPoint[] {
    const n = polygon.length;
    if (n !== 4) return [...polygon];
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => polygon[(front + k) % n]!) as [
        PlanPoint,
        PlanPoint,
        PlanPoint,
        PlanPoint
    ];
    const cut = (near: PlanPoint, far: PlanPoint): PlanPoint => {
        const t = Math.min(1, depth / distance(near, far));
        return [near[0] + t * (far[0] - near[0]), near[1] + t * (far[1] - near[1])];
    };
    const out = [a, b, cut(b, c), cut(a, d)];
    return [0, 1, 2, 3].map((k) => out[(k + 4 - front) % 4]!);
}

function scatterTrees(
    out: PlacedElement[],
    polygon: readonly PlanPoint[],
    count: number,
    y: number,
    stream: RngStream,
    beside?: readonly PlanPoint[]
): void {
    const xs = polygon.map((p) => p[0]);
    const zs = polygon.map((p) => p[1]);
    for (let k = 0; k < count; k++) {
        const [x, z] = [stream.range(Math.min(...xs), Math.max(...xs)), stream.range(Math.min(...zs), Math.max(...zs))];
        const [size, yaw] = [stream.range(0.6, 1.15), stream.range(0, 6.28)];
        if (!pointInPolygon(polygon, x, z, -1) || (beside && pointInPolygon(beside, x, z, 2))) continue;
        out.push({ element: 'tree', x, y, z, yaw, scale: [size, size, size] });
    }
}

/** Lane marks, and lamps and trees along the kerbs of boulevards. Each tile does the half of its boulevards on its side. */
function furnishStreets(roads: RoadGraph, ground: CityMesh, elements: PlacedElement[], stream: RngStream): void {
    for (const edge of roads.edges) {
        const [a, b] = [roads.nodes[edge.a]!, roads.nodes[edge.b]!];
        const length = distance(a, b);
        const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        const free = length - edge.width;
        if (free < 6) continue;
        for (let at = edge.width / 2; at < length - edge.width / 2 - 3; at += 8) dash(ground, a, ux, uz, at);
        const step = edge.kind === 'boulevard' ? 14 : 26;
        const count = Math.floor(free / step);
        const offset = edge.width / 2 - PAVEMENT + 0.7;
        for (let k = 0; k < count; k++) {
            const at = edge.width / 2 + ((k + 0.5) * free) / count;
            // Boulevards run along the outline of positive area: the tile is on their left.
            const sides = edge.kind === 'boulevard' ? [1] : [k % 2 === 0 ? 1 : -1];
            for (const side of sides)
                placeAlong(
                    elements,
                    edge,
                    side,
                    k,
                    [a[0] + ux * at - uz * side * offset, a[1] + uz * at + ux * side * offset],
                    [ux, uz],
                    stream
                );
        }
    }
}

function placeAlong(
    out: PlacedElement[],
    edge: RoadEdge,
    side: number,
    k: number,
    [x, z]: PlanPoint,
    [ux, uz]: PlanPoint,
    stream: RngStream
): void {
    const lamp = edge.kind !== 'boulevard' || k % 2 === 0;
    const size = lamp ? 1 : stream.range(0.7, 1);
    // A lamp's arm reaches over the street.
    const yaw = exactAtan2(side * uz, -side * ux);
    out.push({
        element: lamp ? 'lamp' : 'tree',
        x,
        y: KERB,
        z,
        yaw,
        scale: [size, size, size]
    } satisfies CityInstance & { element: string });
}

function dash(mesh: CityMesh, a: PlanPoint, ux: number, uz: number, at: number): void {
    const point = (s: number, t: number): readonly [number, number, number] => [
        a[0] + ux * s - uz * t,
        0.01,
        a[1] + uz * s + ux * t
    ];
    mesh.face('marking', point(at, 0.08), point(at + 3, 0.08), point(at + 3, -0.08), point(at, -0.08));
}
