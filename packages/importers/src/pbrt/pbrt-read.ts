/**
 * pbrt scenes (v3 and v4 syntax; Pharr, Jakob, Humphreys, "Physically Based Rendering", file format appendix) to glTF. The
 * graphics state is walked as pbrt walks it; what glTF cannot say goes to the report. pbrt is left-handed: scenes whose camera
 * transform does not mirror them back get one mirroring node at the root. One class in one file, though long: every directive
 * reads or changes the same graphics state.
 */
import { throwIfAborted } from '@mixreel/core';
import type { SurfaceMaterial } from '../convert/bsdf.ts';
import { decodeText, ImportContext } from '../convert/import-context.ts';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import {
    determinant,
    IDENTITY,
    invert,
    lookAt,
    type Mat4,
    multiply,
    rotation,
    scaling,
    transformPoint,
    translation,
    type Vec3
} from '../convert/mat4.ts';
import type { Emission } from '../convert/scene-builder.ts';
import { faceShadingNormals, flipWinding, type TriangleMesh } from '../convert/triangle-mesh.ts';
import { brokenPbrt, describe, PbrtLexer } from './pbrt-lexer.ts';
import { addPbrtLight, addPbrtSky, radianceOf } from './pbrt-lights.ts';
import { type MaterialScope, type PbrtTexture, readMaterial, readTexture } from './pbrt-materials.ts';
import { Parameters } from './pbrt-parameters.ts';
import { PbrtShapes } from './pbrt-shapes.ts';

interface GraphicsState {
    readonly transform: Mat4;
    readonly material: SurfaceMaterial;
    readonly emission: Emission | undefined;
    readonly reverse: boolean;
}

interface ObjectShape {
    readonly mesh: TriangleMesh;
    readonly state: GraphicsState;
}

