/** Reading and replacing the learned style codes of regions in a stream, without the model and without decoding a picture: swap two regions' codes, and each is drawn in the other's texture. */
import { badInput } from '@mixreel/core';
import { withoutParity } from '../container/parity.ts';
import { readUnit, type Unit, writeUnit } from '../container/unit.ts';
import { CONCEPT_HAS_FINE, CONCEPT_STYLES, modelOf, readStyles, stylesPayload } from './concept-layer.ts';
import { STYLE_LEVELS } from './concept-levels.ts';

/** Gives a region its new style code (six levels of 0 to 4); returns the old one to leave it. `all`: the codes of all regions as they were. */
export type ConceptStyleEdit = (
    code: readonly number[],
    region: number,
    all: readonly (readonly number[])[]
) => readonly number[];

/** Style codes of one frame's regions, six levels of 0 to 4 each; null if it has none. */
export function readConceptStyles(units: readonly Uint8Array[]): number[][] | null {
    for (const bytes of units) {
        const codes = codesOf(readUnit(bytes));
        if (codes) return codes;
    }
    return null;
}

/** One frame's units with the style codes edited; units without any are passed on as they are. */
export function restyleConcept(units: readonly Uint8Array[], edit: ConceptStyleEdit): Uint8Array[] {
    return withoutParity(units).map((bytes) => {
        const unit = readUnit(bytes);
        const codes = codesOf(unit);
        if (!unit || !codes) return bytes;
        const edited = codes.flatMap((code, region) => checkCode(edit(code, region, codes)));
        return writeUnit({ ...unit, payload: stylesPayload(modelOf(unit), Uint8Array.from(edited)) });
    });
}

function codesOf(unit: Unit | null): number[][] | null {
    if (unit?.layer !== 'concept' || unit.parameter % CONCEPT_HAS_FINE !== CONCEPT_STYLES) return null;
    const styles = readStyles(unit);
    const d = STYLE_LEVELS.length;
    return styles && Array.from({ length: unit.count }, (_, i) => [...styles.subarray(i * d, (i + 1) * d)]);
}

function checkCode(code: readonly number[]): readonly number[] {
    const fits = code.length === STYLE_LEVELS.length;
    if (fits && code.every((level, d) => Number.isInteger(level) && level >= 0 && level < STYLE_LEVELS[d]!))
        return code;
    throw badInput(
        `a style code is ${JSON.stringify(code)}`,
        `${STYLE_LEVELS.length} integers from 0 to 4`,
        "Give a region another region's code, as readConceptStyles lists them"
    );
}
