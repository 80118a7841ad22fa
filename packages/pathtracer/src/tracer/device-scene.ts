/**
 * A scene on a device: its buffers, by the names of the WGSL's variables, and what kernels are told about them.
 */
import type { Progress } from '@mixreel/core';
import type { Device, GpuBuffer } from '@mixreel/gpu';
import type { Scene } from '../scene/scene.ts';
import { type PackedScene, type PackOptions, packScene, type SceneLayout, type SceneStats } from './pack-scene.ts';

/** Names of the buffers. */
const BUFFERS = ['nodes', 'triangles', 'shading', 'tables', 'texels', 'environment'] as const;
type SceneBuffer = (typeof BUFFERS)[number];

/** See the file comment. */
export class DeviceScene {
    #scene: Scene;
    #layout: SceneLayout;
    #stats: SceneStats;
    readonly #buffers = new Map<SceneBuffer, GpuBuffer>();

    /** Packs a scene and puts it on the device. @throws as {@link packScene} and `Device.createBuffer`. */
    static async create(
        device: Device,
        scene: Scene,
        options: Partial<PackOptions>,
        progress?: Progress
    ): Promise<DeviceScene> {
        const packed = packScene(scene, options, progress);
        return new DeviceScene(device, scene, packed);
    }

    private constructor(device: Device, scene: Scene, packed: PackedScene) {
        this.#scene = scene;
        this.#layout = packed.layout;
        this.#stats = packed.stats;
        try {
            for (const name of BUFFERS) {
                this.#buffers.set(name, device.createBuffer({ label: `pathtracer/${name}`, data: packed[name] }));
            }
        } catch (error) {
            this.destroy();
            throw error;
        }
    }

    get scene(): Scene {
        return this.#scene;
    }

    get layout(): SceneLayout {
        return this.#layout;
    }

    get stats(): SceneStats {
        return this.#stats;
    }

    /** To bind; valid until the next change of the scene. */
    get bindings(): Readonly<Record<string, GpuBuffer>> {
        return Object.fromEntries(this.#buffers);
    }

    /** Frees the buffers. */
    destroy(): void {
        for (const buffer of this.#buffers.values()) buffer.destroy();
        this.#buffers.clear();
    }
}
