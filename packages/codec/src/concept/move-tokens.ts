/**
 * Tokens of regions that move, without drawing a picture: a square of 16 pixels whose cells mostly belong to them takes its token and its finer ones along if the move is by whole squares. What they leave, and what
 * comes to lie across squares (a move by an odd number of cells of 8 pixels), has no token; the prior says what it most likely is, as for tokens that were lost, and the frame is whole again.
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
    const cells = new Uint8Array(across * down);
    const moving = new Uint8Array(across * down);
    const changed = new Uint8Array(across * down);
    for (const [i, label] of map.labels.entries()) {
        const square = (Math.floor(i / map.columns) >> 1) * across + ((i % map.columns) >> 1);
        cells[square]!++;
        if (moves[label]) moving[square]!++;
        if (after[i] !== label) changed[square]!++;
    }
    const mostly = (counts: Uint8Array, square: number): boolean => 2 * counts[square]! >= cells[square]!;
    const whole = columns % 2 === 0 && rows % 2 === 0;
    return Int32Array.from(cells, (_, square) => {
        const x = (square % across) - columns / 2;
        const y = Math.floor(square / across) - rows / 2;
        const source = y * across + x;
        const inside = x >= 0 && x < across && y >= 0 && y < down;
        if (whole && inside && mostly(moving, source)) return source;
        return mostly(moving, square) || mostly(changed, square) ? NOWHERE : square;
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
