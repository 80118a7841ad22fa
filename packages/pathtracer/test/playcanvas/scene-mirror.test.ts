/**
 * The oracle of following is taking anew: after any edits, the scene that was changed step by step must hold what a mirror made
 * now holds. Changes are applied by the function that the tracer applies them by; no device is needed.
 */
import { VirtualClock } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import fc from 'fast-check';
import { LIGHTSHAPE_RECT, type MeshInstance, type StandardMaterial } from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { SceneMirror } from '../../src/playcanvas/scene-mirror.ts';
import { changeScene, type SceneChanges } from '../../src/scene/change-scene.ts';
import type { Scene } from '../../src/scene/scene.ts';
import { FakeApp, type FakeLight, FakeMesh, FakeTexture, paint } from './fake-app.ts';

const NO_DEVICE = null as unknown as Device;

/** What a scene shows, whatever its numbers are. */
function content(scene: Scene): unknown {
    const show = (value: unknown): string =>
        JSON.stringify(value, (_, each) => (ArrayBuffer.isView(each) ? [...(each as Float32Array)] : each));
    const instances = scene.instances.map(({ mesh, material, transform }) => {
        const { positions, indices, colors } = scene.meshes[mesh]!;
        const { textures = {}, ...value } = scene.materials[material]!;
        const pictures = Object.entries(textures).map(([name, ref]) => [name, scene.textures[ref.texture]]);
        return show([positions, indices, colors, value, pictures, transform]);
    });
    return {
        instances: instances.sort(),
        lights: scene.lights.map(show).sort(),
        environment: show(scene.environment)
    };
}

/** A mirror and the tracer's scene that follows it. */
class Followed {
    readonly mirror: SceneMirror;
    scene: Scene | null = null;
    readonly clock = new VirtualClock();
    readonly #fake: FakeApp;
    #taken = false;

    constructor(fake: FakeApp, intervalNs: number) {
        this.#fake = fake;
        this.mirror = new SceneMirror(fake.app, fake.camera, NO_DEVICE, null, { clock: this.clock, intervalNs });
    }

