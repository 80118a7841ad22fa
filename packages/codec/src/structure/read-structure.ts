/**
 * Structure and style from their units, without touching the texture: what is where, what it is and which colour it has. Gaps are filled
 * from the structure before, if it has the same size.
 */
import type { Unit } from '../container/unit.ts';
import { decodeStructure, decodeStyles } from './structure-coder.ts';
import { cellsAlong, type RegionMeaning, type RegionStyle, type StructureMap } from './structure-map.ts';

/** The structure and style layers, decoded. */
export interface DecodedStructure {
    readonly map: StructureMap;
    readonly styles: readonly RegionStyle[];
    /** False if a part of it was concealed. */
    readonly complete: boolean;
}

/** Reads the layers of one frame; null if there is no style to show, now or before. `units` agree in size and flags. */
export function readStructureUnits(units: readonly Unit[], before: DecodedStructure | null): DecodedStructure | null {
    const lead = units[0];
    if (!lead) return null;
    const columns = cellsAlong(lead.widthPx);
    const rows = cellsAlong(lead.heightPx);
    const fits = before !== null && before.map.columns === columns && before.map.rows === rows;
    const labels = fits ? before.map.labels.slice() : new Uint8Array(columns * rows);
    const edges = lead.edges ? new Uint8Array(columns * rows) : null;
    const done = new Uint8Array(rows);
    let regionCount = fits ? before.map.regions.length : 0;
    for (const unit of units) {
        if (unit.layer !== 'structure' || unit.parameter < 1) continue;
        if (unit.count < 1 || unit.first + unit.count > rows) continue;
        const band = { firstRow: unit.first, rowCount: unit.count, payload: unit.payload };
        if (!decodeStructure(band, columns, unit.parameter, labels, edges)) continue;
        regionCount = unit.parameter;
        done.fill(1, unit.first, unit.first + unit.count);
    }
    const style = readStyles(units, regionCount);
    const styles: readonly RegionStyle[] | null = style?.styles ?? (fits ? before.styles : null);
    const regions: readonly RegionMeaning[] = style?.regions ?? (fits ? before.map.regions : []);
    if (!styles) return null;
    const complete = style !== null && done.every((row) => row === 1);
    return { map: { columns, rows, labels, edges, regions }, styles, complete };
}

function readStyles(
    units: readonly Unit[],
    regionCount: number
): { regions: RegionMeaning[]; styles: RegionStyle[] } | null {
    for (const unit of units) {
        if (unit.layer !== 'style' || unit.count < 1 || unit.count > 255) continue;
        if (regionCount !== 0 && unit.count !== regionCount) continue;
        const styles = decodeStyles(unit.payload, unit.count);
        if (styles) return styles;
    }
    return null;
}
