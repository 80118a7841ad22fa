/** A picture as concepts: its label map, colours, codes and units, and what a decoder that gets them all shows. */
import type { Frame } from '@mixreel/image';
import { UNIT_OVERHEAD_BYTES } from '../container/unit.ts';
import { type FrameEncoderOptions, mostUnitBytes } from '../options.ts';
import type { Picture } from '../picture.ts';
import type { RegionStyle, StructureMap } from '../structure/structure-map.ts';
import { planesFromPicture } from '../texture/color-transform.ts';
import { TextureState } from '../texture/texture-state.ts';
import { type ConceptUnit, conceptUnits } from './concept-layer.ts';
import { LevelGrid, LOG2_CONCEPT } from './concept-levels.ts';
import type { ConceptModel, ConceptPicture } from './concept-model.ts';
import { basePicture, conceptStructure } from './structure.ts';

/** See the file comment. */
export interface EncodedConcept {
    readonly map: StructureMap;
    readonly colors: readonly RegionStyle[];
    readonly units: readonly ConceptUnit[];
    readonly shown: Picture;
}

/** Encodes a picture; alpha is not sent. Costs two drawings where finer tokens are wanted, else one. */
export function encodeConcept(
    model: ConceptModel,
    frame: Frame,
    picture: Picture,
    options: Pick<FrameEncoderOptions, 'quality' | 'fixedLength' | 'unitBytes' | 'parity' | 'regionCount' | 'structure'>
): EncodedConcept {
    const s = new TextureState(picture.widthPx, picture.heightPx, 3);
    const known = options.structure === 'auto' || options.structure === 'labels' ? frame : null;
    const { map, styles: colors } = conceptStructure(planesFromPicture(s, picture), s, known, options.regionCount);
    const base = basePicture(picture.widthPx, picture.heightPx, map, colors);
    const { styles, tokens, fine } = model.codesOf(picture, base, map);
    const coarse: ConceptPicture = { map, colors, styles, tokens, fine: null };
    let shown = model.draw(picture, coarse);
    const count = options.fixedLength ? 0 : Math.round((options.quality / 100) * tokens.known.length);
    const finer = count === 0 ? null : refined(picture, shown, tokens, fine, count);
    if (finer) shown = model.draw(picture, { ...coarse, fine: finer });
    const payloadBytes = mostUnitBytes(options) - UNIT_OVERHEAD_BYTES;
    const units = conceptUnits(model, styles, tokens, finer, { payloadBytes, fixedLength: options.fixedLength });
    return { map, colors, units, shown };
}

/** The finer tokens of the squares that differ most from the picture. */
function refined(picture: Picture, shown: Picture, tokens: LevelGrid, fine: LevelGrid, count: number): LevelGrid {
    const { widthPx, heightPx, rgb } = picture;
    const apart = new Float64Array(tokens.known.length);
    for (let i = 0; i < rgb.length; i++) {
        const at = i % (widthPx * heightPx);
        const x = at % widthPx;
        const y = (at - x) / widthPx;
        apart[(y >> LOG2_CONCEPT) * tokens.columns + (x >> LOG2_CONCEPT)]! += (rgb[i]! - shown.rgb[i]!) ** 2;
    }
    const worst = Array.from(apart.keys()).sort((a, b) => apart[b]! - apart[a]! || a - b);
    const chosen = new LevelGrid(fine.columns, fine.rows, fine.counts);
    chosen.levels.set(fine.levels);
    for (const square of worst.slice(0, count)) {
        const x = 2 * (square % tokens.columns);
        const first = 2 * Math.floor(square / tokens.columns) * fine.columns + x;
        for (const at of [first, first + 1, first + fine.columns, first + fine.columns + 1]) chosen.known[at] = 1;
    }
    return chosen;
}