    /** As `LiveTracer` does after a frame. @returns The change, `everything`, or null if there was none. */
    async step(): Promise<SceneChanges | 'everything' | null> {
        this.#fake.graphicsDevice.renderVersion++;
        const changes = this.mirror.look();
        if (this.#taken && !changes) return null;
        this.#taken = true;
        const change = this.scene && changes ? await this.mirror.follow(changes) : 'everything';
        if (Object.keys(change).length === 0) return null;
        if (change === 'everything' || !this.scene) this.scene = await this.mirror.take();
        else this.scene = changeScene(this.scene, change).scene;
        return change;
    }
}

type Edit = (world: World, pick: number, value: number) => void;

interface World {
    readonly fake: FakeApp;
    readonly shown: MeshInstance[];
    readonly gone: MeshInstance[];
    readonly meshes: FakeMesh[];
    readonly materials: StandardMaterial[];
    readonly lights: FakeLight[];
    readonly textures: FakeTexture[];
}

const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

const EDITS: Record<string, Edit> = {
    add({ fake, shown, meshes, materials }, pick, value) {
        const instance = fake.show(`thing ${shown.length}`, at(meshes, pick)!.mesh, at(materials, value)!);
        instance.node.setLocalPosition(value, 0, 0);
        shown.push(instance);
    },
    remove({ fake, shown, gone }, pick) {
        const [instance] = shown.splice(pick % Math.max(1, shown.length), 1);
        if (!instance) return;
        fake.hide(instance);
        gone.push(instance);
    },
    bringBack({ fake, shown, gone }, pick) {
        const [instance] = gone.splice(pick % Math.max(1, gone.length), 1);
        if (!instance) return;
        fake.meshInstances.push(instance);
        shown.push(instance);
    },
    makeInvisible: ({ shown }, pick) => {
        const instance = at(shown, pick);
        if (instance) instance.visible = !instance.visible;
    },
    move: ({ shown }, pick, value) => at(shown, pick)?.node.setLocalPosition(value, 1, 0),
    scaleToNothingOrBack({ shown }, pick) {
        const node = at(shown, pick)?.node;
        if (node) node.setLocalScale(node.getLocalScale().x === 0 ? 1 : 0, 1, 1);
    },
    assignMaterial({ shown, materials }, pick, value) {
        const instance = at(shown, pick);
        if (instance) instance.material = at(materials, value)!;
    },
    assignMesh({ shown, meshes }, pick, value) {
        const instance = at(shown, pick);
        if (instance) instance.mesh = at(meshes, value)!.mesh;
    },
    repaint({ materials }, pick, value) {
        const material = at(materials, pick)!;
        material.gloss = value / 16;
        material.emissiveIntensity = value;
        material.update();
    },
    takeColors({ materials }, pick) {
        const material = at(materials, pick)!;
        material.diffuseVertexColor = !material.diffuseVertexColor;
        material.update();
    },
    redraw: ({ textures }, pick, value) => at(textures, pick)!.draw(value),
    redrawBetweenFrames({ fake, textures }, pick, value) {
        // A frame starts between drawing and the next look at the scene.
        at(textures, pick)!.draw(value);
        fake.graphicsDevice.renderVersion++;
    },
    map({ materials, textures }, pick, value) {
        const material = at(materials, pick)!;
        material.diffuseMap = value % 3 === 0 ? null! : at(textures, value)!.texture;
        material.update();
    },
    reshape: ({ meshes }, pick, value) => at(meshes, pick)!.update(2, value),
    resizeMesh: ({ meshes }, pick, value) => at(meshes, pick)!.update(1 + value, value),
    dim({ lights }, pick, value) {
        const light = at(lights, pick)!;
        light.intensity = value;
    },
    switchLight({ lights }, pick) {
        const light = at(lights, pick)!;
        light.enabled = !light.enabled;
    },
    moveLight: ({ lights }, pick, value) => at(lights, pick)!.entity.setLocalPosition(value, 2, 2),
    shapeLight({ lights }, pick) {
        const light = at(lights, pick)!;
        light.shape = light.shape === LIGHTSHAPE_RECT ? 0 : LIGHTSHAPE_RECT;
    },
    brightenSky: ({ fake }, _, value) => fake.scene.ambientLight.set(value / 16, 0, 0)
};

function world(): World {
    const fake = new FakeApp();
    const meshes = [new FakeMesh(2, 1), new FakeMesh(2, 2), new FakeMesh(3, 3)];
    const materials = [paint(0.25), paint(0.5), paint(0.75)];
    const lights = [fake.light('a'), fake.light('b', { type: 'spot' }), fake.light('c', { shape: LIGHTSHAPE_RECT })];
    const textures = [new FakeTexture(fake, 1), new FakeTexture(fake, 2)];
    materials[0]!.diffuseMap = textures[0]!.texture;
    materials[1]!.emissiveMap = textures[0]!.texture;
    const made: World = { fake, shown: [], gone: [], meshes, materials, lights, textures };
    for (let i = 0; i < 3; i++) EDITS['add']!(made, i, i);
    return made;
}

async function follow(fake: FakeApp, intervalNs = 0): Promise<Followed> {
    const followed = new Followed(fake, intervalNs);
    await followed.step();
    return followed;
}

describe("the tracer's scene that follows the engine's", () => {
    it('holds after any edits what taking it anew holds', async () => {
        const edit = fc.record({
            name: fc.constantFrom(...Object.keys(EDITS)),
            pick: fc.nat(7),
            value: fc.nat(15)
        });
        await fc.assert(
            fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 8 }), async (frames) => {
                const edited = world();
                const followed = await follow(edited.fake);
                for (const edits of frames) {
                    for (const { name, pick, value } of edits) EDITS[name]!(edited, pick, value);
                    await followed.step();
                    const fresh = await new SceneMirror(edited.fake.app, edited.fake.camera, NO_DEVICE).take();
                    if (fresh === null) expect(followed.scene).toBeNull();
                    else expect(content(followed.scene!)).toEqual(content(fresh));
                }
                expect(await followed.step()).toBeNull();
            }),
            { numRuns: 60 }
        );
    });

    it.each<[string, readonly string[]]>([
        ['move', ['transforms']],
        ['assignMaterial', ['assign']],
        ['repaint', ['materials']],
        ['redraw', ['textures']],
        ['reshape', ['meshes']],
        ['dim', ['lights']],
        ['moveLight', ['lights']],
        ['brightenSky', ['environment']],
        ['remove', ['remove']],
        ['add', ['add']]
    ])('changes no more than it must: %s', async (name, allowed) => {
        const edited = world();
        const followed = await follow(edited.fake);
        EDITS[name]!(edited, 0, 8);
        const change = await followed.step();
        expect(Object.keys(change as SceneChanges)).toEqual(allowed);
    });

    it('brings a mesh and a material that it has already as an instance only', async () => {
        const edited = world();
        const followed = await follow(edited.fake);
        EDITS['add']!(edited, 0, 0);
        const change = (await followed.step()) as SceneChanges;
        expect(Object.keys(change.add!)).toEqual(['instances']);
        expect(change.add!.instances).toHaveLength(1);
    });

    it('reads a mesh again, for those alone whose material takes the colours of its vertices', async () => {
        const edited = world();
        EDITS['add']!(edited, 0, 1);
        const followed = await follow(edited.fake);
        EDITS['takeColors']!(edited, 0, 0);
        await followed.step();
        const colored = followed.scene!.instances.map(({ mesh }) => followed.scene!.meshes[mesh]!.colors !== undefined);
        // The first thing has that material; another one shares its mesh with a material of its own. The fifth is an area light.
        expect(colored.filter(Boolean)).toHaveLength(1);
        expect(followed.scene!.instances).toHaveLength(5);
    });

    it('is taken anew when much of what it has is shown no more', async () => {
        const edited = world();
        const followed = await follow(edited.fake);
        const thing = edited.shown[0]!;
        let everything = 0;
        for (let i = 0; i < 600; i++) {
            thing.mesh = new FakeMesh(1, i).mesh;
            if ((await followed.step()) === 'everything') everything++;
        }
        // 256 spare ones and twice the 4 shown: the 3 that were there and 262 more, then 3 and 262 more.
        expect(everything).toBe(2);
        expect(followed.scene!.meshes.length).toBeLessThan(300);
    });

    it('takes what is drawn to a texture in the frame in which it was read already', async () => {
        const edited = world();
        const [texture] = edited.textures;
        const followed = await follow(edited.fake);
        texture!.draw(7);
        // Not before the frame but in it.
        texture!.uploadVersion++;
        await followed.step();
        // Later in the same frame: the engine's stamp is the same.
        texture!.draw(8);
        expect(await followed.step()).toMatchObject({ textures: [{ value: { data: new Uint8Array(8).fill(8) } }] });
        expect(await followed.step()).toBeNull();
        expect(await followed.step()).toBeNull();
    });

    it('reads a texture that is drawn all the time as often as it may, and its last picture in the end', async () => {
        const edited = world();
        const [texture] = edited.textures;
        const followed = await follow(edited.fake, 200e6);
        const before = texture!.reads;
        let changes = 0;
        for (let frame = 1; frame <= 60; frame++) {
            followed.clock.advanceTo(Math.round((frame * 1e9) / 60));
            texture!.draw(frame % 250);
            if (await followed.step()) changes++;
        }
        // A second has five times 200 ms.
        expect([texture!.reads - before, changes]).toEqual([5, 5]);
        followed.clock.advanceTo(2e9);
        await followed.step();
        expect(new Set(followed.scene!.textures.map(({ data }) => data[0]))).toEqual(new Set([60]));
        expect(edited.textures[1]!.reads).toBe(0);
    });

    it('follows what a camera draws to a texture, without a change while it draws the same', async () => {
        const edited = world();
        const [texture] = edited.textures;
        const followed = await follow(edited.fake);
        texture!.drawSilently(9);
        expect(await followed.step()).toBeNull();
        edited.fake.cameras.push({ renderTarget: null }, { renderTarget: { colorBuffer: texture!.texture } });
        expect(Object.keys((await followed.step()) as SceneChanges)).toEqual(['textures']);
        expect(await followed.step()).toBeNull();
    });

    it('reads texels again when it is told to forget them', async () => {
        const edited = world();
        const followed = await follow(edited.fake);
        edited.textures[0]!.drawSilently(9);
        const taken = async (): Promise<number> => (await followed.mirror.take())!.textures[0]!.data[0]!;
        expect(await taken()).toBe(1);
        followed.mirror.forget();
        expect(await taken()).toBe(9);
    });

    it('knows what moved since a moment, whatever came and went since', async () => {
        const edited = world();
        const followed = await follow(edited.fake);
        const before = followed.mirror.places();
        expect(followed.mirror.movedSince(before)).toEqual([]);
        const [first, second, third] = edited.shown;
        third!.node.setLocalPosition(5, 6, 7);
        edited.fake.hide(first!);
        EDITS['add']!(edited, 0, 0);
        await followed.step();
        const moved = followed.mirror.movedSince(before);
        expect(moved).toHaveLength(1);
        const { instance, transform, previousTransform } = moved[0]!;
        expect(followed.scene!.instances[instance]!.name).toBe(third!.node.name);
        expect([transform.slice(12, 15), previousTransform.slice(12, 15)]).toEqual([
            [5, 6, 7],
            [2, 0, 0]
        ]);
        expect(second!.node.getLocalPosition().x).toBe(1);
    });

    it('waits while nothing is shown', async () => {
        const fake = new FakeApp();
        const followed = await follow(fake);
        expect(followed.scene).toBeNull();
        fake.show('first', new FakeMesh(1).mesh, paint(1));
        await followed.step();
        expect(followed.scene!.instances.map(({ name }) => name)).toEqual(['first']);
    });
});
