/**
 * The parametric catalogue: every class by name, and the mesh of a node. A mesh depends on class, box, variant, leg style
 * and parameters only, so equal nodes share one.
 */
import { badInput, Rng } from '@mixreel/core';
import type { Dimensions } from '../graph/scene-graph.ts';
import { MeshBuilder } from '../mesh/mesh-builder.ts';
import { BELONGINGS } from './belongings.ts';
import { DECOR } from './decor.ts';
import { ELECTRONICS } from './electronics.ts';
import type { FurnitureClass, LegStyle } from './furniture-class.ts';
import { KITCHEN_BATH } from './kitchen-bath.ts';
import { LIGHTING } from './lighting.ts';
import { PANTRY } from './pantry.ts';
import { SEATING } from './seating.ts';
import { SLEEPING } from './sleeping.ts';
import { SMALL_THINGS } from './small-things.ts';
import { STORAGE } from './storage.ts';
import { TABLES } from './tables.ts';

const ALL: readonly FurnitureClass[] = [
    ...SEATING,
    ...TABLES,
    ...STORAGE,
    ...SLEEPING,
    ...LIGHTING,
    ...ELECTRONICS,
    ...DECOR,
    ...KITCHEN_BATH,
    ...SMALL_THINGS,
    ...BELONGINGS,
    ...PANTRY
];

/** Every class by name. */
export const CATALOGUE: ReadonlyMap<string, FurnitureClass> = new Map(ALL.map((c) => [c.name, c]));

/** A class of the catalogue; throws `bad-input` if there is none of that name. */
export function furnitureClass(name: string): FurnitureClass {
    const found = CATALOGUE.get(name);
    if (found) return found;
    throw badInput(`class "${name}" is unknown`, [...CATALOGUE.keys()].join(', '), 'Use one of these classes');
}

/** What decides the look of a mesh besides its class. */
export interface MeshOptions {
    readonly dims: Dimensions;
    readonly variant: number;
    readonly legs: LegStyle;
    readonly bevel: number;
    readonly params?: Readonly<Record<string, number>>;
}

/** Builds the mesh of one object of a class: parts by material slot, in the node's frame. */
export function buildMesh(name: string, options: MeshOptions): MeshBuilder {
    const { dims, variant, params = {} } = options;
    const stream = Rng.create(variant).stream('mesh', name);
    const random = (): number => stream.float();
    const builder = new MeshBuilder();
    furnitureClass(name).build(builder, {
        w: dims.width,
        h: dims.height,
        d: dims.depth,
        random,
        pick: (...choices) => choices[Math.min(choices.length - 1, Math.floor(random() * choices.length))]!,
        legs: options.legs,
        bevel: options.bevel,
        params
    });
    return builder;
}