const GREY: SurfaceMaterial = { name: 'default', bsdf: { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } } };
const MAX_INCLUDE_DEPTH = 32;
const MAX_STATE_DEPTH = 1024;
/** Directives that only steer the renderer. */
const WITHOUT_EFFECT = new Set([
    'Sampler',
    'PixelFilter',
    'Integrator',
    'SurfaceIntegrator',
    'Accelerator',
    'Renderer'
]);

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
    readonly #systems = new Map<string, Mat4>();
    readonly #objects = new Map<string, ObjectShape[]>();
    readonly #scope: MaterialScope;
    readonly #stack: GraphicsState[] = [];
    readonly #skies: { readonly parameters: Parameters; readonly transform: Mat4 }[] = [];
    #object: ObjectShape[] | undefined;
    #state: GraphicsState = { transform: IDENTITY, material: GREY, emission: undefined, reverse: false };
    #film: { widthPx: number; heightPx: number } = { widthPx: 1280, heightPx: 720 };
    #camera: { type: string; parameters: Parameters; worldToCamera: Mat4 } | undefined;
    #count: number = 0;

    constructor(context: ImportContext, version: 3 | 4) {
        this.#context = context;
        this.#shapes = new PbrtShapes(context.files, context.report);
        this.#scope = { textures: this.#textures, materials: this.#materials, report: context.report, version };
    }

    async read(lexer: PbrtLexer, depth: number): Promise<void> {
        for (let token = lexer.next(); token; token = lexer.next()) {
            if (token.kind !== 'word') throw brokenPbrt(token.line, describe(token), 'a directive');
            throwIfAborted(this.#context.options.progress, 'reading the scene');
            if (token.text === 'Include' || token.text === 'Import') await this.#include(lexer, depth);
            else if (!this.#transform(token.text, lexer)) await this.#directive(token.text, lexer, token.line);
        }
    }

    async #include(lexer: PbrtLexer, depth: number): Promise<void> {
        const name = lexer.string();
        if (depth >= MAX_INCLUDE_DEPTH)
            throw brokenPbrt(lexer.line, `"${name}" is included within itself`, 'no circle');
        const bytes = await this.#context.files.file(name);
        await this.read(new PbrtLexer(decodeText(bytes, 'pbrt')), depth + 1);
    }

    /** Directives on the current transform; false for every other. */
    #transform(directive: string, lexer: PbrtLexer): boolean {
        const numbers = (count: number) => Array.from({ length: count }, () => lexer.number());
        const vectors = (count: number) => Array.from({ length: count }, () => numbers(3) as unknown as Vec3);
        const apply = (matrix: Mat4) => this.#set({ transform: multiply(this.#state.transform, matrix) });
        switch (directive) {
            case 'Identity':
                this.#set({ transform: IDENTITY });
                return true;
            case 'Translate':
                apply(translation(...(numbers(3) as unknown as Vec3)));
                return true;
            case 'Scale':
                apply(scaling(...(numbers(3) as unknown as Vec3)));
                return true;
            case 'Rotate': {
                const angle = lexer.number();
                apply(rotation(angle, vectors(1)[0]!));
                return true;
            }
            case 'LookAt': {
                const [eye, target, up] = vectors(3) as [Vec3, Vec3, Vec3];
                apply(invert(lookAt(eye, target, up)));
                return true;
            }
            case 'Transform':
                this.#set({ transform: bracketed(lexer) });
                return true;
            case 'ConcatTransform':
                apply(bracketed(lexer));
                return true;
            case 'CoordinateSystem':
                this.#systems.set(lexer.string(), this.#state.transform);
                return true;
            case 'CoordSysTransform': {
                const name = lexer.string();
                const found = this.#systems.get(name);
                if (found) this.#set({ transform: found });
                else this.#context.report.unsupported(`coordinate system "${name}", which is not defined`);
                return true;
            }
            default:
                return false;
        }
    }

    #set(change: Partial<GraphicsState>): void {
        this.#state = { ...this.#state, ...change };
    }

    async #directive(directive: string, lexer: PbrtLexer, line: number): Promise<void> {
        const { report } = this.#context;
        switch (directive) {
            case 'AttributeBegin':
            case 'TransformBegin':
                if (this.#stack.length >= MAX_STATE_DEPTH)
                    throw brokenPbrt(line, 'too many nested blocks', `${MAX_STATE_DEPTH}`);
                this.#stack.push(this.#state);
                return;
            case 'AttributeEnd':
            case 'TransformEnd': {
                const saved = this.#stack.pop();
                if (!saved) throw brokenPbrt(line, `${directive} without a beginning`, 'as many ends as beginnings');
                this.#state = directive === 'AttributeEnd' ? saved : { ...this.#state, transform: saved.transform };
                return;
            }
            case 'ObjectBegin':
                this.#objects.set(lexer.string(), (this.#object = []));
                this.#stack.push(this.#state);
                return;
            case 'ObjectEnd':
                this.#object = undefined;
                this.#state = this.#stack.pop() ?? this.#state;
                return;
            case 'ObjectInstance':
                return this.#instance(lexer.string());
            case 'ReverseOrientation':
                this.#set({ reverse: !this.#state.reverse });
                return;
            case 'WorldBegin':
                this.#systems.set('world', IDENTITY);
                this.#state = { transform: IDENTITY, material: GREY, emission: undefined, reverse: false };
                return;
            case 'WorldEnd':
                return;
            case 'NamedMaterial': {
                const name = lexer.string();
                const material = this.#materials.get(name);
                if (!material) report.unsupported(`material "${name}", which is not defined`, 'grey');
                this.#set({ material: material ?? GREY });
                return;
            }
            case 'ColorSpace':
                if (lexer.string() !== 'srgb') report.approximate('colour space other than sRGB', 'sRGB');
                return;
            case 'MediumInterface':
                report.unsupported('participating medium');
                lexer.string();
                if (lexer.peek()?.kind === 'string') lexer.string();
                return;
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
            lexer.string();
            const className = lexer.string();
            this.#textures.set(type, readTexture(className, type, Parameters.read(lexer), this.#scope));
            return;
        }
        const parameters = Parameters.read(lexer);
        switch (directive) {
            case 'Film':
                this.#film = {
                    widthPx: parameters.number('xresolution', 1280),
                    heightPx: parameters.number('yresolution', 720)
                };
                return;
            case 'Camera':
                this.#camera = { type, parameters, worldToCamera: this.#state.transform };
                this.#systems.set('camera', invert(this.#state.transform));
                return;
            case 'Material':
                this.#set({ material: readMaterial(type, '', parameters, this.#scope) });
                return;
            case 'MakeNamedMaterial':
                this.#materials.set(type, readMaterial(parameters.text('type', ''), type, parameters, this.#scope));
                return;
            case 'AreaLightSource':
                this.#set({ emission: this.#emission(type, parameters) });
                return;
            case 'LightSource':
                if (type === 'infinite') this.#skies.push({ parameters, transform: this.#state.transform });
                else addPbrtLight(this.#context, type, parameters, this.#state.transform);
                return;
            case 'Shape':
                return this.#shape(type, parameters, line);
            case 'Attribute':
                if (parameters.names.length > 0) report.unsupported(`default attributes of "${type}"`);
                return;
            default:
                if (!WITHOUT_EFFECT.has(directive)) report.unsupported(`directive ${directive} "${type}"`);
        }
    }

    #emission(type: string, parameters: Parameters): Emission | undefined {
        const { report } = this.#context;
        if (type !== 'diffuse' && type !== 'area') {
            report.unsupported(`area light "${type}"`);
            return undefined;
        }
        if (parameters.get('filename')) report.unsupported('picture on an area light', 'its colour alone');
        return { radiance: radianceOf('L', parameters, report), twoSided: parameters.truth('twosided', false) };
    }

    async #shape(type: string, parameters: Parameters, line: number): Promise<void> {
        const read = await this.#shapes.read(type, parameters, line);
        if (!read) return;
        const { emission, reverse } = this.#state;
        let mesh = read;
        // Only the side that emits can be seen: what scatters does so on both sides.
        if (emission) mesh = faceShadingNormals(mesh);
        if (emission && reverse) mesh = flipWinding(mesh);
        if (this.#object) this.#object.push({ mesh, state: this.#state });
        else await this.#place(mesh, this.#state, this.#state.transform);
    }

    async #instance(name: string): Promise<void> {
        const shapes = this.#objects.get(name);
        if (!shapes) {
            this.#context.report.unsupported(`object "${name}", which is not defined`);
            return;
        }
        for (const { mesh, state } of shapes) {
            await this.#place(mesh, state, multiply(this.#state.transform, state.transform));
        }
    }

    async #place(mesh: TriangleMesh, state: GraphicsState, matrix: Mat4): Promise<void> {
        const name = `${state.material.name} ${this.#count++}`;
        await this.#context.builder.place(name, mesh, state.material, state.emission, matrix);
        this.#context.options.progress?.report?.(this.#count, this.#count, 'reading shapes');
    }

    /** True when the scene has to be mirrored to be right-handed. */
    get #mirrored(): boolean {
        return this.#camera !== undefined && determinant(this.#camera.worldToCamera) > 0;
    }

    #worldMatrix(matrix: Mat4): Mat4 {
        return this.#mirrored ? multiply(scaling(1, 1, -1), matrix) : matrix;
    }

    /** Adds what hangs on the camera: the view, whose field needs the film, the mirror and the sky. */
    async finish(): Promise<void> {
        for (const { parameters, transform } of this.#skies) {
            await addPbrtSky(this.#context, parameters, this.#worldMatrix(transform));
        }
        this.#addCamera();
    }

    #addCamera(): void {
        const { builder, options, report } = this.#context;
        if (!this.#camera) {
            report.unsupported('view: the scene has no camera', 'none');
            return;
        }
        if (this.#mirrored) builder.mirror();
        const { type, parameters, worldToCamera } = this.#camera;
        if (type !== 'perspective') report.approximate(`camera "${type}"`, 'a perspective one');
        const film = options.film ?? this.#film;
        const aspect = film.widthPx / film.heightPx;
        // The field of view is that of the shorter side.
        const half = Math.tan((parameters.number('fov', 90) * Math.PI) / 360);
        const yfovRad = 2 * Math.atan(aspect >= 1 ? half : half / aspect);
        if (parameters.get('screenwindow')) report.unsupported('screen window');
        // pbrt's cameras look along +z with x to the right, glTF's along -z.
        const matrix = this.#worldMatrix(multiply(invert(worldToCamera), scaling(1, 1, -1)));
        const lensRadius = parameters.number('lensradius', 0);
        const at = transformPoint(matrix, [0, 0, 0]);
        if (!at.every(Number.isFinite)) throw brokenPbrt(0, 'the camera is nowhere', 'a finite transform');
        builder.addCamera({
            name: 'camera',
            matrix,
            yfovRad,
            ...film,
            ...(lensRadius > 0 ? { lensRadius, focusDistance: parameters.number('focaldistance', 1e6) } : {})
        });
    }
}

/** Sixteen numbers in brackets, column by column. */
function bracketed(lexer: PbrtLexer): Mat4 {
    const open = lexer.next();
    if (open?.kind !== '[') throw brokenPbrt(lexer.line, describe(open), '"["');
    const matrix = Array.from({ length: 16 }, () => lexer.number());
    const close = lexer.next();
    if (close?.kind !== ']') throw brokenPbrt(lexer.line, describe(close), '"]"');
    return matrix;
}
