/**
 * Whether what lies in a texture of the engine is still what it was. The engine stamps a texture with the frame's number each time
 * that its content is to be uploaded (`uploadVersion`, which its own cookies go by); whatever draws it anew does that: `setSource`,
 * `unlock`, and `upload` of a canvas or a video. It says nothing of a texture that a camera draws to: those are told apart by asking
 * the cameras.
 */
import type { AppBase, CameraComponent, Texture } from 'playcanvas';

interface Stamped {
    readonly uploadVersion: number;
    readonly _needsUpload: boolean;
    readonly _levels?: readonly unknown[];
    /** Null when it is destroyed. */
    readonly device: { readonly renderVersion: number } | null;
}

/** What a texture held at a moment. */
export class ContentMark {
    readonly #version: number;
    readonly #source: unknown;
    /** It was drawn in the frame that the mark is of: what is drawn later in that frame has the same stamp. */
    readonly #early: boolean;

    constructor(texture: Texture) {
        const { uploadVersion, device } = texture as unknown as Stamped;
        this.#version = uploadVersion;
        this.#source = sourceOf(texture);
        this.#early = uploadVersion === device?.renderVersion;
    }

    /** True if the texture may hold something else by now. */
    isOld(texture: Texture): boolean {
        const { uploadVersion, device } = texture as unknown as Stamped;
        if (!device) return false;
        if (uploadVersion !== this.#version || sourceOf(texture) !== this.#source) return true;
        return this.#early && device.renderVersion !== this.#version;
    }
}

/** Brings what was drawn to the GPU, if it is not there yet, and leaves the stamp alone otherwise. */
export function ensureUploaded(texture: Texture): void {
    if ((texture as unknown as Stamped)._needsUpload) texture.upload();
}

/** The textures that cameras draw to, anew each frame. */
export function texturesOfCameras(app: AppBase): Set<Texture> {
    const cameras = (app.systems.camera as unknown as { cameras?: readonly CameraComponent[] } | undefined)?.cameras;
    const found = new Set<Texture>();
    for (const { renderTarget } of cameras ?? []) {
        if (renderTarget?.colorBuffer) found.add(renderTarget.colorBuffer);
    }
    return found;
}

function sourceOf(texture: Texture): unknown {
    return (texture as unknown as Stamped)._levels?.[0];
}
