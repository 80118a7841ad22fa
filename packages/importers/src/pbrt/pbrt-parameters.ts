/** The parameter list of a pbrt directive, and what its values mean. */

import type { Vec3 } from '../convert/mat4.ts';
import { findMetal } from '../convert/metals.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { blackbody, linearSrgb, sampled } from '../convert/spectrum.ts';
import { brokenPbrt, describe, type PbrtLexer } from './pbrt-lexer.ts';

/** One parameter: numbers, texts or truths. */
export interface Parameter {
    readonly type: string;
    readonly numbers: readonly number[] | Float64Array;
    readonly texts: readonly string[];
    readonly line: number;
}

const MAX_VALUES = 2 ** 28;
/** What the picture does not depend on, or not as we render it. */
const WITHOUT_EFFECT = new Set([
    'focaldistance',
    'maxanisotropy',
    'nsamples',
    'remaproughness',
    'samples',
    'shutterclose',
    'shutteropen',
    'trilinear',
    'type'
]);

/** Temperatures of v4's named light spectra, K; D65 is white. */
const ILLUMINANTS: ReadonlyMap<string, number> = new Map([
    ['stdillum-A', 2856],
    ['stdillum-D50', 5003]
]);

export class Parameters {
    readonly #values = new Map<string, Parameter>();
    readonly #read = new Set<string>();

    /** Reads `"type name" value…` as long as there are any. */
    static read(lexer: PbrtLexer): Parameters {
        const parameters = new Parameters();
        for (let token = lexer.peek(); token?.kind === 'string'; token = lexer.peek()) {
            const line = token.line;
            const [type, name, ...rest] = lexer.string().trim().split(/\s+/);
            if (!type || !name || rest.length > 0) throw brokenPbrt(line, describe(token), '"type name"');
            parameters.#values.set(name, { type, line, ...readValues(lexer) });
        }
        return parameters;
    }

    get names(): readonly string[] {
        return [...this.#values.keys()];
    }

    get(name: string): Parameter | undefined {
        this.#read.add(name);
        return this.#values.get(name);
    }

    /** Numbers in place of what was given, where something was. */
    set(names: readonly string[], value: number): void {
        for (const name of names) {
            const given = this.#values.get(name);
            if (given) this.#values.set(name, { ...given, type: 'float', numbers: [value], texts: [] });
        }
    }

    /** Nothing is told as unread: for directives of which the report names the whole. */
    readAll(): void {
        for (const name of this.names) this.#read.add(name);
    }

    /** Tells the parameters that nobody has asked for, so that nothing is left out in silence. */
    tellUnread(where: string, report: ReportBuilder): void {
        for (const name of this.names) {
            if (!this.#read.has(name) && !WITHOUT_EFFECT.has(name)) report.unsupported(`${where}: ${name}`);
        }
    }

    /**
     * Puts the numbers of the files that spectra name in their places. Metals that are known by name are not read; a spectrum whose
     * file is not read stays a name, of which the report tells.
     */
    async readSpectra(load: (name: string) => Promise<readonly number[] | undefined>): Promise<void> {
        for (const [name, parameter] of this.#values) {
            const file = parameter.type === 'spectrum' ? parameter.texts[0] : undefined;
            if (file === undefined || !/\.spd$/i.test(file)) continue;
            const numbers = await load(file);
            if (numbers) this.#values.set(name, { ...parameter, numbers, texts: [] });
        }
    }

    number(name: string, otherwise: number): number {
        return this.get(name)?.numbers[0] ?? otherwise;
    }

    text(name: string, otherwise: string): string {
        return this.get(name)?.texts[0] ?? otherwise;
    }

    truth(name: string, otherwise: boolean): boolean {
        const text = this.get(name)?.texts[0];
        return text === undefined ? otherwise : text === 'true';
    }

    /** Exactly three numbers. */
    vector(name: string, otherwise: Vec3): Vec3 {
        const parameter = this.get(name);
        if (!parameter) return otherwise;
        const [x, y, z] = parameter.numbers;
        if (parameter.numbers.length === 3) return [x!, y!, z!];
        throw brokenPbrt(parameter.line, `"${name}" has ${parameter.numbers.length} numbers`, '3');
    }

    /** A colour: rgb, or the nearest to a spectrum, which goes to the report unless it is exact. */
    color(name: string, otherwise: Vec3, report: ReportBuilder): Vec3 {
        const parameter = this.get(name);
        if (!parameter || parameter.type === 'texture') return otherwise;
        const { type, numbers, texts } = parameter;
        if (type === 'rgb' || type === 'color') return this.vector(name, otherwise);
        if (type === 'blackbody') {
            report.approximate('blackbody spectrum', 'its colour');
            // v3 has a factor behind the temperature.
            return blackbody(numbers[0] ?? 6500, numbers[1] ?? 1);
        }
        const metal = findMetal(texts[0] ?? '');
        if (metal) return name === 'k' || name.endsWith('.k') ? metal.k : metal.eta;
        if (type === 'xyz') {
            const [x = 0, y = 0, z = 0] = numbers;
            return linearSrgb(x, y, z);
        }
        if (numbers.length === 1) return [numbers[0]!, numbers[0]!, numbers[0]!];
        if (numbers.length >= 2 && numbers.length % 2 === 0) {
            report.approximate('sampled spectrum', 'its values at 610, 550 and 465 nm');
            return [610, 550, 465].map((nm) => sampled(numbers, nm)) as unknown as Vec3;
        }
        if (texts[0] === 'stdillum-D65') return [1, 1, 1];
        const kelvin = ILLUMINANTS.get(texts[0] ?? '');
        if (kelvin !== undefined) {
            report.approximate(`spectrum "${texts[0]}"`, `a black body of ${kelvin} K`);
            return blackbody(kelvin, 1);
        }
        report.unsupported(`spectrum "${texts[0] ?? ''}" of "${name}"`, 'the default');
        return otherwise;
    }
}

function readValues(lexer: PbrtLexer): Pick<Parameter, 'numbers' | 'texts'> {
    const token = lexer.next();
    if (token?.kind === 'number') return { numbers: [token.value], texts: [] };
    if (token?.kind === 'string' || token?.kind === 'word') return { numbers: [], texts: [token.text] };
    if (token?.kind !== '[') throw brokenPbrt(lexer.line, describe(token), 'a value');
    const texts: string[] = [];
    let numbers = new Float64Array(16);
    let count = 0;
    for (;;) {
        const value = lexer.next();
        if (value?.kind === ']') return { numbers: numbers.slice(0, count), texts };
        if (value?.kind === 'number') {
            if (count === MAX_VALUES) throw brokenPbrt(value.line, `over ${MAX_VALUES} numbers`, 'fewer');
            if (count === numbers.length) {
                const larger = new Float64Array(2 * count);
                larger.set(numbers);
                numbers = larger;
            }
            numbers[count++] = value.value;
        } else if (value?.kind === 'string' || value?.kind === 'word') texts.push(value.text);
        else throw brokenPbrt(lexer.line, describe(value), '"]"');
    }
}
