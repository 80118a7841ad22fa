/** The label map and the colours that the conceptual layers lie on: the renderer's own map if the frame has one, else regions of colour. */
import type { Frame } from '@mixreel/image';
import type { Picture } from '../picture.ts';
import { drawBase, meanColors } from '../structure/base-picture.ts';
import { cellMeans, structureFromColors, structureFromLayers } from '../structure/segmentation.ts';
import { cellsAlong, type RegionStyle, type StructureMap, styleOfColor } from '../structure/structure-map.ts';
import { pictureFromPlanes } from '../texture/color-transform.ts';
import { TextureState } from '../texture/texture-state.ts';

/** How coarse the map may be, in grey levels of a quantiser's step: outlines are worth few bits beside tokens. */
const STRUCTURE_STEP = 64;
const REGIONS = 12;

/** Map and mean colours of planes Y, Co, Cg in the layout of `s`. Depth breaks are not sent. */
export function conceptStructure(
    planes: readonly Int16Array[],
    s: TextureState,
    frame: Frame | null = null,
    regionCount: number = REGIONS
): { map: StructureMap; styles: RegionStyle[] } {
    const means = cellMeans(planes, s.stride, s.widthPx, s.heightPx);
    const [columns, rows] = [cellsAlong(s.widthPx), cellsAlong(s.heightPx)];
    const known = frame ? structureFromLayers(frame) : null;
    const map = { ...(known ?? structureFromColors(means, columns, rows, regionCount, STRUCTURE_STEP)), edges: null };
    return { map, styles: meanColors(map, means).map(([y, co, cg]) => styleOfColor(y, co, cg)) };
}

/** The base picture of a map. */
export function basePicture(
    widthPx: number,
    heightPx: number,
    map: StructureMap,
    colors: readonly RegionStyle[]
): Picture {
    const s = new TextureState(widthPx, heightPx, 3);
    drawBase(s, map, colors);
    return pictureFromPlanes(s, s.base);
}
