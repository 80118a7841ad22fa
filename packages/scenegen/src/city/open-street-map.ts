/**
 * A town from OpenStreetMap: XML as the API and extracts deliver it, or Overpass JSON. Ways tagged `highway` become streets
 * of usual widths, closed ways tagged `building` become buildings by the grammars on their own footprints, with `height` or
 * `building:levels` where a mapper gave them and drawn heights elsewhere. East is +x, south is +z, metres around the middle.
 *
 * Whoever shows the result shows "(c) OpenStreetMap contributors": the data are under ODbL 1.0.
 */
import { badInput, exactCos, exactSin, Rng } from '@mixreel/core';
import { distance, polygonArea, round, selfIntersection } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { BUILDING_GRAMMARS } from './building-grammars.ts';
import { CityMesh } from './city-mesh.ts';
import type { CityBuilding } from './city-tile.ts';
import { BuildingDerivation, cap, type DetailLevel, MassIndex } from './derive-building.ts';
import { simplified } from './lots.ts';
import { StreetIndex } from './street-index.ts';

/** A street of a map. */
export interface MapRoad {
    readonly id: string;
    /** OSM's value of `highway`. */
    readonly kind: string;
    readonly points: readonly PlanPoint[];
    readonly width: number;
}

/** A building of a map, as mapped. */
export interface MapBuilding {
    readonly id: string;
    readonly kind: string;
    readonly footprint: readonly PlanPoint[];
    /** Metres, if the map says. */
    readonly height: number | null;
}

/** See the file comment. */
export interface StreetMap {
    readonly roads: readonly MapRoad[];
    readonly buildings: readonly MapBuilding[];
    /** Ways that could not be used, by reason. */
    readonly ignored: Readonly<Record<string, number>>;
    /** Latitude and longitude of the origin, degrees. */
    readonly origin: readonly [latitude: number, longitude: number];
}

/** Largest map that is read. */
export const MAP_LIMITS: Readonly<{ textBytes: number; nodes: number; ways: number }> = Object.freeze({
    textBytes: 256 * 2 ** 20,
    nodes: 2_000_000,
    ways: 400_000
});

/** Metres between the outer edges; `footway` and the like are narrow. */
const WIDTHS: Readonly<Record<string, number>> = {
    motorway: 14,
    trunk: 12,
    primary: 10,
    secondary: 9,
    tertiary: 8,
    unclassified: 6,
    residential: 6,
    living_street: 5,
    service: 4,
    pedestrian: 5,
    track: 3,
    footway: 2,
    path: 1.6,
    cycleway: 2,
    steps: 2
};
/** A degree of latitude, metres (mean of WGS 84). */
const DEGREE = 111_320;

interface RawWay {
    readonly id: string;
    readonly refs: readonly string[];
    readonly tags: ReadonlyMap<string, string>;
}

interface Raw {
    readonly nodes: Map<string, readonly [number, number]>;
    readonly ways: RawWay[];
}

/** Reads a map. Throws `bad-input` for anything that is not OSM XML or Overpass JSON with usable ways. */
export function readStreetMap(text: string): StreetMap {
    if (text.length > MAP_LIMITS.textBytes)
        throw badInput(
            `the map has ${text.length} characters`,
            `at most ${MAP_LIMITS.textBytes}`,
            'Cut a smaller extract'
        );
    const raw = text.trimStart().startsWith('{') ? fromJson(text) : fromXml(text);
    if (raw.nodes.size > MAP_LIMITS.nodes || raw.ways.length > MAP_LIMITS.ways)
        throw badInput(
            `the map has ${raw.nodes.size} nodes and ${raw.ways.length} ways`,
            `at most ${MAP_LIMITS.nodes} and ${MAP_LIMITS.ways}`,
            'Cut a smaller extract'
        );
    const used = raw.ways.filter((w) => w.tags.has('highway') || w.tags.has('building'));
    const origin = middleOf(used, raw.nodes);
    if (!origin)
        throw badInput(
            'the map has no street and no building',
            'ways tagged highway or building',
            'Export ways with their nodes'
        );
    return projected(used, raw.nodes, origin);
}

