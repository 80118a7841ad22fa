/** Digests of generated files, by every way to a scene: the same in Node and in the browser, or something is not exact. */
import { Rng } from '@mixreel/core';
import {
    CityWorld,
    cityFromMap,
    dreamWalk,
    type FloorPlan,
    generateFromCapture,
    generateFromMotion,
    generateFromPlan,
    generateFromText,
    generateHouse,
    glbFromCity,
    glbFromGraph,
    learnGraphPrior,
    MixedRoom,
    type PlanPoint,
    pointsOfMesh,
    RoamingWorld,
    type RoomType,
    readCapture,
    readStreetMap,
    realiseGraph,
    ScanSession,
    type SceneGraph,
    sampleGraph,
    synthesizeMotion
} from '@mixreel/scenegen';

const TYPES: readonly RoomType[] = [
    'living_room',
    'bedroom',
    'kitchen',
    'bathroom',
    'dining_room',
    'office',
    'meeting_room',
    'music_room',
    'hall'
];

/** Two crooked streets and two buildings, as a map has them. */
const MAP = `<osm>${[
    [7.42, 43.731],
    [7.4231, 43.7322],
    [7.4209, 43.7331],
    [7.4212, 43.7316],
    [7.4214, 43.7318],
    [7.4211, 43.732],
    [7.4209, 43.7318]
]
    .map(([lon, lat], i) => `<node id="${i + 1}" lat="${lat}" lon="${lon}"/>`)
    .join('')}
<way id="20"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="21"><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="4"/><tag k="building" v="yes"/></way></osm>`;

/**
 * SHA-256 of glTF files, by name.
 *
 * @param capture - A recorded room.
 */
export async function sceneDigests(capture: unknown): Promise<Record<string, string>> {
    const out: Record<string, string> = {};
    const note = async (name: string, glb: Uint8Array): Promise<void> => {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', glb as Uint8Array<ArrayBuffer>));
        out[name] = [...digest].map((b) => b.toString(16).padStart(2, '0')).join('');
    };
    const text8 = new TextEncoder();
    const graphs: SceneGraph[] = [];
    for (const [seed, type] of TYPES.entries()) {
        const plan = planOf(type, seed);
        const { graph } = generateFromPlan(plan, { rng: Rng.create(seed) });
        graphs.push(graph);
        await note(type, await glbFromGraph(graph));
    }
    const house = generateHouse({ rng: Rng.create(9), seed: 9, rooms: 3, styleSpread: 0.2 });
    await note('house', await glbFromGraph(house.graph, { variants: ['japanese', 'industrial'] }));
    const sampled = sampleGraph(learnGraphPrior(graphs), 'bedroom', Rng.create(3));
    const realised = realiseGraph(sampled, planOf('bedroom', 11), { rng: Rng.create(3) });
    await note('relation graph', await glbFromGraph(realised.graph));
    for (const words of ['a bedroom with a double bed opposite the window and two lamps', '有一张沙发和两盏灯的客厅']) {
        const { graph } = generateFromText(words, { rng: Rng.create(4) });
        await note(words, await glbFromGraph(graph));
    }
    const { clip } = synthesizeMotion(
        [0, 0],
        [
            { do: 'walk', to: [1.5, 1] },
            { do: 'sit', seat: 0.45, yaw: 0.3, seconds: 2 }
        ],
        { noise: 0.005, stream: Rng.create(2).stream('noise') }
    );
    await note('motion', await glbFromGraph(generateFromMotion(clip, { rng: Rng.create(2) }).graph));
    const room = readCapture(capture);
    await note('capture', await glbFromGraph(generateFromCapture(room, { rng: Rng.create(7), seed: 7 }).graph));
    const mixed = new MixedRoom(room, { rng: Rng.create(8), seed: 8 });
    const table = room.objects.find((o) => o.label === 'table')!;
    mixed.update({ set: [{ ...table, x: table.x + 0.13, yaw: table.yaw + 0.2 }] });
    await note('mixed room', await glbFromGraph(mixed.graph));
    const roaming = new RoamingWorld({ rng: Rng.create(2), floorY: room.floorY });
    await note('roaming world', await glbFromGraph(roaming.grow(room.meshes[0]!)!.graph));
    const session = new ScanSession(pointsOfMesh(room.meshes[0]!));
    await note('scan', await glbFromGraph(session.scene({ rng: Rng.create(6) }).graph));
    const walk = dreamWalk(
        WAY,
        WAY.map(([x, z]) => [z, 1.1 * x])
    );
    await note('dream walk', text8.encode(JSON.stringify(walk.steps)));
    const world = new CityWorld({ seed: 5 });
    await note('city', await glbFromCity([world.tile(3, -2)]));
    await note('map', await glbFromCity([cityFromMap(readStreetMap(MAP), { seed: 3 })]));
    return out;
}

const WAY: readonly PlanPoint[] = [
    [0, 0],
    [7, 1],
    [9, 8],
    [20, 9]
];

/** No wall square to another: every turn is an angle that sines and cosines have to agree on. */
function planOf(type: RoomType, seed: number): FloorPlan {
    const [w, d] = [3.7 + 0.31 * (seed % 5), 3.3 + 0.17 * seed];
    const polygon: PlanPoint[] = [
        [0, 0],
        [w, 0.4],
        [w - 0.3, d],
        [0.2, d - 0.1]
    ];
    return { rooms: [{ type, polygon, openings: [{ type: 'door', wall: 0, offset: 0.9, width: 0.9 }] }] };
}
