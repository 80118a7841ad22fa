/**
 * Units of the concept layer to codes, as far as they arrived. What is damaged counts as lost; lost tokens are filled in by the prior, which is the same network that the entropy coder asks:
 * given all that is known around, each is the likeliest.
 */
import type { Unit } from '../container/unit.ts';
import { BitDecoder } from '../entropy/binary-rans.ts';
import {
    CONCEPT_FINE,
    CONCEPT_FIXED_TOKENS,
    CONCEPT_HAS_FINE,
    CONCEPT_STYLES,
    CONCEPT_TOKENS,
    codeFine,
    evenContexts,
    FINE_CONTEXTS,
    FIXED_TOKEN_BITS,
    ID_BYTES,
    modelOf,
    readStyles
} from './concept-layer.ts';
import { FINE_LEVELS, LevelGrid, TOKEN_LEVELS } from './concept-levels.ts';
import { type ConceptModel, squaresOf } from './concept-model.ts';
import type { TokenPrior } from './token-prior.ts';

/** Codes of a frame as far as they arrived. */
export interface ReceivedCodes {
    /** Null: none arrived. */
    readonly styles: Uint8Array | null;
    /** Null: none arrived. What is missing is filled in. */
    readonly tokens: LevelGrid | null;
    readonly fine: LevelGrid | null;
    /** Share of tokens that did not arrive, 0 to 1. */
    readonly missing: number;
    /** Units that could not be read. */
    readonly damaged: number;
    /** False if styles are missing, or finer tokens that the frame has. */
    readonly complete: boolean;
}

/** Codes as they arrived, nothing filled in. */
interface ReadCodes {
    readonly styles: Uint8Array | null;
    readonly tokens: LevelGrid;
    readonly fine: LevelGrid;
    /** 1 for squares of which it is known whether they have finer tokens. */
    readonly refined: Uint8Array;
    readonly damaged: number;
}

/** Reads units of one model and one frame, of which there is at least one. */
export function readCodes(units: readonly [Unit, ...Unit[]], prior: TokenPrior): ReadCodes {
    const [columns, rows] = squaresOf(units[0]);
    const tokens = new LevelGrid(columns, rows, TOKEN_LEVELS);
    const fine = new LevelGrid(2 * columns, 2 * rows, FINE_LEVELS);
    const refined = new Uint8Array(columns * rows);
    let styles: Uint8Array | null = null;
    let damaged = 0;
    for (const unit of units) {
        const kind = unit.parameter % CONCEPT_HAS_FINE;
        let read = true;
        if (kind === CONCEPT_STYLES) {
            const found = readStyles(unit);
            read = found !== null;
            styles ??= found;
        } else if (kind === CONCEPT_FINE) read = readFine(unit, fine, tokens, refined);
        else read = readTokens(unit, tokens, prior);
        if (!read) damaged++;
    }
    return { styles, tokens, fine, refined, damaged };
}

/** Reads the concept units of one frame; null if there is none of this model. */
export function readConcept(units: readonly Unit[], model: ConceptModel): ReceivedCodes | null {
    const [lead, ...others] = units.filter((unit) => unit.layer === 'concept' && modelOf(unit) === model.id);
    if (!lead) return null;
    const { styles, tokens, fine, refined, damaged } = readCodes([lead, ...others], model.prior);
    const some = fine.known.includes(1);
    const wanted = [lead, ...others].some((unit) => unit.parameter >= CONCEPT_HAS_FINE);
    const complete = styles !== null && damaged === 0 && (!wanted || refined.every((square) => square === 1));
    const missing = concealTokens(tokens, model.prior);
    return { styles, tokens: missing === 1 ? null : tokens, fine: some ? fine : null, missing, damaged, complete };
}

/** The places of a unit's tokens; null if they do not lie in the grid. */
function placesOf({ first, count }: Unit, grid: LevelGrid): number[] | null {
    const places = grid.places(first & 1);
    const start = Math.floor(first / 2);
    return count < 1 || start + count > places.length ? null : places.slice(start, start + count);
}

