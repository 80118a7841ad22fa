/**
 * Shows the traced picture in place of a camera's own, with the camera's tone mapping and gamma: the engine's own shader
 * chunks, so that both pictures match. `FramePass` and its subclasses are exported by the engine but not documented (2.23.3):
 * this file is the only one that uses them.
 */
import {
    type AppBase,
    type CameraComponent,
    GAMMA_SRGB,
    RenderPassShaderQuad,
    SEMANTIC_POSITION,
    ShaderUtils,
    type Texture,
    tonemapNames
} from 'playcanvas';

const FRAGMENT = `
#include "tonemappingPS"
#include "gammaPS"
varying uv0: vec2f;
var mixreelPicture: texture_2d<f32>;
var mixreelPictureSampler: sampler;
uniform mixreelFlipY: f32;
@fragment
fn fragmentMain(input: FragmentInput) -> FragmentOutput {
    var output: FragmentOutput;
    let uv = vec2f(uv0.x, mix(uv0.y, 1.0 - uv0.y, uniform.mixreelFlipY));
    let traced = textureSampleLevel(mixreelPicture, mixreelPictureSampler, uv, 0.0);
    output.color = vec4f(gammaCorrectOutput(toneMap(max(vec3f(0.0), traced.rgb))), 1.0);
    return output;
}
`;

/** See the file comment. */
export class PresentPass extends RenderPassShaderQuad {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #picture: Texture;
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

    /** Takes the place of what the camera renders. */
    attach(): void {
        this.#camera.framePasses = [this];
    }

    /** Gives the camera its own picture back, if this pass has its place. */
    detach(): void {
        if (this.#camera.framePasses?.includes(this)) this.#camera.framePasses = [];
    }

    override frameUpdate(): void {
        super.frameUpdate();
        const target = this.renderTarget ?? this.device.backBuffer;
        const srgb = target?.isColorBufferSrgb(0) ?? false;
        const gamma = !srgb && this.#camera.gammaCorrection === GAMMA_SRGB ? 'SRGB' : 'NONE';
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
        const { scope } = this.device;
        const { scene } = this.#app;
        const camera = this.#camera.camera as unknown as { getExposure(): number };
        scope.resolve('exposure').setValue(scene.physicalUnits ? camera.getExposure() : scene.exposure);
        scope.resolve('mixreelPicture').setValue(this.#picture);
        scope.resolve('mixreelFlipY').setValue(this.renderTarget?.flipY ? 1 : 0);
        super.execute();
    }

    /** Frees the quad's uniform buffer and bind group. */
    override destroy(): void {
        this.detach();
        this.quadRender?.destroy();
        this.quadRender = null;
        super.destroy();
    }
}
