/**
 * Editing and reading a stream without decoding its pictures: text, regions and their styles lie in units of their own, and the texture of intra
 * frames is coded over the base picture that these draw. A region given another colour takes its texture along; predicted frames follow, since they
 * are predicted from it. A region that moves leaves its texture behind: units of texture that it leaves or enters are taken out, and the decoder
 * shows structure and style there. Tokens of concepts go with it.
 */
import { badInput } from '@mixreel/core';
import type { ConceptModel } from './concept/concept-model.ts';
import { moveTokens } from './concept/move-tokens.ts';
import { type MxrFrame, readMxr, writeMxr } from './container/mxr.ts';
import { withoutParity } from './container/parity.ts';
import { readUnit, type Unit, writeUnit } from './container/unit.ts';
import { type DecodedStructure, readStructureUnits } from './structure/read-structure.ts';
import { decodeStyles, encodeStructure, encodeStyles } from './structure/structure-coder.ts';
import { colorOfStyle, type RegionMeaning, type RegionStyle, styleOfColor } from './structure/structure-map.ts';
import { decodeScene, encodeScene } from './text/scene-coder.ts';
import type { SceneText } from './text/scene-text.ts';

/** Gives a region its new style; returns the old one to leave it. */
export type StyleEdit = (style: RegionStyle, region: RegionMeaning, index: number) => RegionStyle;
/** What one frame's units become. */
export type UnitsEdit = (units: readonly Uint8Array[]) => readonly Uint8Array[];

/** Style code of an 8-bit sRGB colour. */
export function styleOfRgb(red: number, green: number, blue: number): RegionStyle {
    const middle = (red + blue) / 2;
    return styleOfColor((middle + green) / 2, red - blue, green - middle);
}

/** 8-bit sRGB colour that a style code stands for: the middle of its step. */
export function rgbOfStyle(style: RegionStyle): [number, number, number] {
    const [y, co, cg] = colorOfStyle(style);
    const middle = y - cg / 2;
    const clip = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
    return [clip(middle + co / 2), clip(middle + cg), clip(middle - co / 2)];
}

/** Structure and style of one frame's units: regions, what they are, their colours, where depth breaks. Null if the frame has none. */
export function readStructure(units: readonly Uint8Array[]): DecodedStructure | null {
    const parsed = units.map(readUnit).filter((unit): unit is Unit => unit?.base === true && unit.intra);
    const lead = parsed[0];
    return readStructureUnits(
        parsed.filter(({ frameIndex, widthPx, heightPx }) => {
            return frameIndex === lead?.frameIndex && widthPx === lead.widthPx && heightPx === lead.heightPx;
        }),
        null
    );
}

/** The text of one frame's units; null if it has none. */
export function readScene(units: readonly Uint8Array[]): SceneText | null {
    for (const bytes of units) {
        const unit = readUnit(bytes);
        const scene = unit?.layer === 'text' ? decodeScene(unit.payload, unit) : null;
        if (scene) return scene;
    }
    return null;
}

/** One frame's units with the styles edited; units without style are passed on as they are. */
export function restyle(units: readonly Uint8Array[], edit: StyleEdit): Uint8Array[] {
    return withoutParity(units).map((bytes) => {
        const unit = readUnit(bytes);
        if (unit?.layer !== 'style' || unit.count < 1 || unit.count > 255) return bytes;
        const known = decodeStyles(unit.payload, unit.count);
        if (!known) return bytes;
        const styles = known.styles.map((style, i) => checkStyle(edit(style, known.regions[i]!, i)));
        return writeUnit({ ...unit, payload: encodeStyles(known.regions, styles) });
    });
}

/** One frame's units with the text edited, as by `(scene) => parseScene(printScene(scene).replace(…))`; others pass as they are. */
export function rewrite(units: readonly Uint8Array[], edit: (scene: SceneText) => SceneText): Uint8Array[] {
    return withoutParity(units).map((bytes) => {
        const unit = readUnit(bytes);
        const scene = unit?.layer === 'text' ? decodeScene(unit.payload, unit) : null;
        if (!unit || !scene) return bytes;
        const { widthPx, heightPx, ...edited } = edit(scene);
        if (widthPx !== unit.widthPx || heightPx !== unit.heightPx) {
            throw badInput(
                `the edited text says ${widthPx}x${heightPx}`,
                `${unit.widthPx}x${unit.heightPx}, as the frame's other layers`,
                'Leave the size as it is'
            );
        }
        return writeUnit({ ...unit, payload: encodeScene({ widthPx, heightPx, ...edited }) });
    });
}

/** Labels of a structure or of a text, and what is known of each region. */
interface Labelled {
    readonly columns: number;
    readonly rows: number;
    readonly labels: Uint8Array;
    readonly regions: readonly RegionMeaning[];
}

/**
 * One frame's units with the label map changed: that of the text, and that of structure. Texture units with a changed cell are taken out.
 *
 * @param edit - Given the map, returns new labels of the same length, each the number of a region.
 */
