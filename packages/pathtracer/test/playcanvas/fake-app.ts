/**
 * As much of an app as is looked at while a scene is followed: real nodes, materials and quaternions of the engine, and layers,
 * meshes, lights and a sky that are plain data. No device and no canvas.
 */
import {
    type AppBase,
    type CameraComponent,
    Color,
    type Mesh as EngineMesh,
    GraphNode,
    LIGHTSHAPE_PUNCTUAL,
    type LightComponent,
    type MeshInstance,
    PIXELFORMAT_RGBA8,
    PRIMITIVE_TRIANGLES,
    Quat,
    SEMANTIC_COLOR,
    StandardMaterial,
    type Texture,
    TYPE_FLOAT32
} from 'playcanvas';

/** A light that can be changed. */
export type FakeLight = { -readonly [K in keyof LightComponent]: LightComponent[K] };

/** See the file comment. */
export class FakeApp {
    readonly meshInstances: MeshInstance[] = [];
    readonly lights: Record<string, { entity: { light: FakeLight } }> = {};
    readonly scene = {
        layers: { getLayerById: (): object => ({ enabled: true, meshInstances: this.meshInstances }) },
        ambientLight: new Color(0.2, 0.3, 0.4),
        ambientLuminance: 0,
        skybox: null as Texture | null,
        envAtlas: null as Texture | null,
        skyboxIntensity: 1,
        skyboxLuminance: 1,
        skyboxHighlightMultiplier: 1,
        skyboxRotation: new Quat(),
        physicalUnits: false,
        lighting: { areaLightsEnabled: true }
    };
    readonly camera = { layers: [0] } as unknown as CameraComponent;
    /** All cameras, of which some draw to textures. */
    readonly cameras: { renderTarget: { colorBuffer: Texture } | null }[] = [];
    /** As the engine's: counts frames. */
    readonly graphicsDevice = { renderVersion: 1 };

    get app(): AppBase {
        const systems = { light: { store: this.lights }, camera: { cameras: this.cameras } };
        return { scene: this.scene, systems } as unknown as AppBase;
    }

    /** Adds a thing; it is shown. */
    show(name: string, mesh: EngineMesh, material: StandardMaterial): MeshInstance {
        const instance = { mesh, material, node: new GraphNode(name), visible: true } as unknown as MeshInstance;
        this.meshInstances.push(instance);
        return instance;
    }

    hide(instance: MeshInstance): void {
        this.meshInstances.splice(this.meshInstances.indexOf(instance), 1);
    }

    /** Adds an omni light that shines. */
    light(name: string, parts: Partial<FakeLight> = {}): FakeLight {
        const entity = new GraphNode(name) as unknown as { light: FakeLight };
        Object.defineProperty(entity, 'enabled', { value: true, writable: true });
        const light = {
            enabled: true,
            type: 'omni',
            color: new Color(1, 1, 1),
            intensity: 1,
            luminance: 0,
            innerConeAngle: 10,
            outerConeAngle: 40,
            range: 10,
            falloffMode: 0,
            shape: LIGHTSHAPE_PUNCTUAL,
            layers: [0],
            entity,
            ...parts
        } as unknown as FakeLight;
        entity.light = light;
        this.lights[name] = { entity };
        return light;
    }
}

/** A mesh of that many triangles whose vertices can be given anew. */
export class FakeMesh {
    readonly primitive = [{ type: PRIMITIVE_TRIANGLES, base: 0, count: 0, indexed: true }];
    readonly indexBuffer = [{}];
    vertexBuffer = {
        format: { elements: [{ name: SEMANTIC_COLOR, dataType: TYPE_FLOAT32, normalize: false, numComponents: 4 }] }
    };
    _aabbVer = 0;
    #positions: number[];

    constructor(triangles: number, seed = 0) {
        this.#positions = positionsOf(triangles, seed);
        this.primitive[0]!.count = triangles * 3;
    }

    get mesh(): EngineMesh {
        return this as unknown as EngineMesh;
    }

    /** As `setPositions` and `update` do. */
    update(triangles: number, seed: number): void {
        this.#positions = positionsOf(triangles, seed);
        this.primitive[0]!.count = triangles * 3;
        this._aabbVer++;
    }

    getPositions(target: number[]): number {
        return copy(this.#positions, target) / 3;
    }

    getNormals(): number {
        return 0;
    }

    getUvs(): number {
        return 0;
    }

    getColors(target: number[]): number {
        const vertices = this.#positions.length / 3;
        return copy(new Array(vertices).fill([0.25, this.#positions.length / 128, 0.75, 1]).flat(), target) / 4;
    }

    getVertexStream(): number {
        return 0;
    }

    getIndices(target: number[]): number {
        return copy(
            this.#positions.slice(0, this.#positions.length / 3).map((_, i) => i),
            target
        );
    }
}

/** A texture of 2 x 1 texels that can be drawn anew. */
export class FakeTexture {
    readonly name = 'canvas';
    readonly format = PIXELFORMAT_RGBA8;
    readonly width = 2;
    readonly height = 1;
    readonly _levels = [{}];
    readonly device: FakeApp['graphicsDevice'];
    uploadVersion = 0;
    /** Times that it was read back. */
    reads = 0;
    #value: number;

    constructor(fake: FakeApp, value: number) {
        this.device = fake.graphicsDevice;
        this.#value = value;
    }

    get texture(): Texture {
        return this as unknown as Texture;
    }

    /** As `upload` of a canvas that was drawn on does. */
    draw(value: number): void {
        this.#value = value;
        this.uploadVersion = this.device.renderVersion;
    }

    /** As a camera that renders to it does. */
    drawSilently(value: number): void {
        this.#value = value;
    }

    async read(): Promise<Uint8Array> {
        this.reads++;
        return new Uint8Array(8).fill(this.#value);
    }
}

/** A material of one colour. */
export function paint(red: number): StandardMaterial {
    const material = new StandardMaterial();
    material.diffuse = new Color(red, 0.5, 0.25);
    return material;
}

function copy(from: readonly number[], to: number[]): number {
    to.length = 0;
    for (const value of from) to.push(value);
    return from.length;
}

function positionsOf(triangles: number, seed: number): number[] {
    return Array.from({ length: triangles * 9 }, (_, i) => Math.fround(Math.sin((seed + 1) * (i + 1))));
}
