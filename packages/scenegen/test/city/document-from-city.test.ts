import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CityWorld, cityFromMap, documentFromCity, glbFromCity, readStreetMap } from '../../src/index.ts';

const validator = createRequire(import.meta.url)('gltf-validator') as {
    validateBytes(bytes: Uint8Array): Promise<{ issues: { messages: { code: string }[] } }>;
};

/** Two houses on a street, one with four storeys, one of them tagged so that it has to be unescaped. */
const MAP = `<?xml version='1.0'?><osm version="0.6"><bounds minlat="0" minlon="0" maxlat="0.001" maxlon="0.001"/>
<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.001"/>
${[0.0001, 0.0005].map((lon, k) => [0, 1, 2, 3].map((c) => `<node id="${10 * (k + 1) + c}" lat="${0.0001 + (c > 1 ? 0.0001 : 0)}" lon="${lon + (c === 1 || c === 2 ? 0.0002 : 0)}"/>`).join('')).join('')}
<way id="100"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="101"><nd ref="10"/><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="10"/><tag k="building" v="yes"/><tag k="building:levels" v="4"/></way>
<way id="102"><nd ref="20"/><nd ref="21"/><nd ref="22"/><nd ref="23"/><nd ref="20"/><tag k='name' v='A &amp; B'/><tag k="building" v="house"/></way>
<way id="103"><nd ref="20"/><nd ref="21"/><tag k="building" v="yes"/></way></osm>`;

const shared = new URL('../../../../../shared/rooms/osm/', import.meta.url);

describe('a city as glTF', () => {
    it.each(['gpu', 'nodes'] as const)(
        'passes gltf-validator with repeats as %s, and has the same bytes each time',
        async (instancing) => {
            const make = (): Promise<Uint8Array> =>
                glbFromCity([new CityWorld({ seed: 4, urban: 0.9 }).tile(0, 0, instancing === 'gpu' ? 0 : 1)], {
                    instancing
                });
            const glb = await make();
            const { issues } = await validator.validateBytes(glb);
            // The validator does not know the extension, says so, and takes what only the extension uses for unused.
            const unknown = instancing === 'gpu' ? ['UNSUPPORTED_EXTENSION', 'UNUSED_OBJECT'] : [];
            expect(issues.messages.filter((m) => !unknown.includes(m.code))).toEqual([]);
            expect(Buffer.compare(await make(), glb)).toBe(0);
        }
    );

    it('says what each node is and holds every copy in one node for each element', () => {
        const tile = new CityWorld({ seed: 4 }).tile(0, 0);
        const nodes = documentFromCity([tile]).getRoot().listNodes();
        const classOf = (n: (typeof nodes)[number]): string => (n.getExtras()['mixreel'] as { class: string }).class;
        expect(nodes.filter((n) => classOf(n) === 'building')).toHaveLength(tile.buildings.length);
        const windows = nodes.filter((n) => classOf(n) === 'window');
        expect(windows).toHaveLength(1);
        const batch = windows[0]!.getExtension('EXT_mesh_gpu_instancing') as unknown as {
            getAttribute(name: string): { getCount(): number };
        };
        const placed = tile.buildings.flatMap((b) => b.elements).filter((e) => e.element === 'window');
        expect(batch.getAttribute('TRANSLATION').getCount()).toBe(placed.length);
    });
});

describe('a street map', () => {
    it('is read in metres, with its heights, and what is unusable is counted', () => {
        const map = readStreetMap(MAP);
        expect(map.roads).toHaveLength(1);
        expect(map.buildings).toHaveLength(2);
        expect(map.ignored).toEqual({ 'a building without a simple closed outline': 1 });
        // 0.001 degree on the equator, and 0.0002 of one for the houses.
        const [a, b] = map.roads[0]!.points;
        expect(Math.hypot(b![0] - a![0], b![1] - a![1])).toBeCloseTo(111.32, 1);
        expect(map.buildings[0]!.height).toBeCloseTo(4 * 3.1 + 0.9, 6);
        expect(map.buildings[1]!.height).toBeNull();
        const city = cityFromMap(map, { seed: 1 });
        expect(Math.max(...city.buildings[0]!.masses.map((m) => m.y1))).toBeCloseTo(13.3, 6);
    });

    it('is the same from Overpass JSON', () => {
        const xml = readStreetMap(MAP);
        const nodes = [...MAP.matchAll(/<node id="(\d+)" lat="([^"]+)" lon="([^"]+)"/g)].map(([, id, lat, lon]) => ({
            type: 'node',
            id: Number(id),
            lat: Number(lat),
            lon: Number(lon)
        }));
        const ways = [
            { type: 'way', id: 100, nodes: [1, 2], tags: { highway: 'residential' } },
            { type: 'way', id: 101, nodes: [10, 11, 12, 13, 10], tags: { building: 'yes', 'building:levels': '4' } },
            { type: 'way', id: 102, nodes: [20, 21, 22, 23, 20], tags: { building: 'house' } },
            { type: 'way', id: 103, nodes: [20, 21], tags: { building: 'yes' } }
        ];
        expect(readStreetMap(JSON.stringify({ elements: [...nodes, ...ways] }))).toEqual(xml);
    });

    it('is refused with a reason when it is none', () => {
        for (const text of [
            '',
            '<osm></osm>',
            '{',
            '{"elements":7}',
            '{"elements":[]}',
            '<node id="1" lat="x" lon="2"/>'
        ])
            expect(() => readStreetMap(text)).toThrow(/expected/);
    });

    // Skipped without the shared data: a real town, 962 buildings and 866 streets by count of its ways.
    it.skipIf(!existsSync(new URL('monaco.osm.gz', shared)))(
        'of Monaco becomes a town with nearly all its buildings',
        () => {
            const map = readStreetMap(gunzipSync(readFileSync(new URL('monaco.osm.gz', shared))).toString());
            expect(map.roads.length + (map.ignored['a street of one point'] ?? 0)).toBe(866);
            expect(map.buildings.length).toBeGreaterThan(0.97 * 962);
            // A quarter of it is built here: all of it takes seconds.
            const part = { ...map, buildings: map.buildings.slice(0, 240) };
            const city = cityFromMap(part, { seed: 1, detail: 2 });
            expect(city.buildings).toHaveLength(240);
            expect(city.buildings.every((b) => b.masses.length > 0)).toBe(true);
        }
    );
});