function projected(ways: readonly RawWay[], nodes: Raw['nodes'], origin: readonly [number, number]): StreetMap {
    const ignored: Record<string, number> = {};
    const drop = (reason: string): void => {
        ignored[reason] = (ignored[reason] ?? 0) + 1;
    };
    const east = DEGREE * exactCos((origin[0] * Math.PI) / 180);
    const point = (ref: string): PlanPoint[] => {
        const at = nodes.get(ref);
        return at ? [[round((at[1] - origin[1]) * east), round((origin[0] - at[0]) * DEGREE)]] : [];
    };
    const roads: MapRoad[] = [];
    const buildings: MapBuilding[] = [];
    for (const way of ways) {
        const points = way.refs.flatMap(point).filter((p, i, all) => i === 0 || distance(p, all[i - 1]!) > 0.05);
        const highway = way.tags.get('highway');
        if (highway !== undefined) {
            const width = WIDTHS[highway.replace(/_link$/, '')] ?? 3;
            if (points.length < 2) drop('a street of one point');
            else roads.push({ id: way.id, kind: highway, points, width });
            continue;
        }
        const footprint = outlineOf(points, way.refs);
        if (!footprint) drop('a building without a simple closed outline');
        else buildings.push({ id: way.id, kind: way.tags.get('building')!, footprint, height: heightOf(way.tags) });
    }
    return { roads, buildings, ignored, origin };
}

function outlineOf(points: readonly PlanPoint[], refs: readonly string[]): PlanPoint[] | null {
    if (points.length < 4 || refs[0] !== refs[refs.length - 1]) return null;
    const ring = simplified(points.slice(0, -1));
    if (ring.length < 3 || ring.length > 256) return null;
    const area = polygonArea(ring);
    if (Math.abs(area) < 4 || selfIntersection(ring)) return null;
    return area > 0 ? ring : ring.reverse();
}

function heightOf(tags: ReadonlyMap<string, string>): number | null {
    const height = Number.parseFloat(tags.get('height') ?? '');
    if (height > 2 && height < 900) return height;
    const levels = Number.parseFloat(tags.get('building:levels') ?? '');
    return levels >= 1 && levels < 200 ? levels * 3.1 + 0.9 : null;
}

function middleOf(ways: readonly RawWay[], nodes: Raw['nodes']): readonly [number, number] | null {
    let [south, north, west, east] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const way of ways) {
        for (const ref of way.refs) {
            const at = nodes.get(ref);
            if (!at) continue;
            [south, north] = [Math.min(south, at[0]), Math.max(north, at[0])];
            [west, east] = [Math.min(west, at[1]), Math.max(east, at[1])];
        }
    }
    return south <= north ? [(south + north) / 2, (west + east) / 2] : null;
}

const ATTRIBUTE = /([a-z]+)=(?:"([^"]*)"|'([^']*)')/g;

function attributes(tag: string): Map<string, string> {
    const out = new Map<string, string>();
    for (const match of tag.matchAll(ATTRIBUTE)) out.set(match[1]!, unescaped(match[2] ?? match[3] ?? ''));
    return out;
}

const unescaped = (text: string): string =>
    text.includes('&')
        ? text.replace(
              /&(amp|lt|gt|quot|apos);/g,
              (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[name]!
          )
        : text;

/** Elements `node`, `way`, `nd` and `tag`; everything else is passed over. One pass, no tree. */
function fromXml(text: string): Raw {
    const out: Raw = { nodes: new Map(), ways: [] };
    let way: { id: string; refs: string[]; tags: Map<string, string> } | null = null;
    for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
        const end = text.indexOf('>', at);
        if (end < 0) break;
        const name = /^<(\/?[a-z]+)/.exec(text.slice(at, at + 12))?.[1];
        if (name === 'node') {
            const a = attributes(text.slice(at, end));
            addNode(out, a.get('id'), Number(a.get('lat')), Number(a.get('lon')));
        } else if (name === 'way')
            way = { id: attributes(text.slice(at, end)).get('id') ?? '', refs: [], tags: new Map() };
        else if (name === 'nd' && way) way.refs.push(attributes(text.slice(at, end)).get('ref') ?? '');
        else if (name === 'tag' && way) {
            const a = attributes(text.slice(at, end));
            way.tags.set(a.get('k') ?? '', a.get('v') ?? '');
        } else if (name === '/way' && way) {
            out.ways.push(way);
            way = null;
        }
    }
    if (out.ways.length === 0)
        throw badInput('the text is not OpenStreetMap XML with ways', 'an <osm> document', 'Export it as .osm');
    return out;
}

