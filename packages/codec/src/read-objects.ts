/** What is in a frame and where, read from its structure or text without decoding the picture. */
import { readScene, readStructure, rgbOfStyle } from './edit.ts';
import type { RegionMeaning } from './structure/structure-map.ts';
import { codeToByte, type SceneWord } from './text/scene-text.ts';

/** One region of a frame. */
export interface StreamObject extends RegionMeaning {
    /** Number of the region in its layer. */
    readonly region: number;
    /** What the text calls it; null without a text. */
    readonly word: SceneWord | null;
    /** 8-bit sRGB. */
    readonly rgb: readonly [number, number, number];
    /** Share of the picture, 0 to 1. */
    readonly share: number;
    /** Cells that it reaches: first column, first row, columns, rows. */
    readonly boxCells: readonly [number, number, number, number];
}

/** The regions of one frame's units, by its structure, else by its text; empty if it has neither. */
export function readObjects(units: readonly Uint8Array[]): StreamObject[] {
    const structure = readStructure(units);
    if (structure) {
        const { map, styles } = structure;
        return objects(map, (region) => {
            const style = styles[region];
            return style ? { word: null, rgb: rgbOfStyle(style) } : null;
        });
    }
    const scene = readScene(units);
    if (!scene) return [];
    return objects(scene, (region) => {
        const { word, color } = scene.regions[region]!;
        return { word, rgb: color.map(codeToByte) as [number, number, number] };
    });
}

function objects(
    map: { readonly columns: number; readonly labels: Uint8Array; readonly regions: readonly RegionMeaning[] },
    look: (region: number) => Pick<StreamObject, 'word' | 'rgb'> | null
): StreamObject[] {
    const { columns, labels } = map;
    const boxes = map.regions.map(() => ({ cells: 0, left: columns, top: labels.length, right: -1, bottom: -1 }));
    labels.forEach((label, i) => {
        const box = boxes[label];
        if (!box) return;
        const [column, row] = [i % columns, Math.floor(i / columns)];
        box.cells++;
        box.left = Math.min(box.left, column);
        box.right = Math.max(box.right, column);
        box.top = Math.min(box.top, row);
        box.bottom = Math.max(box.bottom, row);
    });
    return boxes.flatMap((box, region): StreamObject[] => {
        const looks = look(region);
        if (box.cells === 0 || !looks) return [];
        const { semanticId, instanceId } = map.regions[region]!;
        const boxCells = [box.left, box.top, box.right - box.left + 1, box.bottom - box.top + 1] as const;
        return [{ region, semanticId, instanceId, ...looks, share: box.cells / labels.length, boxCells }];
    });
}
