/**
 * Codes as units of the concept layer (read-concept.ts is the way back). Every payload begins with the model's 16 bits: codes mean nothing to another model. Units decode without each other; tokens travel as two
 * checkerboards, so that around every lost token its neighbours are left, from which the prior says what it most likely was.
 */

import type { Unit } from '../container/unit.ts';
import { type BitCoder, BitDecoder, BitEncoder, COST_ONE_BIT, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import { codeTree } from '../entropy/numbers.ts';
import { FINE_LEVELS, type LevelGrid, STYLE_LEVELS, TOKEN_LEVELS } from './concept-levels.ts';
import type { ConceptModel } from './concept-model.ts';
import type { TokenPrior } from './token-prior.ts';

/** What a unit of the layer holds: its `parameter`. */
export const CONCEPT_STYLES = 0;
export const CONCEPT_TOKENS = 1;
export const CONCEPT_FINE = 2;
/** Tokens of ten bits each: no entropy coder, nothing to desynchronise. */
export const CONCEPT_FIXED_TOKENS = 3;

/** Added to it in every unit of a frame that has finer tokens. */
export const CONCEPT_HAS_FINE = 16;

/** Of the model's number, before every payload. */
export const ID_BYTES = 2;
export const FIXED_TOKEN_BITS = 10;
/** log2 of the largest number of levels. */
const LEVEL_BITS = 3;
const LEVEL_CONTEXTS: number = (1 << LEVEL_BITS) - 1;
/** State and rounding of the entropy coder. */
const CODER_BYTES = 6;

/** A unit's own fields. */
export interface ConceptUnit extends Pick<Unit, 'first' | 'count' | 'parameter' | 'payload'> {
    readonly importance: number;
}

/** Contexts that know nothing. */
export function evenContexts(count: number): Uint16Array {
    return new Uint16Array(count).fill(PROBABILITY_ONE >> 1);
}

/** A level through a tree of 3 bits; what is damaged stays in range. */
function codeLevelTree(coder: BitCoder, context: number, level: number, count: number): number {
    return Math.min(count - 1, codeTree(coder, context, LEVEL_BITS, level));
}

function withId(id: number, payload: Uint8Array): Uint8Array {
    return Uint8Array.from([id & 255, id >> 8, ...payload]);
}

/** Which model's codes a payload holds; -1: none's. */
export function modelOf({ payload }: Pick<Unit, 'payload'>): number {
    return payload.length < ID_BYTES ? -1 : payload[0]! | (payload[1]! << 8);
}

/** Style codes of all regions. */
export function stylesPayload(id: number, styles: Uint8Array): Uint8Array {
    const coder = new BitEncoder(evenContexts(STYLE_LEVELS.length * LEVEL_CONTEXTS));
    codeStyles(coder, styles);
    return withId(id, coder.finish());
}

/** Reads them back, of so many regions; null if the bytes are damaged. No model is needed. */
export function readStyles({ payload, count }: Pick<Unit, 'payload' | 'count'>): Uint8Array | null {
    if (payload.length < ID_BYTES || count < 1 || count > 255) return null;
    const coder = new BitDecoder(evenContexts(STYLE_LEVELS.length * LEVEL_CONTEXTS), payload, ID_BYTES);
    const styles = new Uint8Array(count * STYLE_LEVELS.length);
    codeStyles(coder, styles);
    return coder.intact ? styles : null;
}

function codeStyles(coder: BitCoder, styles: Uint8Array): void {
    for (let i = 0; i < styles.length; i++) {
        const d = i % STYLE_LEVELS.length;
        styles[i] = codeLevelTree(coder, d * LEVEL_CONTEXTS, styles[i]!, STYLE_LEVELS[d]!);
    }
}

/** A run of places of one colour of the checkerboard. */
interface Run {
    readonly start: number;
    readonly count: number;
    readonly payload: Uint8Array;
}

/** Cuts places into runs of at most `payloadBytes`; `code` codes one and `begin` forgets all before it. */
function runsOf(
    coder: BitEncoder,
    places: readonly number[],
    payloadBytes: number,
    begin: () => void,
    code: (place: number) => void
): Run[] {
    const limit = (payloadBytes - ID_BYTES - CODER_BYTES) * 8 * COST_ONE_BIT;
    const runs: Run[] = [];
    let start = 0;
    const end = (stop: number): void => {
        runs.push({ start, count: stop - start, payload: coder.finish() });
        coder.reset();
        start = stop;
    };
    begin();
    for (const [i, place] of places.entries()) {
        const before = coder.save();
        code(place);
        if (coder.cost <= limit || i === start) continue;
        coder.restore(before);
        end(i);
        begin();
        code(place);
    }
    if (places.length > start) end(places.length);
    return runs;
}

/** All units of a picture's codes, most important first. `fine`: only the finer tokens that are known are sent. */
export function conceptUnits(
    model: ConceptModel,
    styles: Uint8Array,
    tokens: LevelGrid,
    fine: LevelGrid | null,
    settings: { readonly payloadBytes: number; readonly fixedLength: boolean }
): ConceptUnit[] {
    const first: ConceptUnit = {
        importance: 2,
        parameter: CONCEPT_STYLES + (fine ? CONCEPT_HAS_FINE : 0),
        first: 0,
        count: styles.length / STYLE_LEVELS.length,
        payload: stylesPayload(model.id, styles)
    };
    return [first, ...gridUnits(model, tokens, fine, settings)];
}

/** Units of tokens and finer ones, without styles. */
export function gridUnits(
    model: Pick<ConceptModel, 'id' | 'prior'>,
    tokens: LevelGrid,
    fine: LevelGrid | null,
    settings: { readonly payloadBytes: number; readonly fixedLength: boolean }
): ConceptUnit[] {
    const { payloadBytes, fixedLength } = settings;
    const flag = fine ? CONCEPT_HAS_FINE : 0;
    const units: ConceptUnit[] = [];
    for (const parity of [0, 1]) {
        const places = tokens.places(parity);
        const runs = fixedLength
            ? fixedRuns(tokens, places, payloadBytes)
            : tokenRuns(model.prior, tokens, places, payloadBytes);
        for (const { start, count, payload } of runs) {
            units.push({
                importance: 3 + parity,
                parameter: (fixedLength ? CONCEPT_FIXED_TOKENS : CONCEPT_TOKENS) + flag,
                first: 2 * start + parity,
                count,
                payload: withId(model.id, payload)
            });
        }
    }
    for (const parity of fine ? [0, 1] : []) {
        const coder = new BitEncoder(evenContexts(FINE_CONTEXTS));
        let before = 0;
        const begin = (): void => {
            before = 0;
        };
        const runs = runsOf(coder, tokens.places(parity), payloadBytes, begin, (place) => {
            before = codeFine(coder, fine!, place, tokens.columns, before);
        });
        for (const { start, count, payload } of runs) {
            units.push({
                importance: 5,
                parameter: CONCEPT_FINE + flag,
                first: 2 * start + parity,
                count,
                payload: withId(model.id, payload)
            });
        }
    }
    return units;
}

function tokenRuns(prior: TokenPrior, grid: LevelGrid, places: readonly number[], payloadBytes: number): Run[] {
    const coder = new BitEncoder(new Uint16Array(0));
    const known = new Uint8Array(grid.known.length);
    return runsOf(
        coder,
        places,
        payloadBytes,
        () => known.fill(0),
        (place) => {
            prior.code(coder, grid, place, known);
            known[place] = 1;
        }
    );
}

/** The token as a number below 1000, its first dimension the highest digit. */
function indexOfToken({ levels }: LevelGrid, place: number): number {
    return TOKEN_LEVELS.reduce((index, count, d) => index * count + levels[place * TOKEN_LEVELS.length + d]!, 0);
}

/** Bits from the highest on, ten a token. */
function fixedRuns(grid: LevelGrid, places: readonly number[], payloadBytes: number): Run[] {
    const most = Math.floor(((payloadBytes - ID_BYTES) * 8) / FIXED_TOKEN_BITS);
    return Array.from({ length: Math.ceil(places.length / most) }, (_, k): Run => {
        const run = places.slice(k * most, (k + 1) * most);
        const payload = new Uint8Array(Math.ceil((run.length * FIXED_TOKEN_BITS) / 8));
        for (const [i, place] of run.entries()) {
            const index = indexOfToken(grid, place);
            for (let b = 0; b < FIXED_TOKEN_BITS; b++) {
                const at = i * FIXED_TOKEN_BITS + b;
                payload[at >> 3]! |= ((index >> (FIXED_TOKEN_BITS - 1 - b)) & 1) << (7 - (at & 7));
            }
        }
        return { start: k * most, count: run.length, payload };
    });
}

const FINE_MASK = 0;
const FINE_LEVEL = 2;
export const FINE_CONTEXTS: number = FINE_LEVEL + FINE_LEVELS.length * LEVEL_CONTEXTS;

/** Whether a square of 16 pixels has finer tokens, and the four if it has. Returns whether it has. */
export function codeFine(coder: BitCoder, fine: LevelGrid, place: number, columns: number, before: number): number {
    const x = 2 * (place % columns);
    const y = 2 * Math.floor(place / columns);
    const first = y * fine.columns + x;
    const has = coder.bit(FINE_MASK + before, fine.known[first]!);
    if (has === 0) return 0;
    for (const at of [first, first + 1, first + fine.columns, first + fine.columns + 1]) {
        fine.known[at] = 1;
        for (const [d, count] of FINE_LEVELS.entries()) {
            const k = at * FINE_LEVELS.length + d;
            fine.levels[k] = codeLevelTree(coder, FINE_LEVEL + d * LEVEL_CONTEXTS, fine.levels[k]!, count);
        }
    }
    return 1;
}
