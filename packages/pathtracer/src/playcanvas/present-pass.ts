/**
 * Shows the traced picture in place of a camera's own, with the camera's tone mapping and gamma: the engine's own shader
 * chunks, so that both pictures match. Where nothing was hit and the scene has no sky, the camera's clear colour is seen, as it is
 * in its own picture. `FramePass` and its subclasses are exported by the engine but not documented (2.23.3):
 * this file is the only one that uses them.
 */
import {
    type AppBase,
    type CameraComponent,
    Color,
    GAMMA_SRGB,
    RenderPassShaderQuad,
    SEMANTIC_POSITION,
    ShaderUtils,
    type Texture,
    tonemapNames,
    Vec4
} from 'playcanvas';
import { rectOfCamera } from './camera-view.ts';

const FRAGMENT = `
#include "tonemappingPS"
#include "gammaPS"
varying uv0: vec2f;
var mixreelPicture: texture_2d<f32>;
var mixreelPictureSampler: sampler;
uniform mixreelFlipY: f32;
// Radiance of what lights the scene from around; w: 1 if the clear colour is seen in its place.
uniform mixreelAround: vec4f;
uniform mixreelClear: vec4f;
@fragment
fn fragmentMain(input: FragmentInput) -> FragmentOutput {
    var output: FragmentOutput;
    let uv = vec2f(uv0.x, mix(uv0.y, 1.0 - uv0.y, uniform.mixreelFlipY));
    let traced = textureSampleLevel(mixreelPicture, mixreelPictureSampler, uv, 0.0);
    let coverage = select(1.0, clamp(traced.a, 0.0, 1.0), uniform.mixreelAround.w > 0.0);
    let things = (traced.rgb - (1.0 - coverage) * uniform.mixreelAround.rgb) / max(coverage, 1e-4);
    let light = gammaCorrectOutput(toneMap(max(vec3f(0.0), things)));
    // An edge is smooth in what the screen can show.
    let shown = select(min(light, vec3f(1.0)), light, coverage >= 1.0);
    output.color = vec4f(mix(uniform.mixreelClear.rgb, shown, coverage), mix(uniform.mixreelClear.a, 1.0, coverage));
    return output;
}
`;

const scratch = new Color();

/** See the file comment. */
export class PresentPass extends RenderPassShaderQuad {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #picture: Texture;
    /** Radiance around a scene without a sky; null: the sky is seen. */
    around: readonly [number, number, number] | null = null;
    readonly #around = new Float32Array(4);
    readonly #clear = new Float32Array(4);
    readonly #viewport = new Vec4();
    /** What stood in this pass' place: the passes of the engine's CameraFrame, or nothing. */
    #replaced: CameraComponent['framePasses'] = [];
    #linear = false;
    #key = '';

    /**
     * @param picture - Linear colour, rgba16float, of any size.
     */
    constructor(app: AppBase, camera: CameraComponent, picture: Texture) {
        super(app.graphicsDevice);
        this.#app = app;
        this.#camera = camera;
        this.#picture = picture;
        this.init(camera.renderTarget ?? null);
        this.setClearDepth(1);
        this.setClearStencil(0);
    }

    /** Takes the place of what the camera renders; what a CameraFrame renders waits meanwhile. */
    attach(): void {
        const passes = this.#camera.framePasses;
        if (passes?.includes(this)) return;
        this.#replaced = passes ?? [];
        this.#camera.framePasses = [this];
    }

    /** Gives the camera its own picture back, if this pass has its place. */
    detach(): void {
        if (!this.#camera.framePasses?.includes(this)) return;
        this.#camera.framePasses = this.#replaced;
        this.#replaced = [];
    }

    override frameUpdate(): void {
        super.frameUpdate();
        const target = this.renderTarget ?? this.device.backBuffer;
        const srgb = target?.isColorBufferSrgb(0) ?? false;
        const gamma = !srgb && this.#camera.gammaCorrection === GAMMA_SRGB ? 'SRGB' : 'NONE';
        this.#linear = gamma === 'NONE';
        const tonemap = tonemapNames[this.#camera.toneMapping] ?? 'LINEAR';
        const key = `MixreelPresent-${tonemap}-${gamma}`;
        if (key === this.#key) return;
        this.#key = key;
        this.shader = ShaderUtils.createShader(this.device, {
            uniqueName: key,
            attributes: { aPosition: SEMANTIC_POSITION },
            vertexChunk: 'quadVS',
            fragmentWGSL: FRAGMENT,
            fragmentDefines: new Map([
                ['TONEMAP', tonemap],
                ['GAMMA', gamma]
            ])
        });
    }

    override execute(): void {
        const { width, height } = this.renderTarget ?? this.device;
        const rect = rectOfCamera(this.#camera, width, height);
        this.viewport = rect ? this.#viewport.set(rect.x, rect.y, rect.widthPx, rect.heightPx) : undefined;
        const { scope } = this.device;
        const { scene } = this.#app;
        const camera = this.#camera.camera as unknown as { getExposure(): number };
        scope.resolve('exposure').setValue(scene.physicalUnits ? camera.getExposure() : scene.exposure);
        const { clearColor } = this.#camera;
        this.#around.set(this.around ? [...this.around, 1] : [0, 0, 0, 0]);
        const { r, g, b, a } = this.#linear ? scratch.linear(clearColor) : clearColor;
        this.#clear.set([r, g, b, a]);
        scope.resolve('mixreelAround').setValue(this.#around);
        scope.resolve('mixreelClear').setValue(this.#clear);
        scope.resolve('mixreelPicture').setValue(this.#picture);
        scope.resolve('mixreelFlipY').setValue(this.renderTarget?.flipY ? 1 : 0);
        super.execute();
    }

    /**
     * Called by a CameraFrame that is switched off while this pass stands in its place: it destroys whatever passes the camera has and empties the list.
     * It means its own.
     */
    override destroy(): void {
        for (const pass of this.#replaced ?? []) pass.destroy();
        this.#replaced = [];
    }

    /** Gives the camera its own picture back; frees the quad's uniform buffer and bind group. */
    release(): void {
        this.detach();
        this.quadRender?.destroy();
        this.quadRender = null;
        super.destroy();
    }
}
