/** What the converters of parts of a glTF document need from the one that walks it. */
import type { Texture as GltfTexture } from '@gltf-transform/core';
import type { SceneEvent } from './scene.ts';

export interface GltfReader {
    /** Counts something that was left out or approximated. */
    note(kind: SceneEvent['kind'], message: string): void;
    /** Index of a decoded texture, or null (with a note) if there is none. */
    texture(texture: GltfTexture, srgb: boolean): number | null;
}
