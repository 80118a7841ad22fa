/**
 * Tokens of regions that move, without drawing a picture: a square of 16 pixels that mostly belongs to them afterwards has the token, and the finer ones, of the square that lies so far away as the move is, in whole squares (a move by an odd number of cells of 8 pixels is half a square
 * more: texture then stands 8 pixels from where it stood on the thing). What they leave, and squares at their rims that had no token of theirs, get what the prior says is likeliest, as for tokens that were lost, and the frame is whole again.
 *
 * Measured (96 x 96 pixels of one photograph on 256 x 256 of another, three pairs, LPIPS-alex more than that of a picture coded with the thing in its new place): moves by whole squares 0.00 to 0.04, by odd cells 0.02 to 0.05; 0.04 to 0.07 when odd moves left all of the thing's tokens to
 * the prior; 0.05 to 0.09 without the model.
 */
import { readUnit, UNIT_OVERHEAD_BYTES, type Unit, writeUnit } from '../container/unit.ts';
import type { StructureMap } from '../structure/structure-map.ts';
import { CONCEPT_FIXED_TOKENS, CONCEPT_HAS_FINE, CONCEPT_STYLES, gridUnits, modelOf } from './concept-layer.ts';
import { LevelGrid } from './concept-levels.ts';
import { type ConceptModel, squaresOf } from './concept-model.ts';
import { concealTokens, readCodes } from './read-concept.ts';

/** Regions that move by so many cells of the map. */
export interface RegionMove {
    readonly map: Pick<StructureMap, 'columns' | 'rows' | 'labels'>;
    /** Labels afterwards. */
    readonly after: Uint8Array;
    /** By region. */
    readonly moves: readonly boolean[];
    readonly columns: number;
    readonly rows: number;
}

/** Where a square's token comes from. */
const NOWHERE = -1;

/** One frame's units with its tokens moved; without the model (or with another) units of tokens that change are taken out. */
export function moveTokens(units: readonly Uint8Array[], move: RegionMove, model: ConceptModel | null): Uint8Array[] {
    const parsed = units.map(readUnit);
    const [lead, ...others] = parsed.filter(hasTokens);
    if (!lead) return [...units];
    const from = sourcesOf(move, ...squaresOf(lead));
    if (!model || [lead, ...others].some((unit) => modelOf(unit) !== model.id)) {
        return units.filter((_, i) => !hasTokens(parsed[i]!) || !touches(parsed[i]!, from, lead));
    }
    const most = Math.max(128, ...units.map((bytes) => bytes.length));
    const made = movedUnits([lead, ...others], from, model, most - UNIT_OVERHEAD_BYTES);
    const at = parsed.indexOf(lead);
    const rest = units.filter((_, i) => i > at && !hasTokens(parsed[i]!));
    return [...units.slice(0, at), ...made, ...rest];
}

function hasTokens(unit: Unit | null): unit is Unit {
    return unit?.layer === 'concept' && unit.parameter % CONCEPT_HAS_FINE !== CONCEPT_STYLES;
}

/** For every square of the frame the one that its token comes from: itself, one that moves, or {@link NOWHERE}. */
function sourcesOf({ map, after, moves, columns, rows }: RegionMove, across: number, down: number): Int32Array {
    const count = (): Uint8Array => new Uint8Array(across * down);
    const [cells, left, arrived, changed] = [count(), count(), count(), count()];
    for (const [i, label] of map.labels.entries()) {
        const square = (Math.floor(i / map.columns) >> 1) * across + ((i % map.columns) >> 1);
        cells[square]!++;
        if (moves[label]) left[square]!++;
        if (moves[after[i]!]) arrived[square]!++;
        if (after[i] !== label) changed[square]!++;
    }
    const mostly = (counts: Uint8Array, square: number): boolean => 2 * counts[square]! >= cells[square]!;
    const [right, below] = [Math.trunc(columns / 2), Math.trunc(rows / 2)];
    return Int32Array.from(cells, (_, square) => {
        if (!mostly(arrived, square)) return mostly(left, square) || mostly(changed, square) ? NOWHERE : square;
        const x = (square % across) - right;
        const y = Math.floor(square / across) - below;
        const inside = x >= 0 && x < across && y >= 0 && y < down;
        return inside && mostly(left, y * across + x) ? y * across + x : NOWHERE;
    });
}

/** Whether a square of the unit has another token afterwards. */
function touches({ first, count }: Unit, from: Int32Array, size: Unit): boolean {
    const places = new LevelGrid(...squaresOf(size), []).places(first & 1);
    const start = Math.floor(first / 2);
    return places.slice(start, start + count).some((square) => from[square] !== square);
}

function movedUnits(
    units: readonly [Unit, ...Unit[]],
    from: Int32Array,
    model: ConceptModel,
    payloadBytes: number
): Uint8Array[] {
    const codes = readCodes(units, model.prior);
    const [tokens, fine] = [moved(codes.tokens, from, 1), moved(codes.fine, from, 2)];
    const filled = concealTokens(tokens, model.prior) < 1;
    const finer = units.some((unit) => unit.parameter >= CONCEPT_HAS_FINE);
    const fixedLength = units.some((unit) => unit.parameter % CONCEPT_HAS_FINE === CONCEPT_FIXED_TOKENS);
    const made = filled ? gridUnits(model, tokens, finer ? fine : null, { payloadBytes, fixedLength }) : [];
    return made.map((unit) => writeUnit({ ...units[0], ...unit }));
}

/** A grid of `scale` codes to a square's side, each square's taken from where it comes from. */
function moved(grid: LevelGrid, from: Int32Array, scale: number): LevelGrid {
    const { columns, rows, counts, levels, known } = grid;
    const out = new LevelGrid(columns, rows, counts);
    const across = columns / scale;
    for (const place of known.keys()) {
        const x = place % columns;
        const y = Math.floor(place / columns);
        const source = from[Math.floor(y / scale) * across + Math.floor(x / scale)]!;
        if (source === NOWHERE) continue;
        const old =
            (Math.floor(source / across) * scale + (y % scale)) * columns + (source % across) * scale + (x % scale);
        out.known[place] = known[old]!;
        for (const d of counts.keys()) out.levels[place * counts.length + d] = levels[old * counts.length + d]!;
    }
    return out;
}
