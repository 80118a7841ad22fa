/** The graphics state of pbrt: what holds for the next shape, the blocks that save it, and the directives on its transform. */
import type { SurfaceMaterial } from '../convert/bsdf.ts';
import {
    IDENTITY,
    invert,
    lookAt,
    type Mat4,
    multiply,
    rotation,
    scaling,
    translation,
    type Vec3
} from '../convert/mat4.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { brokenPbrt, describe, type PbrtLexer } from './pbrt-lexer.ts';
import type { AreaLight } from './pbrt-lights.ts';

export interface GraphicsState {
    readonly transform: Mat4;
    readonly material: SurfaceMaterial;
    /** What shapes emit. */
    readonly light: AreaLight | undefined;
    /** What absorbs light inside of shapes. */
    readonly absorption: Vec3 | undefined;
    readonly reverse: boolean;
}

/** What pbrt uses where a shape has no material. */
export const DEFAULT_MATERIAL: SurfaceMaterial = {
    name: 'default',
    bsdf: { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } }
};

const START: GraphicsState = {
    transform: IDENTITY,
    material: DEFAULT_MATERIAL,
    light: undefined,
    absorption: undefined,
    reverse: false
};
const MAX_STATE_DEPTH = 1024;

export class GraphicsStack {
    readonly #report: ReportBuilder;
    readonly #systems = new Map<string, Mat4>();
    readonly #stack: GraphicsState[] = [];
    #state: GraphicsState = START;

    constructor(report: ReportBuilder) {
        this.#report = report;
    }

    get state(): GraphicsState {
        return this.#state;
    }

    set(change: Partial<GraphicsState>): void {
        this.#state = { ...this.#state, ...change };
    }

    /** The transform of the camera becomes the coordinate system of that name. */
    nameCamera(): void {
        this.#systems.set('camera', invert(this.#state.transform));
    }

    push(line: number): void {
        if (this.#stack.length >= MAX_STATE_DEPTH)
            throw brokenPbrt(line, 'too many nested blocks', `${MAX_STATE_DEPTH}`);
        this.#stack.push(this.#state);
    }

    /** Back to what was saved last; false if nothing was. */
    pop(): boolean {
        const saved = this.#stack.pop();
        this.#state = saved ?? this.#state;
        return saved !== undefined;
    }

    /** Reads a directive on blocks, transforms or sides; false for every other. */
    read(directive: string, lexer: PbrtLexer): boolean {
        switch (directive) {
            case 'AttributeBegin':
            case 'TransformBegin':
                this.push(lexer.line);
                return true;
            case 'AttributeEnd':
            case 'TransformEnd': {
                const { line } = lexer;
                const current = this.#state;
                if (!this.pop())
                    throw brokenPbrt(line, `${directive} without a beginning`, 'as many ends as beginnings');
                if (directive === 'TransformEnd') this.#state = { ...current, transform: this.#state.transform };
                return true;
            }
            case 'WorldBegin':
                this.#systems.set('world', IDENTITY);
                this.#state = START;
                return true;
            case 'ReverseOrientation':
                this.set({ reverse: !this.#state.reverse });
                return true;
            case 'CoordinateSystem':
                this.#systems.set(lexer.string(), this.#state.transform);
                return true;
            case 'CoordSysTransform': {
                const name = lexer.string();
                const found = this.#systems.get(name);
                if (found) this.set({ transform: found });
                else this.#report.unsupported(`coordinate system "${name}", which is not defined`);
                return true;
            }
            case 'Identity':
                this.set({ transform: IDENTITY });
                return true;
            case 'Transform':
                this.set({ transform: bracketed(lexer) });
                return true;
            default: {
                const step = readStep(directive, lexer);
                if (step) this.set({ transform: multiply(this.#state.transform, step) });
                return step !== undefined;
            }
        }
    }
}

/** A directive that acts before the current transform, as a matrix. */
function readStep(directive: string, lexer: PbrtLexer): Mat4 | undefined {
    const vector = (): Vec3 => [lexer.number(), lexer.number(), lexer.number()];
    switch (directive) {
        case 'Translate':
            return translation(...vector());
        case 'Scale':
            return scaling(...vector());
        case 'Rotate': {
            const angle = lexer.number();
            return rotation(angle, vector());
        }
        case 'LookAt': {
            const [eye, target, up] = [vector(), vector(), vector()];
            return invert(lookAt(eye, target, up));
        }
        case 'ConcatTransform':
            return bracketed(lexer);
        default:
            return undefined;
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
