/** Gathers one frame's units, layer by layer, into the sets that become its PDU Sets. */
import type { ConceptUnit } from './concept/concept-layer.ts';
import { parityGroups, parityPayload } from './container/parity.ts';
import { type LayerId, noLayerBytes, UNIT_OVERHEAD_BYTES, type Unit, writeUnit } from './container/unit.ts';
import { type FrameEncoderOptions, mostUnitBytes } from './options.ts';
import { type EncodedLight, lightPayload } from './shared-scene/light-coder.ts';
import { encodeStructure, encodeStyles } from './structure/structure-coder.ts';
import type { RegionStyle, StructureMap } from './structure/structure-map.ts';
import { encodeScene } from './text/scene-coder.ts';
import type { SceneText } from './text/scene-text.ts';
import { GRAIN_FLAG, type GrainUnit } from './texture/grain.ts';
import type { TextureUnit } from './texture/texture-decoder.ts';
import type { TextureState } from './texture/texture-state.ts';
import { FINER, HAS_FINER } from './tokens/finer-tokens.ts';
import type { TokenUnit } from './tokens/token-grid.ts';

/** See the file comment. */
export class UnitWriter {
    readonly kind: 'intra' | 'predicted';
    readonly sets: { importance: number; units: Uint8Array[] }[] = [];
    readonly layerBytes: Record<LayerId, number> = noLayerBytes();
    bytes = 0;
    readonly #unitBytes: number;
    readonly #common: Omit<Unit, 'layer' | 'importance' | 'first' | 'count' | 'parameter' | 'payload'>;
    #base = false;
    #edges = false;

    constructor(
        s: Pick<TextureState, 'widthPx' | 'heightPx' | 'planeCount'>,
        kind: 'intra' | 'predicted',
        frameIndex: number,
        options: FrameEncoderOptions
    ) {
        this.kind = kind;
        this.#unitBytes = mostUnitBytes(options);
        this.#common = {
            intra: kind === 'intra',
            alpha: s.planeCount > 3,
            base: false,
            edges: false,
            shared: options.sharedScene,
            frameIndex,
            widthPx: s.widthPx,
            heightPx: s.heightPx
        };
    }

    pose(payload: Uint8Array): void {
        this.#add('pose', 1, 0, 0, 0, payload);
    }

    text(scene: SceneText, alone: boolean): void {
        this.#add('text', 1, 0, 0, alone ? 1 : 0, encodeScene(scene));
    }

    structure(map: StructureMap, styles: readonly RegionStyle[]): void {
        this.#base = true;
        this.#edges = map.edges !== null;
        for (const band of encodeStructure(map, this.#unitBytes - UNIT_OVERHEAD_BYTES)) {
            this.#add('structure', 1, band.firstRow, band.rowCount, map.regions.length, band.payload);
        }
        this.#add('style', 2, 0, map.regions.length, 0, encodeStyles(map.regions, styles));
    }

    /** Even places first: they alone leave every lost token with its neighbours. */
    tokens(units: readonly TokenUnit[], log2: number, finer: readonly TokenUnit[] = []): void {
        const flag = finer.length > 0 ? HAS_FINER : 0;
        const add = (unit: TokenUnit, importance: number, parameter: number): void => {
            this.#add('tokens', importance, unit.first, unit.count, parameter + log2 + flag, unit.payload);
        };
        for (const unit of units) add(unit, 3 + (unit.first & 1), 0);
        for (const unit of finer) add(unit, 5, FINER);
    }

    concept(units: readonly ConceptUnit[]): void {
        for (const unit of units) {
            this.#add('concept', unit.importance, unit.first, unit.count, unit.parameter, unit.payload);
        }
    }

    light(light: EncodedLight, alone: boolean, importance: number): void {
        for (const unit of light.units) {
            this.#add('light', importance, unit.firstCtu, unit.ctuCount, unit.qp, lightPayload(light, unit, alone));
        }
    }

    /** @param grain - Whether the frame has grain, which `grain` writes. */
    texture(units: readonly TextureUnit[], importance: number, grain: boolean): void {
        for (const unit of units) {
            const parameter = unit.qp + (grain ? GRAIN_FLAG : 0);
            this.#add('texture', importance, unit.firstCtu, unit.ctuCount, parameter, unit.payload);
        }
    }

    grain(units: readonly GrainUnit[]): void {
        for (const unit of units) this.#add('grain', 8, unit.first, unit.count, 0, unit.payload);
    }

    /** Parity over all that was written: what everything else lies over is sent twice, of the rest one unit for every `groupUnits`. */
    protect(groupUnits: number): void {
        // A shared scene's light is its picture, and too much to send twice.
        const foundation = this.#common.shared ? 0 : 2;
        const below = this.sets.filter((set) => set.importance <= foundation).flatMap((set) => set.units);
        const above = this.sets.filter((set) => set.importance > foundation).flatMap((set) => set.units);
        for (const group of [...parityGroups(below, 1), ...parityGroups(above, groupUnits)]) {
            this.#add('parity', 9, 0, group.length, 0, parityPayload(group));
        }
    }

    #add(
        layer: LayerId,
        importance: number,
        first: number,
        count: number,
        parameter: number,
        payload: Uint8Array
    ): void {
        const common = { ...this.#common, base: this.#base, edges: this.#edges };
        const unit = writeUnit({ ...common, layer, importance, first, count, parameter, payload });
        let set = this.sets.find((entry) => entry.importance === importance);
        if (!set) {
            set = { importance, units: [] };
            this.sets.push(set);
            this.sets.sort((a, b) => a.importance - b.importance);
        }
        set.units.push(unit);
        this.layerBytes[layer] += unit.length;
        this.bytes += unit.length;
    }
}
