/** Digests of generated files, by every way to a scene: the same in Node and in the browser, or something is not exact. */
import { Rng } from '@mixreel/core';
import {
    CityWorld,
    generateFromCapture,
    generateFromMotion,
    generateFromPlan,
    generateFromText,
    generateHouse,
    glbFromCity,
    glbFromGraph,
    type RoomType,
    readCapture,
    synthesizeMotion
} from '@mixreel/scenegen';

const TYPES: readonly RoomType[] = ['living_room', 'bedroom', 'kitchen', 'bathroom', 'office', 'hall'];

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
    for (const [seed, type] of TYPES.entries()) {
        const [w, d] = [3.7 + 0.31 * seed, 3.3 + 0.17 * seed];
        // No wall square to another: every turn is an angle that sines and cosines have to agree on.
        const polygon = [
            [0, 0],
            [w, 0.4],
            [w - 0.3, d],
            [0.2, d - 0.1]
        ] as const;
        const openings = [{ type: 'door', wall: 0, offset: 0.9, width: 0.9 }] as const;
        const rng = Rng.create(seed);
        await note(type, await glbFromGraph(generateFromPlan({ rooms: [{ type, polygon, openings }] }, { rng }).graph));
    }
    const house = generateHouse({ rng: Rng.create(9), seed: 9, rooms: 3 });
    await note('house', await glbFromGraph(house.graph, { variants: ['japanese', 'industrial'] }));
    const text = generateFromText('a bedroom with a double bed opposite the window and two lamps', {
        rng: Rng.create(4)
    });
    await note('text', await glbFromGraph(text.graph));
    const real = generateFromCapture(readCapture(capture), { rng: Rng.create(7), seed: 7 });
    await note('capture', await glbFromGraph(real.graph));
    const { clip } = synthesizeMotion(
        [0, 0],
        [
            { do: 'walk', to: [1.5, 1] },
            { do: 'sit', seat: 0.45, yaw: 0.3, seconds: 2 }
        ],
        { noise: 0.005, stream: Rng.create(2).stream('noise') }
    );
    await note('motion', await glbFromGraph(generateFromMotion(clip, { rng: Rng.create(2) }).graph));
    await note('city', await glbFromCity([new CityWorld({ seed: 5 }).tile(3, -2)]));
    return out;
}
