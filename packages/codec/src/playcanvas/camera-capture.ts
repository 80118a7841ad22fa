/**
 * What a camera sees, as frames: a second camera below the first one's entity renders the same layers into a texture of the wanted size, which is read
 * back without stalling the app. The picture on the canvas stays as it is.
 */
import type { Frame } from '@mixreel/image';
import {
    ADDRESS_CLAMP_TO_EDGE,
    type AppBase,
    type CameraComponent,
    Entity,
    FILTER_LINEAR,
    PIXELFORMAT_RGBA8,
    RenderTarget,
    Texture
} from 'playcanvas';
import { frameFromPicture, type Picture } from '../picture.ts';
import { viewOfCamera } from './camera-view.ts';

/** What the second camera copies from the first before every frame. */
const FOLLOWED = [
    'projection',
    'fov',
    'horizontalFov',
    'nearClip',
    'farClip',
    'orthoHeight',
    'clearColor',
    'layers',
    'toneMapping',
    'gammaCorrection'
] as const satisfies readonly (keyof CameraComponent)[];

/** See the file comment. */
export class CameraCapture {
    readonly camera: CameraComponent;
    readonly #target: RenderTarget;
    readonly #texture: Texture;
    readonly #eye: Entity;

    constructor(app: AppBase, camera: CameraComponent, widthPx: number, heightPx: number) {
        this.camera = camera;
        this.#texture = new Texture(app.graphicsDevice, {
            name: 'mixreel/stream-capture',
            width: widthPx,
            height: heightPx,
            format: PIXELFORMAT_RGBA8,
            mipmaps: false,
            minFilter: FILTER_LINEAR,
            magFilter: FILTER_LINEAR,
            addressU: ADDRESS_CLAMP_TO_EDGE,
            addressV: ADDRESS_CLAMP_TO_EDGE
        });
        this.#target = new RenderTarget({ name: 'mixreel/stream-capture', colorBuffer: this.#texture, depth: true });
        // The app is named: a page may run several.
        this.#eye = new Entity('mixreel stream eye', app);
        // Before the other cameras, so that what it shows is of the same frame.
        this.#eye.addComponent('camera', { renderTarget: this.#target, priority: camera.priority - 1 });
        camera.entity.addChild(this.#eye);
        this.follow();
    }

    /** Takes over what may have changed of the camera that is followed. */
    follow(): void {
        Object.assign(this.#eye.camera!, Object.fromEntries(FOLLOWED.map((name) => [name, this.camera[name]])));
    }

    /** The frame that was rendered last. */
    async read(timeNs: number): Promise<Frame> {
        const { width, height } = this.#texture;
        const view = viewOfCamera(this.#eye.camera!);
        // Without `immediate` the engine (2.23.3) maps its buffer before the copy is submitted: all zeros.
        const how = { renderTarget: this.#target, immediate: true };
        const texels = (await this.#texture.read(0, 0, width, height, how)) as Uint8Array;
        return frameFromPicture(pictureOfTexels(texels, width, height), view, timeNs);
    }

    /** Takes everything away again. */
    destroy(): void {
        this.#eye.destroy();
        this.#target.destroy();
        this.#texture.destroy();
    }
}

function pictureOfTexels(texels: Uint8Array, widthPx: number, heightPx: number): Picture {
    const size = widthPx * heightPx;
    const rgb = new Uint8Array(3 * size);
    for (let i = 0; i < size; i++) for (let c = 0; c < 3; c++) rgb[c * size + i] = texels[4 * i + c]!;
    return { widthPx, heightPx, rgb, alpha: null };
}
