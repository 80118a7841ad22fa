/**
 * The land under and around a town, as functions of the coordinates: which tiles are built on and how densely, how high the
 * ground is, and what covers it. Towns are level, so that streets and houses need no terracing; hills rise beyond their last
 * tile over a quarter of a tile. The scene generators that learn this (SceneDreamer, CityDreamer) draw a height map and a
 * semantic map seen from above and lift them; here both are exact, see birds-eye.ts.
 */

import { hypot } from '../geometry/hypot.ts';
import { TILE } from './grow-roads.ts';
import { fractalNoise, noise, smoothStep } from './lattice-noise.ts';

/** What the ground is, seen from above. The numbers are the values of the semantic map. */
export const GROUND_CLASSES: readonly string[] = Object.freeze([
    'void',
    'water',
    'sand',
    'meadow',
    'forest',
    'rock',
    'grass',
    'pavement',
    'road',
    'building'
]);

/** See the file comment. */
export class Terrain {
    readonly seed: number;
    readonly #urban: number;

    /** @param urban - Share of the tiles that are built on, 0 (none) to 1 (all). */
    constructor(seed: number, urban: number) {
        this.seed = seed;
        this.#urban = urban;
    }

    /** How densely tile (i, j) is built on: 0 not at all, to 1. */
    density(i: number, j: number): number {
        if (this.#urban <= 0) return 0;
        const wave = noise(i / 4.3 + 0.5, j / 4.3 + 0.5, this.seed + 51);
        const level = this.#urban >= 1 ? 1 : (wave - (1 - this.#urban)) / Math.max(this.#urban, 0.15);
        if (this.#urban < 1 && level <= 0.05) return 0;
        return this.#urban >= 1 ? 0.25 + 0.75 * wave : Math.min(1, 0.25 + level);
    }

    /** Height of the land, metres; 0 in town, below -2 under water. */
    height(x: number, z: number): number {
        const wild = this.#wilderness(x, z);
        if (wild === 0) return 0;
        const hills = fractalNoise(x / 620, z / 620, this.seed + 61, 5) - 0.42;
        const ridge = 1 - Math.abs(2 * noise(x / 900, z / 900, this.seed + 71) - 1);
        return wild * (hills * 95 + ridge * ridge * ridge * 40);
    }

    /** Index into {@link GROUND_CLASSES} of open land. */
    ground(x: number, z: number): number {
        const y = this.height(x, z);
        if (y < WATER_LEVEL) return 1;
        if (y < WATER_LEVEL + 1.2 && this.#wilderness(x, z) > 0.2) return 2;
        const steep = hypot(this.height(x + 2, z) - y, this.height(x, z + 2) - y) / 2;
        if (steep > 0.55 || y > 46) return 5;
        return noise(x / 130, z / 130, this.seed + 81) > 0.52 ? 4 : 3;
    }

    /** 0 within a built tile (and a strip around it), 1 a quarter of a tile away from the last. */
    #wilderness(x: number, z: number): number {
        const [ci, cj] = [Math.floor(x / TILE), Math.floor(z / TILE)];
        let nearest = Infinity;
        for (let i = ci - 1; i <= ci + 1; i++) {
            for (let j = cj - 1; j <= cj + 1; j++) {
                if (this.density(i, j) === 0) continue;
                const dx = Math.max(i * TILE - x, 0, x - (i + 1) * TILE);
                const dz = Math.max(j * TILE - z, 0, z - (j + 1) * TILE);
                nearest = Math.min(nearest, hypot(dx, dz));
            }
        }
        // Tile corners are moved by up to 12 % of a tile, boulevards bend by 5 %: the strip holds both.
        return smoothStep(0.2 * TILE, 0.75 * TILE, nearest);
    }
}

/** Height of lakes and rivers, metres. */
export const WATER_LEVEL: number = -6;
