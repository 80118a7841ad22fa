/**
 * Editing and reading a stream without decoding its pictures: regions and their styles lie in units of their own, and the texture of intra frames is coded over the
 * base picture that they draw. A region given another colour takes its texture along; predicted frames follow, since they are predicted
 * from it.
 */
import { badInput } from '@mixreel/core';
import { type MxrFrame, readMxr, writeMxr } from './container/mxr.ts';
import { readUnit, type Unit, writeUnit } from './container/unit.ts';
import { type DecodedStructure, readStructureUnits } from './structure/read-structure.ts';
import { decodeStyles, encodeStyles } from './structure/structure-coder.ts';
import { colorOfStyle, type RegionMeaning, type RegionStyle, styleOfColor } from './structure/structure-map.ts';

/** Gives a region its new style; returns the old one to leave it. */
export type StyleEdit = (style: RegionStyle, region: RegionMeaning, index: number) => RegionStyle;

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

/** One frame's units with the styles edited; units without style are passed on as they are. */
export function restyle(units: readonly Uint8Array[], edit: StyleEdit): Uint8Array[] {
    return units.map((bytes) => {
        const unit = readUnit(bytes);
        if (unit?.layer !== 'style' || unit.count < 1 || unit.count > 255) return bytes;
        const known = decodeStyles(unit.payload, unit.count);
        if (!known) return bytes;
        const styles = known.styles.map((style, i) => checkStyle(edit(style, known.regions[i]!, i)));
        return writeUnit({ ...unit, payload: encodeStyles(known.regions, styles) });
    });
}

/** A file with the styles of every intra frame edited. */
export function restyleMxr(bytes: Uint8Array, edit: StyleEdit): Uint8Array {
    const file = readMxr(bytes);
    const frames = file.frames.map((frame): MxrFrame => ({ timeNs: frame.timeNs, units: restyle(frame.units, edit) }));
    return writeMxr({ metadata: file.metadata, frames });
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
