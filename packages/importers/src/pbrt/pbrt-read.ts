/**
 * pbrt scenes (v3 and v4 syntax; Pharr, Jakob, Humphreys, "Physically Based Rendering", file format appendix) to glTF. The
 * graphics state is walked as pbrt walks it; what glTF cannot say goes to the report. pbrt is left-handed: scenes whose camera
 * transform does not mirror them back get one mirroring node at the root.
 */
import { MixreelError, throwIfAborted } from '@mixreel/core';
import type { SurfaceMaterial } from '../convert/bsdf.ts';
import { flatColor } from '../convert/checkers.ts';
import { decodeText, ImportContext } from '../convert/import-context.ts';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import { type Mat4, multiply } from '../convert/mat4.ts';
import { faceShadingNormals, flipWinding, type TriangleMesh } from '../convert/triangle-mesh.ts';
import { addPbrtCamera, isMirrored, MIRROR, type PbrtCamera } from './pbrt-camera.ts';
import { DEFAULT_MATERIAL, GraphicsStack, type GraphicsState } from './pbrt-graphics-state.ts';
import { brokenPbrt, describe, PbrtLexer } from './pbrt-lexer.ts';
import { addPbrtLight, addPbrtSky, readAreaLight, shineOf } from './pbrt-lights.ts';
import { readMaterial } from './pbrt-materials.ts';
import { PbrtMedia } from './pbrt-media.ts';
import { Parameters } from './pbrt-parameters.ts';
import { PbrtShapes } from './pbrt-shapes.ts';
import { type MaterialScope, type PbrtTexture, readTexture } from './pbrt-textures.ts';

interface ObjectShape {
    readonly mesh: TriangleMesh;
    readonly state: GraphicsState;
}

const MAX_INCLUDE_DEPTH = 32;
/** Directives that only steer the renderer. */
const WITHOUT_EFFECT = new Set(['Sampler', 'PixelFilter', 'Accelerator', 'Renderer']);

/** What a film may say of the picture beside its size. */
const CHANGES_PICTURE = ['cropwindow', 'pixelbounds', 'scale', 'imagingratio', 'exposuretime', 'iso', 'whitebalance'];

