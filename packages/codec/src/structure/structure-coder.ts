/**
 * Structure and style as bits. A label map is coded cell by cell: same as the left, the upper, the upper right or the upper left cell,
 * else by number, each question in the context of how these four agree. Rows are cut into bands that decode on their own.
 */
import { type BitCoder, BitDecoder, BitEncoder, COST_ONE_BIT, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import { codeExpGolomb, codeTree } from '../entropy/numbers.ts';
import type { RegionMeaning, RegionStyle, StructureMap } from './structure-map.ts';

const SAME_LEFT = 0;
const SAME_ABOVE = 16;
const SAME_RIGHT = 32;
const SAME_CORNER = 48;
const EDGE = 64;
const NUMBER = 80;
const STRUCTURE_CONTEXTS: number = NUMBER + 255;

const MEANING_SEMANTIC = 0;
const MEANING_INSTANCE = 8;
const STYLE_Y = 16;
const STYLE_CO: number = STYLE_Y + 63;
const STYLE_CG: number = STYLE_CO + 63;
const STYLE_CONTEXTS: number = STYLE_CG + 63;

function even(count: number): Uint16Array {
    return new Uint16Array(count).fill(PROBABILITY_ONE >> 1);
}

/** Before anything is known, a cell is most likely like its neighbours. */
export function structureContexts(): Uint16Array {
    const initial = even(STRUCTURE_CONTEXTS);
    initial.fill(Math.round(0.93 * PROBABILITY_ONE), SAME_LEFT, SAME_ABOVE);
    initial.fill(Math.round(0.75 * PROBABILITY_ONE), SAME_ABOVE, SAME_RIGHT);
    initial.fill(Math.round(0.2 * PROBABILITY_ONE), EDGE, EDGE + 16);
    return initial;
}

/** A run of rows of the label map as bytes. */
export interface StructureBand {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly payload: Uint8Array;
}

/** Cuts the map into bands of at most `payloadBytes` (more only if a single row needs more). */
export function encodeStructure(map: StructureMap, payloadBytes: number): StructureBand[] {
    const coder = new BitEncoder(structureContexts());
    const limit = (payloadBytes - 6) * 8 * COST_ONE_BIT;
    const bands: StructureBand[] = [];
    let first = 0;
    for (let row = 0; row < map.rows; row++) {
        const before = coder.save();
        codeLabelRow(coder, map.labels, map.edges, map.columns, first, row, map.regions.length);
        if (coder.cost <= limit || row === first) continue;
        coder.restore(before);
        bands.push({ firstRow: first, rowCount: row - first, payload: coder.finish() });
        coder.reset();
        first = row;
        codeLabelRow(coder, map.labels, map.edges, map.columns, first, row, map.regions.length);
    }
    bands.push({ firstRow: first, rowCount: map.rows - first, payload: coder.finish() });
    return bands;
}

/** Reads a band into `labels` and `edges`; false if it is damaged. */
export function decodeStructure(
    band: StructureBand,
    columns: number,
    regionCount: number,
    labels: Uint8Array,
    edges: Uint8Array | null
): boolean {
    const coder = new BitDecoder(structureContexts(), band.payload);
    for (let row = band.firstRow; row < band.firstRow + band.rowCount; row++) {
        codeLabelRow(coder, labels, edges, columns, band.firstRow, row, regionCount);
        if (coder.overrun) return false;
    }
    return coder.intact;
}

function bitsOf(count: number): number {
    return count <= 1 ? 0 : 32 - Math.clz32(count - 1);
}

/** Codes one row of a label map; `firstRow` is the first that may be looked at. */
export function codeLabelRow(
    coder: BitCoder,
    labels: Uint8Array,
    edges: Uint8Array | null,
    columns: number,
    firstRow: number,
    row: number,
    regionCount: number
): void {
    const numberBits = bitsOf(regionCount);
    for (let x = 0; x < columns; x++) {
        const i = row * columns + x;
        const left = x > 0 ? labels[i - 1]! : -1;
        const above = row > firstRow ? labels[i - columns]! : -1;
        const right = row > firstRow && x + 1 < columns ? labels[i - columns + 1]! : -1;
        const corner = row > firstRow && x > 0 ? labels[i - columns - 1]! : -1;
        labels[i] = codeLabel(coder, labels[i]!, left, above, right, corner, numberBits, regionCount);
        if (!edges) continue;
        const context =
            (x > 0 ? edges[i - 1]! : 0) +
            2 * (row > firstRow ? edges[i - columns]! : 0) +
            4 * (labels[i] === left ? 0 : 1) +
            8 * (labels[i] === above ? 0 : 1);
        edges[i] = coder.bit(EDGE + context, edges[i]!);
    }
}

function codeLabel(
    coder: BitCoder,
    label: number,
    left: number,
    above: number,
    right: number,
    corner: number,
    numberBits: number,
    regionCount: number
): number {
    const context =
        (left === above ? 1 : 0) + (above === corner ? 2 : 0) + (left === corner ? 4 : 0) + (above === right ? 8 : 0);
    if (left >= 0 && coder.bit(SAME_LEFT + context, label === left ? 1 : 0)) return left;
    if (above >= 0 && above !== left && coder.bit(SAME_ABOVE + context, label === above ? 1 : 0)) return above;
    if (right >= 0 && right !== above && right !== left && coder.bit(SAME_RIGHT + context, label === right ? 1 : 0))
        return right;
    if (corner >= 0 && corner !== above && corner !== left && corner !== right) {
        if (coder.bit(SAME_CORNER + context, label === corner ? 1 : 0)) return corner;
    }
    return Math.min(regionCount - 1, codeTree(coder, NUMBER, numberBits, label));
}

/** Meanings and styles of all regions as bytes. */
export function encodeStyles(regions: readonly RegionMeaning[], styles: readonly RegionStyle[]): Uint8Array {
    const coder = new BitEncoder(even(STYLE_CONTEXTS));
    for (let i = 0; i < regions.length; i++) codeStyle(coder, regions[i]!, styles[i]!);
    return coder.finish();
}

/** Reads them back; null if the bytes are damaged. */
export function decodeStyles(
    payload: Uint8Array,
    regionCount: number
): { regions: RegionMeaning[]; styles: RegionStyle[] } | null {
    const coder = new BitDecoder(even(STYLE_CONTEXTS), payload);
    const regions: RegionMeaning[] = [];
    const styles: RegionStyle[] = [];
    for (let i = 0; i < regionCount; i++) {
        const { region, style } = codeStyle(coder, { semanticId: 0, instanceId: 0 }, { y: 0, co: 0, cg: 0 });
        regions.push(region);
        styles.push(style);
    }
    return coder.intact ? { regions, styles } : null;
}

function codeStyle(
    coder: BitCoder,
    region: RegionMeaning,
    style: RegionStyle
): { region: RegionMeaning; style: RegionStyle } {
    const semanticId = codeExpGolomb(coder, MEANING_SEMANTIC, 8, 0, region.semanticId);
    const instanceId = codeExpGolomb(coder, MEANING_INSTANCE, 8, 0, region.instanceId);
    const y = codeTree(coder, STYLE_Y, 6, style.y);
    const co = codeTree(coder, STYLE_CO, 6, style.co);
    const cg = codeTree(coder, STYLE_CG, 6, style.cg);
    return { region: { semanticId, instanceId }, style: { y, co, cg } };
}
