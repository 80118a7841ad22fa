/**
 * The structure layer's content: on a grid of 8 x 8 pixel cells, which region a cell belongs to, and whether depth breaks inside it.
 * Every region may say what it is (class and instance of the scene) and has one style code: its mean colour.
 */

/** Cells are 8 x 8 pixels: log2 of the side. */
export const LOG2_CELL = 3;
/** Largest number of regions: a region fits 8 bits. */
export const LARGEST_REGION_COUNT = 255;

/** What a region stands for; both 0 where nothing is known. */
export interface RegionMeaning {
    /** Class id of the frame's semantic layer. */
    readonly semanticId: number;
    /** Id of the frame's instance layer. */
    readonly instanceId: number;
}

/** Which region each cell belongs to, and what the regions are. */
export interface LabelMap {
    readonly columns: number;
    readonly rows: number;
    /** Region of each cell, row by row. */
    readonly labels: Uint8Array;
    readonly regions: readonly RegionMeaning[];
}

/** See the file comment. */
export interface StructureMap extends LabelMap {
    /** 1 where depth breaks inside the cell or towards the next, or null: not known. */
    readonly edges: Uint8Array | null;
}

/** Style code of a region: its mean Y in 64 steps of 4, Co and Cg in 64 steps of 8 grey levels. */
export interface RegionStyle {
    /** 0 to 63. */
    readonly y: number;
    /** 0 to 63; 32 is no chroma. */
    readonly co: number;
    readonly cg: number;
}

/** Style code nearest to a colour in YCoCg. */
export function styleOfColor(y: number, co: number, cg: number): RegionStyle {
    const clip = (value: number): number => Math.max(0, Math.min(63, Math.round(value)));
    return { y: clip((y - 2) / 4), co: clip(co / 8 + 32), cg: clip(cg / 8 + 32) };
}

/** Y, Co, Cg of a style code. */
export function colorOfStyle(style: RegionStyle): [number, number, number] {
    return [style.y * 4 + 2, (style.co - 32) * 8, (style.cg - 32) * 8];
}

/** Cells along a side of so many pixels. */
export function cellsAlong(sizePx: number): number {
    return (sizePx + (1 << LOG2_CELL) - 1) >> LOG2_CELL;
}