/** Reads a pbrt scene and the files it names. Throws `bad-input` or `limit-exceeded`. */
export async function readPbrt(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedScene> {
    const context = new ImportContext(options);
    const text = decodeText(bytes, 'pbrt');
    const reader = new PbrtReader(context, /^\s*WorldEnd\b/m.test(text) ? 3 : 4);
    await reader.read(new PbrtLexer(text), 0);
    await reader.finish();
    return context.finish();
}

class PbrtReader {
    readonly #context: ImportContext;
    readonly #shapes: PbrtShapes;
    readonly #textures = new Map<string, PbrtTexture>();
    readonly #materials = new Map<string, SurfaceMaterial>();
    readonly #objects = new Map<string, ObjectShape[]>();
    readonly #scope: MaterialScope;
    readonly #graphics: GraphicsStack;
    readonly #media: PbrtMedia;
    readonly #skies: { readonly parameters: Parameters; readonly transform: Mat4 }[] = [];
    #object: ObjectShape[] | undefined;
    #film: { widthPx: number; heightPx: number } = { widthPx: 1280, heightPx: 720 };
    #camera: PbrtCamera | undefined;
    #count: number = 0;

    constructor(context: ImportContext, version: 3 | 4) {
        this.#context = context;
        this.#shapes = new PbrtShapes(context.files, context.report);
        this.#graphics = new GraphicsStack(context.report);
        this.#media = new PbrtMedia(context.report);
        this.#scope = { textures: this.#textures, materials: this.#materials, report: context.report, version };
    }

    async read(lexer: PbrtLexer, depth: number): Promise<void> {
        for (let token = lexer.next(); token; token = lexer.next()) {
            if (token.kind !== 'word') throw brokenPbrt(token.line, describe(token), 'a directive');
            throwIfAborted(this.#context.options.progress, 'reading the scene');
            if (token.text === 'Include' || token.text === 'Import') await this.#include(lexer, depth);
            else if (!this.#graphics.read(token.text, lexer)) await this.#directive(token.text, lexer, token.line);
        }
    }

    async #include(lexer: PbrtLexer, depth: number): Promise<void> {
        const name = lexer.string();
        if (depth >= MAX_INCLUDE_DEPTH)
            throw brokenPbrt(lexer.line, `"${name}" is included within itself`, 'no circle');
        const bytes = await this.#context.include(name);
        await this.read(new PbrtLexer(decodeText(bytes, 'pbrt')), depth + 1);
    }

    async #directive(directive: string, lexer: PbrtLexer, line: number): Promise<void> {
        const { report } = this.#context;
        switch (directive) {
            case 'ObjectBegin':
                this.#objects.set(lexer.string(), (this.#object = []));
                this.#graphics.push(line);
                return;
            case 'ObjectEnd':
                this.#object = undefined;
                this.#graphics.pop();
                return;
            case 'ObjectInstance':
                return this.#instance(lexer.string());
            case 'WorldEnd':
                return;
            case 'NamedMaterial': {
                const name = lexer.string();
                const material = this.#materials.get(name);
                if (!material) report.unsupported(`material "${name}", which is not defined`, 'grey');
                this.#graphics.set({ material: material ?? DEFAULT_MATERIAL });
                return;
            }
            case 'ColorSpace':
                if (lexer.string() !== 'srgb') report.approximate('colour space other than sRGB', 'sRGB');
                return;
            case 'MediumInterface': {
                const inside = lexer.string();
                const outside = lexer.peek()?.kind === 'string' ? lexer.string() : inside;
                this.#graphics.set({ absorption: this.#media.between(inside, outside) });
                return;
            }
            case 'TransformTimes':
                lexer.number();
                lexer.number();
                return;
            case 'ActiveTransform':
                report.approximate('moving transforms', 'the last one given');
                lexer.next();
                return;
            default:
                return this.#withParameters(directive, lexer, line);
        }
    }

    /** Directives of the form `Name "type" parameters`. */
    async #withParameters(directive: string, lexer: PbrtLexer, line: number): Promise<void> {
        const { report } = this.#context;
        if (directive === 'Option') {
            Parameters.read(lexer);
            return;
        }
        if (!/^[A-Z]/.test(directive)) throw brokenPbrt(line, `"${directive}"`, 'a directive');
        const type = lexer.string();
        if (directive === 'Texture') {
            const isData = lexer.string() === 'float';
            const className = lexer.string();
            this.#textures.set(type, readTexture(className, type, Parameters.read(lexer), this.#scope, isData));
            return;
        }
        const parameters = Parameters.read(lexer);
        await parameters.readSpectra((file) => this.#spectrum(file));
        switch (directive) {
            case 'Film':
                for (const name of CHANGES_PICTURE) {
                    if (parameters.get(name)) report.unsupported(`film: ${name}`);
                }
                this.#film = {
                    widthPx: parameters.number('xresolution', 1280),
                    heightPx: parameters.number('yresolution', 720)
                };
                return;
            case 'Camera':
                this.#camera = { type, parameters, worldToCamera: this.#graphics.state.transform };
                this.#graphics.nameCamera();
                return;
            case 'Material':
                this.#graphics.set({ material: readMaterial(type, '', parameters, this.#scope) });
                return;
            case 'MakeNamedMaterial':
                this.#materials.set(type, readMaterial(parameters.text('type', ''), type, parameters, this.#scope));
                return;
            case 'MakeNamedMedium':
                this.#media.add(type, parameters);
                parameters.tellUnread(`medium "${type}"`, report);
                return;
            case 'AreaLightSource':
                this.#graphics.set({ light: readAreaLight(type, parameters, this.#scope) });
                parameters.tellUnread(`area light "${type}"`, report);
                return;
            case 'LightSource': {
                const { transform } = this.#graphics.state;
                if (type === 'infinite') this.#skies.push({ parameters, transform });
                else {
                    addPbrtLight(this.#context, type, parameters, transform, this.#scope.version);
                    parameters.tellUnread(`light "${type}"`, report);
                }
                return;
            }
            case 'Shape':
                return this.#shape(type, parameters, line);
            case 'Attribute':
                if (parameters.names.length > 0) report.unsupported(`default attributes of "${type}"`);
                return;
            case 'Integrator':
            case 'SurfaceIntegrator':
                // How far light is followed, and how often, is for who renders to say.
                for (const name of parameters.names.filter(
                    (each) => !['maxdepth', 'spp', 'rrthreshold'].includes(each)
                )) {
                    report.unsupported(`integrator "${type}": ${name}`, "the renderer's own");
                }
                return;
            default:
                if (!WITHOUT_EFFECT.has(directive)) report.unsupported(`directive ${directive} "${type}"`);
        }
    }

    /** Pairs of wavelength and value from a file of lines, `#` to their end a comment; undefined if it holds none. */
    async #spectrum(name: string): Promise<readonly number[] | undefined> {
        const { report, files } = this.#context;
        let bytes: Uint8Array;
        try {
            bytes = await files.file(name);
        } catch (error) {
            if (error instanceof MixreelError && error.code === 'aborted') throw error;
            report.unsupported(`spectrum "${name}": no such file`);
            return undefined;
        }
        const lines = decodeText(bytes, 'spd').replaceAll(/#.*/g, '');
        const numbers = lines.split(/\s+/).filter(Boolean).map(Number);
        if (numbers.length >= 2 && numbers.length % 2 === 0 && numbers.every(Number.isFinite)) return numbers;
        report.unsupported(`spectrum "${name}": not pairs of wavelength and value`);
        return undefined;
    }

    async #shape(type: string, parameters: Parameters, line: number): Promise<void> {
        const read = await this.#shapes.read(type, parameters, line);
        if (!read) return;
        const { light, reverse } = this.#graphics.state;
        let mesh = read;
        // Only the side that emits can be seen: what scatters does so on both sides.
        if (light) mesh = faceShadingNormals(mesh);
        if (light && reverse) mesh = flipWinding(mesh);
        const state = this.#covered(type, parameters);
        parameters.tellUnread(`shape "${type}"`, this.#context.report);
        if (this.#object) this.#object.push({ mesh, state });
        else await this.#place(mesh, state, state.transform);
    }

    /** The state with the shape's own coverage. */
    #covered(type: string, parameters: Parameters): GraphicsState {
        const { state } = this.#graphics;
        const alpha = parameters.get('alpha');
        if (!alpha) return state;
        const texture = alpha.type === 'texture' ? this.#textures.get(alpha.texts[0] ?? '') : undefined;
        if (alpha.type === 'texture' && !texture) {
            this.#context.report.unsupported(`alpha of a ${type}: texture "${alpha.texts[0]}"`);
            return state;
        }
        const picture = typeof texture?.picture === 'string' ? texture.picture : undefined;
        const value = texture ? flatColor(texture)[0] : parameters.number('alpha', 1);
        if (typeof texture?.picture === 'object')
            this.#context.report.approximate(`alpha of a ${type}: checkerboard`, 'its mean');
        return { ...state, material: { ...state.material, opacity: picture === undefined ? { value } : { picture } } };
    }

    async #instance(name: string): Promise<void> {
        const shapes = this.#objects.get(name);
        if (!shapes) {
            this.#context.report.unsupported(`object "${name}", which is not defined`);
            return;
        }
        for (const { mesh, state } of shapes) {
            await this.#place(mesh, state, multiply(this.#graphics.state.transform, state.transform));
        }
    }

    async #place(mesh: TriangleMesh, state: GraphicsState, matrix: Mat4): Promise<void> {
        const name = `${state.material.name} ${this.#count++}`;
        const material = state.absorption ? { ...state.material, absorption: state.absorption } : state.material;
        const emission = state.light && shineOf(state.light, mesh, matrix, this.#context.report);
        await this.#context.builder.place(name, mesh, material, emission, matrix);
        this.#context.options.progress?.report?.(this.#count, this.#count, 'reading shapes');
    }

    /** Adds what hangs on the camera: the view, whose field needs the film, the mirror and the sky. */
    async finish(): Promise<void> {
        const mirrored = this.#camera !== undefined && isMirrored(this.#camera);
        for (const { parameters, transform } of this.#skies) {
            const toWorld = mirrored ? multiply(MIRROR, transform) : transform;
            await addPbrtSky(this.#context, parameters, toWorld, this.#scope.version);
            parameters.tellUnread('light "infinite"', this.#context.report);
        }
        if (this.#camera) {
            addPbrtCamera(this.#context, this.#camera, this.#film);
            this.#camera.parameters.tellUnread(`camera "${this.#camera.type}"`, this.#context.report);
        } else this.#context.report.unsupported('view: the scene has no camera', 'none');
    }
}
