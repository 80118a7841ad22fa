/**
 * All lights of a scene in one table: every triangle of an emissive instance, the punctual lights, and the environment. The
 * first `choices` rows are chosen from by one alias table, by power; the environment, whose power says little about what reaches
 * the inside of a room, gets half of the samples if there are other lights. With few lights every row is such a choice. With
 * many, the lights that have a place are one choice together (a row of kind `tree`), and the light tree finds one of them for the
 * point that is lit; see `light-tree.ts`, and {@link TREE_THRESHOLD} for what is many.
 *
 * Order: suns, other directional lights, environment, tree; point and spot lights, triangles.
 * Rows of a light (6 x 4 words): v0 or position, kind + 16 if two-sided | e1 or direction; area, cosine of the inner cone or a sun's
 * 1 - cosine | e2 or (range, falloff, -), probability of the choice | radiance, intensity or irradiance; material of a textured triangle, cosine of
 * the outer cone or a sun's square of the sine | uv0, uv1 | uv2, keep, alias. Behind the tree's choice the last two are
 * trail and 0. Behind all lights stand two rows for each triangle that alpha may hide, which its kind names from bit 5 on: uv0, uv1 of the
 * base colour | uv2, alpha of the vertices as 16-bit unorm: 0 and 1, 2. Twin of `shaders/pathtracer/lights.wgsl`.
 */
import type { Progress } from '@mixreel/core';
import { NONE } from '../math/none.ts';
import { isEmissive } from '../scene/create-scene.ts';
import type { Environment, Scene } from '../scene/scene.ts';
import { type AliasTable, buildAliasTable } from './alias-table.ts';
import { LeafWriter } from './light-leaves.ts';
import { isSun, LIGHT_KIND, LIGHT_WORDS, LightWriter } from './light-rows.ts';
import { buildLightTree, type LightTree } from './light-tree.ts';

/** How a light is chosen: by power alone, by the tree, or whichever is better for so many. */
export type LightSampler = 'auto' | 'power' | 'tree';

/**
 * From so many lights that have a place on, `auto` builds the tree. Measured over a floor under small lamps (the twin): power
 * sampling has 3.6 times the tree's variance with 8 lamps, 2.8 with 16, 7.0 with 32, 5.9 with 1,024; pictures of direct light took 0.8 to
 * 1.4 times as long on SwiftShader. Below, a lamp is often one quad, whose two triangles there is nothing to choose between.
 */
export const TREE_THRESHOLD = 8;

/** Parameters of {@link buildLightTable}. */
export interface LightTableInit {
    /** Radius of a sphere around the scene, metres. */
    readonly radius: number;
    readonly sampler?: LightSampler;
    readonly progress?: Progress | undefined;
}

/** See the file comment. */
export interface LightTable {
    /** 24 for each of the lights, and what stands behind them. */
    readonly words: Uint32Array;
    /** Lights, the tree among them. */
    readonly count: number;
    /** Rows that `alias` chooses from; 0 if no light gives any. */
    readonly choices: number;
    readonly alias: AliasTable;
    readonly tree: LightTree | null;
    /** Directional lights of some size: the first rows. */
    readonly suns: number;
    /** First light of each instance, or {@link NONE}; its triangles follow in the mesh's order. */
    readonly firstOfInstance: Uint32Array;
    /** Probability that a sample goes to the environment. */
    readonly environmentPmf: number;
    /** Emissive triangles that give light. */
    readonly emissiveTriangles: number;
}

/** Builds the table. @throws `aborted`. */
export function buildLightTable(scene: Scene, init: LightTableInit): LightTable {
    const suns = scene.lights.filter(isSun);
    const far = scene.lights.filter((light) => light.kind === 'directional' && !isSun(light));
    const near = scene.lights.filter((light) => light.kind !== 'directional');
    const emissive = scene.instances.map(({ material, mesh }) => {
        const { unlit = false } = scene.materials[material]!;
        return isEmissive(scene.materials[material]!) && !(unlit && scene.meshes[mesh]!.colors);
    });
    let placed = near.length;
    for (const [i, instance] of scene.instances.entries()) {
        if (emissive[i]) placed += scene.meshes[instance.mesh]!.indices.length / 3;
    }
    const sampler = init.sampler ?? 'auto';
    const withTree = placed > 0 && (sampler === 'tree' || (sampler === 'auto' && placed >= TREE_THRESHOLD));
    const infinite = suns.length + far.length + (scene.environment ? 1 : 0);
    const first = infinite + (withTree ? 1 : 0);
    const leaves = withTree ? new LeafWriter(placed) : null;
    const writer = new LightWriter(scene, first + placed, leaves);
    for (const light of [...suns, ...far]) writer.directional(light, init.radius);
    writer.next = first;
    for (const light of near) writer.punctual(light);
    const firstOfInstance = new Uint32Array(scene.instances.length).fill(NONE);
    for (const [i, instance] of scene.instances.entries()) {
        if (!emissive[i]) continue;
        firstOfInstance[i] = writer.next;
        writer.instance(instance);
    }
    const { weights } = writer;
    let others = 0;
    for (const weight of weights) others += weight;
    if (withTree) {
        for (let i = first; i < weights.length; i++) weights[first - 1]! += weights[i]!;
        writer.words[(first - 1) * LIGHT_WORDS + 3] = LIGHT_KIND.tree;
    }
    let environmentPmf = 0;
    if (scene.environment) {
        const row = suns.length + far.length;
        writer.words[row * LIGHT_WORDS + 3] = LIGHT_KIND.environment;
        const lit = isLit(scene.environment);
        weights[row] = lit ? others || 1 : 0;
        if (lit) environmentPmf = others > 0 ? 0.5 : 1;
    }
    const alias = buildAliasTable(withTree ? weights.subarray(0, first) : weights);
    const tree = leaves && leaves.count > 0 ? buildLightTree(leaves, init.progress) : null;
    writeChoices(writer, alias, leaves, tree);
    return {
        words: writer.rows(weights.length),
        count: weights.length,
        choices: alias.total > 0 ? alias.keep.length : 0,
        alias,
        tree,
        suns: suns.length,
        firstOfInstance,
        environmentPmf,
        emissiveTriangles: writer.emissiveTriangles
    };
}

/** False for a black environment: no sample goes there. */
function isLit({ data, intensity = 1 }: Environment): boolean {
    return intensity > 0 && data.some((x) => x > 0);
}

/** Probabilities and aliases of the choices; trails of the tree's lights, whose probability is that of the tree. */
function writeChoices(
    { words, floats }: LightWriter,
    alias: AliasTable,
    leaves: LeafWriter | null,
    tree: LightTree | null
): void {
    for (let i = 0; i < alias.keep.length; i++) {
        floats[i * LIGHT_WORDS + 11] = alias.pmf[i]!;
        floats[i * LIGHT_WORDS + 22] = alias.keep[i]!;
        words[i * LIGHT_WORDS + 23] = alias.alias[i]!;
    }
    if (!leaves || !tree) return;
    for (let i = 0; i < leaves.count; i++) {
        const o = leaves.lights[i]! * LIGHT_WORDS;
        floats[o + 11] = alias.pmf[alias.pmf.length - 1]!;
        words[o + 22] = tree.trails[i]!;
    }
}