function fromJson(text: string): Raw {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (cause) {
        throw badInput('the map is not JSON', 'the answer of an Overpass query with [out:json]', 'Query again', cause);
    }
    const list = (value as { elements?: unknown }).elements;
    if (!Array.isArray(list))
        throw badInput('the map has no "elements"', 'the answer of an Overpass query with [out:json]', 'Query again');
    const out: Raw = { nodes: new Map(), ways: [] };
    for (const element of list as Record<string, unknown>[]) {
        if (typeof element !== 'object' || element === null) continue;
        const id = String(element['id']);
        if (element['type'] === 'node') addNode(out, id, Number(element['lat']), Number(element['lon']));
        if (element['type'] !== 'way' || !Array.isArray(element['nodes'])) continue;
        const tags = Object.entries((element['tags'] as Record<string, unknown> | undefined) ?? {});
        out.ways.push({ id, refs: element['nodes'].map(String), tags: new Map(tags.map(([k, v]) => [k, String(v)])) });
    }
    return out;
}

function addNode(out: Raw, id: string | undefined, latitude: number, longitude: number): void {
    if (id === undefined || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180))
        throw badInput(`node ${id} is at (${latitude}, ${longitude})`, 'degrees', 'Export the map again');
    out.nodes.set(id, [latitude, longitude]);
}

/** A town of mapped streets and buildings. */
export interface MappedCity {
    readonly map: StreetMap;
    readonly ground: CityMesh;
    readonly buildings: readonly CityBuilding[];
}

/** Builds the town: the same map and seed give the same town. */
export function cityFromMap(
    map: StreetMap,
    options: { readonly seed: number; readonly detail?: DetailLevel }
): MappedCity {
    const rng = Rng.create(options.seed);
    const index = new MassIndex();
    const streets = new StreetIndex(map.roads.map((r) => r.points));
    const made = map.buildings.map((b) => {
        const stream = rng.stream('city', 'map', b.id);
        const area = polygonArea(b.footprint);
        const kind =
            area > 1500 && stream.float() < 0.15 ? 'tower' : area < 160 && b.footprint.length <= 8 ? 'house' : 'block';
        const derivation = new BuildingDerivation(b.id, BUILDING_GRAMMARS[kind], stream, index, options.detail ?? 0);
        derivation.raise(b.footprint, frontOf(b.footprint, streets), 0, b.height);
        return { b, kind, derivation, variant: stream.integer(1 << 16) } as const;
    });
    const buildings = made.map(({ b, kind, derivation, variant }): CityBuilding => {
        derivation.finish();
        const { mesh, masses, elements } = derivation;
        return { id: b.id, kind, footprint: b.footprint, masses, mesh, elements, variant };
    });
    return { map, ground: groundOf(map), buildings };
}

/** The footprint's edge whose middle is nearest to a street; the first if none is near. */
function frontOf(footprint: readonly PlanPoint[], streets: StreetIndex): number {
    let best = 0;
    let least = Infinity;
    footprint.forEach((a, i) => {
        const b = footprint[(i + 1) % footprint.length]!;
        const d = streets.nearestSquared((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
        if (d < least) [best, least] = [i, d];
    });
    return best;
}

/** Grass with streets on it; corners are rounded by discs. Footways lie over streets by 2 cm. */
function groundOf(map: StreetMap): CityMesh {
    const mesh = new CityMesh();
    const all = [...map.roads.flatMap((r) => r.points), ...map.buildings.flatMap((b) => b.footprint)];
    let [x0, x1, z0, z1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, z] of all) [x0, x1, z0, z1] = [Math.min(x0, x), Math.max(x1, x), Math.min(z0, z), Math.max(z1, z)];
    cap(
        mesh,
        [
            [x0 - 20, z0 - 20],
            [x1 + 20, z0 - 20],
            [x1 + 20, z1 + 20],
            [x0 - 20, z1 + 20]
        ],
        -0.02,
        'grass'
    );
    for (const road of map.roads) {
        const foot = road.width <= 2.5;
        const [material, y, half] = [foot ? 'pavement' : 'asphalt', foot ? 0.02 : 0, road.width / 2];
        road.points.forEach((p, k) => {
            cap(
                mesh,
                Array.from(
                    { length: 8 },
                    (_, n): PlanPoint => [
                        p[0] + half * exactCos((n * Math.PI) / 4),
                        p[1] + half * exactSin((n * Math.PI) / 4)
                    ]
                ),
                y,
                material
            );
            const q = road.points[k + 1];
            if (!q) return;
            const d = distance(p, q);
            const [nx, nz] = [(-(q[1] - p[1]) / d) * half, ((q[0] - p[0]) / d) * half];
            mesh.face(
                material,
                [p[0] + nx, y, p[1] + nz],
                [q[0] + nx, y, q[1] + nz],
                [q[0] - nx, y, q[1] - nz],
                [p[0] - nx, y, p[1] - nz]
            );
        });
    }
    return mesh;
}
