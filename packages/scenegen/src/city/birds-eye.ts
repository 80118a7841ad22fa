/**
 * A tile seen from above: a height map and a map of classes, as the learned city generators draw them (CityDreamer,
 * SceneDreamer), here read off the geometry. Rows run along z, columns along x, north-west corner first.
 */
import { badInput } from '@mixreel/core';
import { pointInPolygon } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import type { CityTile } from './city-tile.ts';
import { TILE } from './grow-roads.ts';
import { GROUND_CLASSES, type Terrain } from './terrain.ts';

/** See the file comment. */
export interface BirdsEyeMap {
    /** Cells a side. */
    readonly size: number;
    /** Metres a cell. */
    readonly cell: number;
    /** Metres of the highest surface: roofs where buildings stand. */
    readonly height: Float32Array;
    /** Indices into {@link GROUND_CLASSES}. */
    readonly classes: Uint8Array;
    /** Index into the tile's buildings plus 1; 0 where there is none. */
    readonly instances: Uint16Array;
}

/** Draws the map of a tile's square, `size` cells a side (8 to 4,096). */
export function birdsEye(tile: CityTile, terrain: Terrain, size = 256): BirdsEyeMap {
    if (!Number.isInteger(size) || size < 8 || size > 4096)
        throw badInput(`size is ${size}`, 'an integer from 8 to 4096', 'Use 256');
    const cell = TILE / size;
    const map: BirdsEyeMap = {
        size,
        cell,
        height: new Float32Array(size * size),
        classes: new Uint8Array(size * size),
        instances: new Uint16Array(size * size)
    };
    const [x0, z0] = [tile.i * TILE, tile.j * TILE];
    const built = tile.roads !== null;
    const road = GROUND_CLASSES.indexOf('road');
    for (let r = 0; r < size; r++) {
        for (let c = 0; c < size; c++) {
            const [x, z] = [x0 + (c + 0.5) * cell, z0 + (r + 0.5) * cell];
            map.height[r * size + c] = terrain.height(x, z);
            map.classes[r * size + c] = built ? road : terrain.ground(x, z);
        }
    }
    const paint = (polygon: readonly PlanPoint[], write: (at: number) => void): void => {
        const xs = polygon.map((p) => (p[0] - x0) / cell);
        const zs = polygon.map((p) => (p[1] - z0) / cell);
        for (let r = Math.max(0, Math.floor(Math.min(...zs))); r < Math.min(size, Math.ceil(Math.max(...zs))); r++)
            for (let c = Math.max(0, Math.floor(Math.min(...xs))); c < Math.min(size, Math.ceil(Math.max(...xs))); c++)
                if (pointInPolygon(polygon, x0 + (c + 0.5) * cell, z0 + (r + 0.5) * cell)) write(r * size + c);
    };
    const [pavement, grass, building] = ['pavement', 'grass', 'building'].map((n) => GROUND_CLASSES.indexOf(n)) as [
        number,
        number,
        number
    ];
    for (const block of tile.blocks) paint(block, (at) => (map.classes[at] = pavement));
    for (const lot of tile.lots) if (lot.front < 0) paint(lot.polygon, (at) => (map.classes[at] = grass));
    tile.buildings.forEach((b, k) => {
        for (const mass of b.masses) {
            paint(mass.polygon, (at) => {
                map.classes[at] = building;
                map.instances[at] = k + 1;
                map.height[at] = Math.max(map.height[at]!, mass.y1);
            });
        }
    });
    return map;
}
