/**
 * The light grid as units: the small picture of {@link pictureOfLight}, coded by the texture coder over neutral grey, predicted from the grid
 * before in predicted frames. Encoder and decoder each hold the last grid.
 */
import type { Frame } from '@mixreel/image';
import { Concealer } from '../concealment.ts';
import type { Picture } from '../picture.ts';
import { pictureFromPlanes, planesFromPicture } from '../texture/color-transform.ts';
import { deblock } from '../texture/deblocking.ts';
import { LARGEST_QP } from '../texture/quantiser.ts';
import { TextureDecoder, type TextureUnit } from '../texture/texture-decoder.ts';
import { TextureEncoder } from '../texture/texture-encoder.ts';
import { TextureState } from '../texture/texture-state.ts';
import { Guide } from './guide.ts';
import { fitLight, pictureOfLight, rangeOf } from './light.ts';
import { canSeeOpenness } from './openness.ts';

/** Bytes of a light unit's payload before the coded grid: range; cell size and whether texture follows. */
export const LIGHT_HEADER_BYTES = 2;
const ALONE_FLAG = 0x80;
/** The guide's corners are darker by themselves (`openness.ts`). */
const OPEN_FLAG = 0x40;
const LOG2_CELL_MASK = 0x3f;
/** QP from which cells of 16 pixels do better than cells of 8. */
const COARSE_QP = 46;
/** A grid sample lights a whole cell, so it is quantised finer by the cell's side: QP steps an octave; six would be as fine as samples of the picture, and takes more bytes than it is worth. */
const FINER_PER_OCTAVE = 5;

/** A grid as decoded. */
export interface CodedLight {
    readonly guide: Guide;
    readonly picture: Picture;
    readonly range: number;
}

/** What a grid became. */
export interface EncodedLight extends CodedLight {
    readonly units: readonly TextureUnit[];
    readonly log2Cell: number;
    /** Whether corners are darker by themselves. */
    readonly opens: boolean;
}

interface LastLight {
    readonly state: TextureState;
    readonly range: number;
    readonly log2Cell: number;
    readonly opens: boolean;
}

/** Holds the scratch memory and the last grid of one encoder. */
export class LightEncoder {
    readonly #texture: TextureEncoder = new TextureEncoder();
    #last: LastLight | null = null;
    #next: LastLight | null = null;

    /** @param frame - With colour and guide layers. */
    encode(frame: Frame, intra: boolean, qp: number, payloadBytes: number): EncodedLight {
        const last = intra ? null : this.#last;
        const log2Cell = last?.log2Cell ?? (qp >= COARSE_QP ? 4 : 3);
        const opens = canSeeOpenness(frame);
        const guide = new Guide(frame, frame.widthPx, frame.heightPx, log2Cell, opens);
        const light = fitLight(guide, frame.layer('color'));
        const range = last?.range ?? rangeOf(light);
        const source = pictureOfLight(guide, light, range);
        const state = new TextureState(guide.columns, guide.rows, 3);
        if (last) state.reference = last.state.planes;
        const finer = Math.max(0, qp - FINER_PER_OCTAVE * log2Cell);
        const input = { source: planesFromPicture(state, source), qp: finer, payloadBytes, hintX: null, hintY: null };
        const steps = this.#texture.encode(state, input);
        let step = steps.next();
        while (!step.done) step = steps.next();
        deblock(state);
        state.reference = null;
        this.#next = { state, range, log2Cell, opens };
        return { units: step.value, guide, picture: pictureFromPlanes(state), range, log2Cell, opens };
    }

    /** The frame is out: its grid is what the next refers to. */
    commit(): void {
        this.#last = this.#next;
    }
}