export function relabel(units: readonly Uint8Array[], edit: (map: Labelled) => Uint8Array): Uint8Array[] {
    const inWords = rewrite(units, (scene) => ({ ...scene, labels: checkLabels(edit(scene), scene) }));
    const structure = readStructure(units);
    if (!structure?.complete) return inWords;
    const labels = checkLabels(edit(structure.map), structure.map);
    const map = { ...structure.map, labels };
    const changed = labels.map((label, i) => (label === structure.map.labels[i] ? 0 : 1));
    const out: Uint8Array[] = [];
    let written = false;
    for (const bytes of inWords) {
        const unit = readUnit(bytes);
        if (unit?.layer === 'structure') {
            if (!written) out.push(...structureUnits(unit, map, units));
            written = true;
        } else if (unit?.layer !== 'texture' || !touches(unit, changed, map.columns)) out.push(bytes);
    }
    return out;
}

/** The map as units no larger than the largest that there was. */
function structureUnits(like: Unit, map: DecodedStructure['map'], before: readonly Uint8Array[]): Uint8Array[] {
    const most = Math.max(128, ...before.map((bytes) => bytes.length));
    return encodeStructure(map, most - 24).map(({ firstRow, rowCount, payload }) =>
        writeUnit({ ...like, first: firstRow, count: rowCount, payload })
    );
}

function touches(unit: Unit, changed: Uint8Array, columns: number): boolean {
    const ctuColumns = Math.ceil(unit.widthPx / 32);
    return changed.some((is, cell) => {
        const ctu = Math.floor(cell / columns / 4) * ctuColumns + Math.floor((cell % columns) / 4);
        return is === 1 && ctu >= unit.first && ctu < unit.first + unit.count;
    });
}

/**
 * One frame's units with regions moved by whole cells of the map that they lie in; what they leave is filled from beside and above. Learned tokens go with them (see move-tokens.ts).
 *
 * @param which - True for the regions that move.
 * @param given - `concept`: the model of the frame's concepts; without it tokens' units that the move touches are taken out.
 */
export function moveRegions(
    units: readonly Uint8Array[],
    which: (region: RegionMeaning, index: number) => boolean,
    columns: number,
    rows: number,
    given: { readonly concept?: ConceptModel | null } = {}
): Uint8Array[] {
    if (!Number.isInteger(columns) || !Number.isInteger(rows)) {
        throw badInput(`the move is ${columns}, ${rows} cells`, 'whole cells', 'Round them');
    }
    const moved = relabel(units, (map) => movedLabels(map, map.regions.map(which), columns, rows));
    const before = readStructure(units);
    if (!before?.complete) return moved;
    const moves = before.map.regions.map(which);
    const after = movedLabels(before.map, moves, columns, rows);
    return moveTokens(moved, { map: before.map, after, moves, columns, rows }, given.concept ?? null);
}

function movedLabels(map: Labelled, moves: readonly boolean[], dx: number, dy: number): Uint8Array {
    const labels = withoutRegions(map, moves);
    map.labels.forEach((label, i) => {
        if (!moves[label]) return;
        const x = (i % map.columns) + dx;
        const y = Math.floor(i / map.columns) + dy;
        if (x >= 0 && x < map.columns && y >= 0 && y < map.rows) labels[y * map.columns + x] = label;
    });
    return labels;
}

/** The map with the cells of some regions filled from what is nearest in their row, else from the row above or below. */
function withoutRegions({ columns, rows, labels }: Labelled, gone: readonly boolean[]): Uint8Array {
    const filled = labels.slice();
    const empty: number[] = [];
    for (let y = 0; y < rows; y++) {
        const row = labels.subarray(y * columns, (y + 1) * columns);
        const stay = Array.from(row.keys()).filter((x) => !gone[row[x]!]);
        if (stay.length === 0) empty.push(y);
        else {
            for (let x = 0; x < columns; x++) {
                const near = stay.reduce((best, at) => (Math.abs(at - x) < Math.abs(best - x) ? at : best));
                filled[y * columns + x] = row[near]!;
            }
        }
    }
    for (const y of empty) {
        const from = Array.from({ length: rows }, (_, i) => i)
            .filter((i) => !empty.includes(i))
            .reduce((best, i) => (best < 0 || Math.abs(i - y) < Math.abs(best - y) ? i : best), -1);
        if (from >= 0) filled.copyWithin(y * columns, from * columns, (from + 1) * columns);
    }
    return filled;
}

/** A file with every frame's units edited: by {@link restyle}, {@link rewrite}, {@link moveRegions} or {@link relabel}. */
export function editMxr(bytes: Uint8Array, edit: UnitsEdit): Uint8Array {
    const file = readMxr(bytes);
    const frames = file.frames.map((frame): MxrFrame => ({ timeNs: frame.timeNs, units: edit(frame.units) }));
    return writeMxr({ metadata: file.metadata, frames });
}

/** A file with the styles of every intra frame edited. */
export function restyleMxr(bytes: Uint8Array, edit: StyleEdit): Uint8Array {
    return editMxr(bytes, (units) => restyle(units, edit));
}

function checkLabels(labels: Uint8Array, map: Labelled): Uint8Array {
    if (labels.length === map.labels.length && labels.every((label) => label < map.regions.length)) return labels;
    throw badInput(
        'the edited map does not fit',
        `${map.labels.length} labels below ${map.regions.length}`,
        'Change labels, not how many there are'
    );
}

function checkStyle(style: RegionStyle): RegionStyle {
    for (const [name, value] of Object.entries(style)) {
        if (Number.isInteger(value) && value >= 0 && value <= 63) continue;
        throw badInput(
            `style code ${name} is ${value}`,
            'an integer from 0 to 63',
            'Make styles with styleOfRgb(red, green, blue)'
        );
    }
    return style;
}
