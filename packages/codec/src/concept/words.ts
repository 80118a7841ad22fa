/** The text layer's way to the generator: a region in words as the network that knows styles takes it, and a scene's map as labels of cells. */
import { cellsAlong, type RegionStyle, type StructureMap, styleOfColor } from '../structure/structure-map.ts';
import { DIRECTIONS } from '../text/paint-scene.ts';
import { codeToByte, type SceneRegion, type SceneText } from '../text/scene-text.ts';

/** A region's 9 numbers of -1 to 1: colour, roughness in four octaves, cosine and sine of twice the direction (0, 0 without one). */
export function wordsOf({ color, rough, along }: Pick<SceneRegion, 'color' | 'rough' | 'along'>): number[] {
    const [cosine, sine] = along === null ? [0, 0] : DIRECTIONS[along]!;
    const direction = [(cosine * cosine - sine * sine) / 4096, (2 * cosine * sine) / 4096];
    return [...color.map((code) => code / 15.5 - 1), ...rough.map((code) => code / 3.5 - 1), ...direction];
}

/** A scene's map on cells of 8 x 8 pixels, and its colours as styles. */
export function structureOfScene(scene: SceneText): { map: StructureMap; colors: RegionStyle[] } {
    const { widthPx, heightPx, columns, rows, labels, regions } = scene;
    const [across, down] = [cellsAlong(widthPx), cellsAlong(heightPx)];
    const fine = Uint8Array.from({ length: across * down }, (_, i) => {
        const x = Math.min(columns - 1, Math.floor((((i % across) + 0.5) * columns) / across));
        const y = Math.min(rows - 1, Math.floor(((Math.floor(i / across) + 0.5) * rows) / down));
        return labels[y * columns + x]!;
    });
    const colors = regions.map(({ color }) => {
        const [red, green, blue] = color.map(codeToByte) as [number, number, number];
        const middle = (red + blue) / 2;
        return styleOfColor((middle + green) / 2, red - blue, green - middle);
    });
    return { map: { columns: across, rows: down, labels: fine, edges: null, regions }, colors };
}