/** Payload of a unit: the grid's own header and its coded part. */
export function lightPayload(light: EncodedLight, unit: TextureUnit, alone: boolean): Uint8Array {
    const payload = new Uint8Array(LIGHT_HEADER_BYTES + unit.payload.length);
    payload[0] = light.range;
    payload[1] = light.log2Cell | (alone ? ALONE_FLAG : 0) | (light.opens ? OPEN_FLAG : 0);
    payload.set(unit.payload, LIGHT_HEADER_BYTES);
    return payload;
}

/** A light unit as it arrived. */
export interface ArrivedLight {
    readonly first: number;
    readonly count: number;
    readonly parameter: number;
    readonly payload: Uint8Array;
}

/** A grid as far as it arrived. */
export interface DecodedLight extends CodedLight {
    /** True if all of it arrived and refers to a grid that was whole. */
    readonly complete: boolean;
    /** True if the frame has no texture of its own: reflectance x light is the picture. */
    readonly alone: boolean;
    readonly damaged: number;
}

/** Holds the scratch memory and the last grid of one decoder. */
export class LightDecoder {
    readonly #texture: TextureDecoder = new TextureDecoder();
    readonly #concealer: Concealer = new Concealer();
    #last: (LastLight & { readonly exact: boolean }) | null = null;

    /** @param frame - The guide, or null if the receiver has none. Null result: no grid at all, now or before. */
    decode(
        units: readonly ArrivedLight[],
        intra: boolean,
        frame: Frame | null,
        widthPx: number,
        heightPx: number
    ): DecodedLight | null {
        const lead = units.find(isSound);
        const log2Cell = lead ? lead.payload[1]! & LOG2_CELL_MASK : this.#last?.log2Cell;
        const range = lead ? lead.payload[0]! : this.#last?.range;
        if (log2Cell === undefined || range === undefined) return null;
        const opens = lead ? (lead.payload[1]! & OPEN_FLAG) !== 0 : (this.#last?.opens ?? false);
        const guide = new Guide(frame, widthPx, heightPx, log2Cell, opens);
        const state = new TextureState(guide.columns, guide.rows, 3);
        const before = this.#last;
        const fits = before?.state.widthPx === state.widthPx && before.state.heightPx === state.heightPx;
        const reference = fits ? before.state.planes : null;
        if (!intra) state.reference = reference ?? state.base;
        const have = new Uint8Array(state.ctuCount);
        const damaged = this.#read(state, units, have, lead);
        this.#concealer.conceal(state, have, reference, false);
        deblock(state);
        state.reference = null;
        const exact = have.every((ctu) => ctu === 1) && (intra || (fits && before.exact));
        this.#last = { state, range, log2Cell, opens, exact };
        const alone = lead !== undefined && (lead.payload[1]! & ALONE_FLAG) !== 0;
        return { guide, picture: pictureFromPlanes(state), range, complete: exact, alone, damaged };
    }

    #read(
        state: TextureState,
        units: readonly ArrivedLight[],
        have: Uint8Array,
        lead: ArrivedLight | undefined
    ): number {
        let damaged = 0;
        let id = 0;
        for (const unit of [...units].sort((a, b) => a.first - b.first)) {
            const end = unit.first + unit.count;
            const same = isSound(unit) && unit.payload[0] === lead?.payload[0] && unit.payload[1] === lead?.payload[1];
            const open = unit.count >= 1 && end <= have.length && !have[unit.first] && !have[end - 1];
            const run = {
                firstCtu: unit.first,
                ctuCount: unit.count,
                qp: unit.parameter,
                payload: unit.payload.subarray(LIGHT_HEADER_BYTES)
            };
            if (same && open && this.#texture.decode(state, run, ++id)) have.fill(1, unit.first, end);
            else damaged++;
        }
        return damaged;
    }
}

function isSound(unit: ArrivedLight): boolean {
    if (unit.payload.length < LIGHT_HEADER_BYTES + 4 || unit.parameter > LARGEST_QP) return false;
    const log2Cell = unit.payload[1]! & LOG2_CELL_MASK;
    return log2Cell >= 3 && log2Cell <= 5 && unit.payload[0]! < 128;
}