function readTokens(unit: Unit, tokens: LevelGrid, prior: TokenPrior): boolean {
    const places = placesOf(unit, tokens);
    if (!places || places.some((place) => tokens.known[place] === 1)) return false;
    const kind = unit.parameter % CONCEPT_HAS_FINE;
    if (kind === CONCEPT_FIXED_TOKENS) {
        if (unit.payload.length !== ID_BYTES + Math.ceil((places.length * FIXED_TOKEN_BITS) / 8)) return false;
        for (const [i, place] of places.entries()) setToken(tokens, place, fixedIndex(unit.payload, i));
    } else {
        if (kind !== CONCEPT_TOKENS) return false;
        const coder = new BitDecoder(new Uint16Array(0), unit.payload, ID_BYTES);
        const known = new Uint8Array(tokens.known.length);
        for (const place of places) {
            prior.code(coder, tokens, place, known);
            known[place] = 1;
            if (coder.overrun) return false;
        }
        if (!coder.intact) return false;
    }
    for (const place of places) tokens.known[place] = 1;
    return true;
}

function setToken({ levels }: LevelGrid, place: number, index: number): void {
    let rest = index;
    for (let d = TOKEN_LEVELS.length - 1; d >= 0; d--) {
        const count = TOKEN_LEVELS[d]!;
        levels[place * TOKEN_LEVELS.length + d] = rest % count;
        rest = Math.floor(rest / count);
    }
}

/** Numbers from 1000 on, which no encoder writes, are as 999. */
function fixedIndex(payload: Uint8Array, i: number): number {
    let index = 0;
    for (let b = 0; b < FIXED_TOKEN_BITS; b++) {
        const at = i * FIXED_TOKEN_BITS + b;
        index = (index << 1) | ((payload[ID_BYTES + (at >> 3)]! >> (7 - (at & 7))) & 1);
    }
    return Math.min(index, TOKEN_LEVELS.reduce((product, count) => product * count, 1) - 1);
}

/** Marks the squares that the unit tells of in `refined`, whether they have finer tokens or not. */
function readFine(unit: Unit, fine: LevelGrid, tokens: LevelGrid, refined: Uint8Array): boolean {
    const places = placesOf(unit, tokens);
    if (!places || places.some((place) => refined[place] === 1)) return false;
    const coder = new BitDecoder(evenContexts(FINE_CONTEXTS), unit.payload, ID_BYTES);
    const scratch = new LevelGrid(fine.columns, fine.rows, FINE_LEVELS);
    let before = 0;
    for (const place of places) {
        before = codeFine(coder, scratch, place, tokens.columns, before);
        if (coder.overrun) return false;
    }
    if (!coder.intact) return false;
    for (const [i, known] of scratch.known.entries()) {
        if (known === 0) continue;
        fine.known[i] = 1;
        for (let d = 0; d < FINE_LEVELS.length; d++) {
            fine.levels[i * FINE_LEVELS.length + d] = scratch.levels[i * FINE_LEVELS.length + d]!;
        }
    }
    for (const place of places) refined[place] = 1;
    return true;
}

/**
 * Fills in tokens that are missing, each as the prior finds it likeliest given all that is known around it, ring after ring; returns the share that was missing. Each ring is filled from what
 * was known before it, so the order does not matter.
 */
export function concealTokens(grid: LevelGrid, prior: TokenPrior): number {
    const { columns, rows } = grid;
    const missing = Array.from(grid.known.keys()).filter((place) => grid.known[place] === 0);
    if (missing.length === grid.known.length) return 1;
    const known = grid.known.slice();
    let open = missing;
    while (open.length > 0) {
        const ring = open.filter((place) => {
            const x = place % columns;
            const y = (place - x) / columns;
            return (
                (x > 0 && known[place - 1] === 1) ||
                (x + 1 < columns && known[place + 1] === 1) ||
                (y > 0 && known[place - columns] === 1) ||
                (y + 1 < rows && known[place + columns] === 1)
            );
        });
        for (const place of ring) prior.guess(grid, place, known);
        for (const place of ring) known[place] = 1;
        open = open.filter((place) => known[place] === 0);
    }
    return missing.length / grid.known.length;
}
