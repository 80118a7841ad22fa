/**
 * Units to frames, whatever arrived. Loss is no error here: what is missing is concealed and reported. A unit whose CRC fails, that
 * contradicts the others of its frame or that does not decode to its last bit counts as lost.
 */
import { MixreelError, type PduSet, type PduSetArrival, type Progress, throwIfAborted } from '@mixreel/core';
import { type Frame, IDENTITY_VIEW, type View } from '@mixreel/image';
import { Concealer } from './concealment.ts';
import { STYLE_LEVELS } from './concept/concept-levels.ts';
import { type ReceivedCodes, readConcept } from './concept/read-concept.ts';
import { recoverUnits } from './container/parity.ts';
import { readUnit, type Unit } from './container/unit.ts';
import { cellFeatures } from './generator/cell-features.ts';
import { decoderOptions, type FrameDecoderOptions } from './options.ts';
import { frameFromPicture, type Picture } from './picture.ts';
import { decodePose } from './pose.ts';
import { drawLit } from './shared-scene/light.ts';
import { type DecodedLight, LightDecoder } from './shared-scene/light-coder.ts';
import { drawBase } from './structure/base-picture.ts';
import { type DecodedStructure, readStructureUnits } from './structure/read-structure.ts';
import { paintScene } from './text/paint-scene.ts';
import { decodeScene } from './text/scene-coder.ts';
import type { SceneText } from './text/scene-text.ts';
import { pictureFromPlanes, planesFromPicture } from './texture/color-transform.ts';
import { deblock } from './texture/deblocking.ts';
import { decodeGrain, GRAIN_FLAG, type GrainMap, noGrain, withGrain } from './texture/grain.ts';
import { LARGEST_QP } from './texture/quantiser.ts';
import { TextureDecoder } from './texture/texture-decoder.ts';
import { TextureState } from './texture/texture-state.ts';
import { FINER, fillFiner, finerGrid, HAS_FINER, readFinerUnit } from './tokens/finer-tokens.ts';
import {
    fillTokens,
    LARGEST_LOG2_TOKEN,
    paintTokens,
    readTokenUnit,
    SMALLEST_LOG2_TOKEN,
    TokenGrid
} from './tokens/token-grid.ts';

/** A decoded frame and how much of it was really there. */
export interface DecodedFrame {
    /** Number of the frame in its stream, or null if nothing of it arrived. */
    readonly frameIndex: number | null;
    readonly kind: 'intra' | 'predicted' | 'repeated';
    readonly picture: Picture;
    readonly frame: Frame;
    /** Share of the picture's area whose texture is concealed, 0 to 1. */
    readonly concealedShare: number;
    /** True if the picture equals the encoder's reconstruction, byte for byte: nothing is missing here or in what it refers to, nothing was painted on. */
    readonly exact: boolean;
    /** True if all of the frame and of what it is predicted from arrived; `exact` is false all the same for a picture that a generator painted on. */
    readonly complete: boolean;
    /** True if a generator painted on the picture: some of its texture is invented. */
    readonly generated: boolean;
    /** Units that did not arrive (only known for PDU Set arrivals) or arrived too late. */
    readonly lostUnits: number;
    /** Units that did not arrive and were had again from parity: `lostUnits` counts them too. */
    readonly recoveredUnits: number;
    /** Units that arrived damaged. */
    readonly corruptUnits: number;
    /** Units of another frame. */
    readonly foreignUnits: number;
    /** Structure of the newest intra frame that had any, as far as it arrived. */
    readonly structure: DecodedStructure | null;
    /** The text of this frame, if it came with one. */
    readonly scene: SceneText | null;
}

/** Settings of one call of {@link FrameDecoder.decode}. */
export interface DecodeSettings extends Progress {
    /** For streams encoded with `sharedScene`: layers albedo, normal, depth, instance of this frame, rendered by the receiver. */
    readonly guide?: Frame;
}

/** See the file comment. */
export class FrameDecoder {
    readonly options: FrameDecoderOptions;
    readonly #texture: TextureDecoder = new TextureDecoder();
    readonly #light: LightDecoder = new LightDecoder();
    readonly #concealer: Concealer = new Concealer();
    #reference: TextureState | null = null;
    #picture: Picture | null = null;
    #view: View | null = null;
    #timeNs = 0;
    #structure: DecodedStructure | null = null;
    #frameIndex = -1;
    #exact = false;
    #generated = false;

    constructor(options: Partial<FrameDecoderOptions> = {}) {
        this.options = decoderOptions(options);
    }

    /**
     * Decodes one frame from what arrived of it.
     *
     * @param arrivals - The PDU Sets of one frame, as sent or as they arrived. Empty: the frame was lost, the last one is repeated.
     * @param settings - `guide`: for streams encoded with `sharedScene`, the frame's albedo, normal, depth and instance layers as the receiver
     *   renders them.
     * @returns The frame; never throws because of loss or damage. Throws `limit-exceeded` if the picture is larger than `maxPixels`.
     */
    decode(arrivals: readonly (PduSetArrival | PduSet)[], settings: DecodeSettings = {}): DecodedFrame {
        const { units, lost, timeNs } = this.#collect(arrivals);
        return this.#decode(units, lost, timeNs, settings);
    }

    /** As {@link decode}, from bare units; `timeNs` is the frame's time if something else knows it. */
    decodeUnits(
        units: readonly Uint8Array[],
        settings: DecodeSettings = {},
        timeNs: number | null = null
    ): DecodedFrame {
        return this.#decode(units, 0, timeNs, settings);
    }

    #collect(arrivals: readonly (PduSetArrival | PduSet)[]): {
        units: Uint8Array[];
        lost: number;
        timeNs: number | null;
    } {
        const units: Uint8Array[] = [];
        let lost = 0;
        let timeNs: number | null = null;
        for (const arrival of arrivals) {
            const set = 'set' in arrival ? arrival.set : arrival;
            timeNs ??= set.timeNs;
            const over = 'set' in arrival && (arrival.arrivedNs ?? 0) > set.timeNs + set.deadlineNs;
            if (over && !this.options.acceptLate) {
                lost += set.units.length;
                continue;
            }
            for (const unit of 'set' in arrival ? arrival.received : arrival.units) {
                if (unit) units.push(unit);
                else lost++;
            }
        }
        return { units, lost, timeNs };
    }

    #decode(bytes: readonly Uint8Array[], lost: number, timeNs: number | null, settings: DecodeSettings): DecodedFrame {
        const arrived = bytes.map(readUnit);
        const recovered = recoverUnits(bytes).map(readUnit);
        const valid = [...arrived, ...recovered].filter((unit) => unit !== null);
        const damaged = arrived.length + recovered.length - valid.length;
        const index = this.#frameOf(valid);
        const mine = valid.filter((unit) => unit.frameIndex === index);
        const foreign = valid.length - mine.length;
        const lead = mine[0];
        if (lead === undefined) return this.#repeat(lost, damaged, foreign, timeNs);
        const agreeing = mine.filter((unit) => agrees(unit, lead));
        const corrupt = damaged + mine.length - agreeing.length;
        this.#requireSize(lead);
        const counted = { lost, recovered: recovered.length, corrupt, foreign, timeNs };
        return this.#decodeFrame(lead, agreeing, counted, settings);
    }

    /** The frame most units belong to; the earlier one if two are equal. -1: none that can be decoded now. */
    #frameOf(units: readonly Unit[]): number {
        const counts = new Map<number, number>();
        for (const unit of units) {
            if (unit.frameIndex <= this.#frameIndex && !unit.intra) continue;
            counts.set(unit.frameIndex, (counts.get(unit.frameIndex) ?? 0) + 1);
        }
        let best = -1;
        for (const [index, count] of counts) {
            const most = counts.get(best) ?? 0;
            if (count > most || (count === most && index < best)) best = index;
        }
        return best;
    }

    #requireSize(lead: Unit): void {
        const pixels = lead.widthPx * lead.heightPx;
        if (pixels <= this.options.maxPixels) return;
        throw new MixreelError('limit-exceeded', {
            what: `the picture has ${lead.widthPx} x ${lead.heightPx} = ${pixels} pixels`,
            expected: `at most ${this.options.maxPixels}`,
            mend: `Give the decoder maxPixels: ${pixels} if the file is trusted and memory allows`
        });
    }

    #repeat(lost: number, corrupt: number, foreign: number, timeNs: number | null): DecodedFrame {
        this.#exact = false;
        const { widthPx, heightPx } = this.options;
        const picture = this.#picture ?? {
            widthPx,
            heightPx,
            rgb: new Uint8Array(3 * widthPx * heightPx).fill(128),
            alpha: null
        };
        return {
            frameIndex: null,
            kind: 'repeated',
            picture,
            frame: frameFromPicture(picture, this.#view ?? IDENTITY_VIEW, timeNs ?? this.#timeNs),
            concealedShare: 1,
            exact: false,
            complete: false,
            generated: this.#generated,
            lostUnits: lost,
            recoveredUnits: 0,
            corruptUnits: corrupt,
            foreignUnits: foreign,
            structure: this.#structure,
            scene: null
        };
    }

    #decodeFrame(
        lead: Unit,
        units: readonly Unit[],
        counted: { lost: number; recovered: number; corrupt: number; foreign: number; timeNs: number | null },
        settings: DecodeSettings
    ): DecodedFrame {
        const s = new TextureState(lead.widthPx, lead.heightPx, lead.alpha ? 4 : 3);
        let reference = this.#referenceOf(s);
        if (!lead.intra) s.reference = reference ?? s.base.map((plane) => plane.slice());
        const hasBase = lead.base && this.#readStructure(s, units);
        const text = readText(units);
        const inWords = text?.alone || (text && lead.base && !hasBase) ? text.scene : null;
        const drawing = this.options.concept;
        const painted = inWords && (drawing ? drawing.drawScene(inWords) : paintScene(inWords));
        if (painted) showPicture(s, s.base, painted);
        const tokens = readTokens(s, units);
        const light = lead.shared ? this.#readLight(s, lead, units, settings.guide ?? null) : null;
        const have = new Uint8Array(s.ctuCount);
        const codes = drawing && readConcept(units, drawing);
        // What is drawn conceals nothing by the picture before, whose memory the networks may have.
        if (codes && lead.intra && this.#structure) reference = this.#reference = null;
        const drawn = codes && this.#draw(lead, codes);
        let damaged = (light?.damaged ?? 0) + (tokens?.damaged ?? 0) + (codes?.damaged ?? 0);
        if (drawn) {
            showPicture(s, s.planes, drawn);
            have.fill(1);
        } else if (tokens) {
            have.fill(1);
        } else if (light?.alone || text?.alone) {
            for (let p = 0; p < s.planeCount; p++) s.planes[p]!.set(s.base[p]!);
            have.fill(1);
        } else {
            damaged += this.#readTexture(s, units, have, settings);
            // A lit scene is nearer to the truth than the frame before.
            this.#concealer.conceal(s, have, light ? null : reference, hasBase || painted !== null);
            deblock(s);
        }
        const grain = drawn || tokens || light?.alone || text?.alone ? null : readGrain(s, units);
        damaged += grain?.damaged ?? 0;
        const holes =
            (drawn ? codes.missing : tokens?.missing) ?? have.reduce((sum, ctu) => sum + 1 - ctu, 0) / s.ctuCount;
        const follows = lead.intra || (this.#exact && reference !== null && lead.frameIndex === this.#frameIndex + 1);
        const lit = light?.complete === true && settings.guide !== undefined;
        const posed = this.#readPose(units);
        // What the next frame refers to has no grain: only this picture is the worse for its loss.
        const grained = grain === null || grain.complete;
        const whole = holes === 0 && follows && (!lead.base || hasBase) && (!lead.shared || lit);
        const exact = whole && (drawn ? codes.complete : (tokens?.complete ?? true));
        this.#exact = exact;
        this.#reference = s;
        s.reference = null;
        this.#frameIndex = lead.frameIndex;
        // A generator paints instead of the grain: it was trained on pictures without.
        const { generator } = this.options;
        const decoded = pictureFromPlanes(s);
        if (generator && !drawn) this.#picture = generator.paint({ picture: decoded, cells: cellFeatures(s) });
        else this.#picture = grain ? withGrain(s, grain.map, decoded) : decoded;
        const byModel = drawn !== null || (painted !== null && drawing !== null);
        const paintedOn = (generator !== null && !drawn) || (painted !== null && drawing !== null);
        this.#generated = byModel || generator !== null;
        this.#timeNs = counted.timeNs ?? posed ?? this.#timeNs;
        return {
            frameIndex: lead.frameIndex,
            kind: lead.intra ? 'intra' : 'predicted',
            picture: this.#picture,
            frame: frameFromPicture(this.#picture, this.#view ?? IDENTITY_VIEW, this.#timeNs),
            concealedShare: holes,
            exact: exact && grained && !paintedOn,
            complete: exact && grained,
            generated: this.#generated,
            lostUnits: counted.lost,
            recoveredUnits: counted.recovered,
            corruptUnits: counted.corrupt + damaged,
            foreignUnits: counted.foreign,
            structure: this.#structure,
            scene: text?.scene ?? null
        };
    }

    /** The picture before, if a frame like `s` can refer to it. */
    #referenceOf(s: TextureState): readonly Int16Array[] | null {
        const before = this.#reference;
        const fits =
            before?.widthPx === s.widthPx && before.heightPx === s.heightPx && before.planeCount === s.planeCount;
        return fits ? before.planes : null;
    }

    /** Time of the frame by its pose unit, if that arrived. */
    #readPose(units: readonly Unit[]): number | null {
        for (const unit of units) {
            if (unit.layer !== 'pose') continue;
            const pose = decodePose(unit.payload, this.#view);
            if (!pose) continue;
            this.#view = pose.view;
            return pose.timeNs;
        }
        return null;
    }

    /** Decodes structure and style, draws the base; true if both are complete. */
    #readStructure(s: TextureState, units: readonly Unit[]): boolean {
        const structure = readStructureUnits(units, this.#structure);
        if (!structure) return false;
        this.#structure = structure;
        drawBase(s, structure.map, structure.styles);
        return structure.complete;
    }

    /** Decodes the light and draws the lit scene as the base; null if no light is known, now or from before. */
    #readLight(s: TextureState, lead: Unit, units: readonly Unit[], guide: Frame | null): DecodedLight | null {
        const fits = guide?.widthPx === s.widthPx && guide.heightPx === s.heightPx && guide.has('albedo');
        const arrived = units.filter((unit) => unit.layer === 'light');
        const light = this.#light.decode(arrived, lead.intra, fits ? guide : null, s.widthPx, s.heightPx);
        if (!light) return null;
        drawLit(s, light.guide, light.picture, light.range);
        return { ...light, complete: light.complete && fits };
    }

    /** What the model makes of codes and the structure under them; null without a structure. */
    #draw(lead: Unit, { styles, tokens, fine }: ReceivedCodes): Picture | null {
        const { concept } = this.options;
        const structure = this.#structure;
        if (!concept || !structure) return null;
        const fits = styles?.length === structure.map.regions.length * STYLE_LEVELS.length;
        const known = { map: structure.map, colors: structure.styles, tokens, fine };
        return concept.draw(lead, { ...known, styles: fits ? styles : new Uint8Array(0) });
    }

    /** Decodes the texture units; returns how many were damaged. */
    #readTexture(s: TextureState, units: readonly Unit[], have: Uint8Array, progress: Progress): number {
        const texture = units.filter((unit) => unit.layer === 'texture').sort((a, b) => a.first - b.first);
        let damaged = 0;
        let id = 0;
        for (const unit of texture) {
            throwIfAborted(progress, 'decoding');
            const end = unit.first + unit.count;
            if (
                unit.count < 1 ||
                end > s.ctuCount ||
                unit.parameter > LARGEST_QP + GRAIN_FLAG ||
                have[unit.first] ||
                have[end - 1]
            ) {
                damaged++;
                continue;
            }
            const run = {
                firstCtu: unit.first,
                ctuCount: unit.count,
                qp: unit.parameter % GRAIN_FLAG,
                payload: unit.payload
            };
            if (this.#texture.decode(s, run, ++id)) have.fill(1, unit.first, end);
            else damaged++;
            progress.report?.(end, s.ctuCount, 'decoding');
        }
        return damaged;
    }
}

/** The text among a frame's units, and whether it is all there is. */
function readText(units: readonly Unit[]): { scene: SceneText; alone: boolean } | null {
    for (const unit of units) {
        const scene = unit.layer === 'text' ? decodeScene(unit.payload, unit) : null;
        if (scene) return { scene, alone: unit.parameter === 1 };
    }
    return null;
}

/** What was painted of a frame's tokens. */
interface PaintedTokens {
    /** Share of the tokens that did not arrive, 0 to 1. */
    readonly missing: number;
    readonly damaged: number;
    /** False if some did not arrive, or it is not known of a square whether it has finer ones. */
    readonly complete: boolean;
}

/** Paints the tokens of a frame; null if it has none. */
function readTokens(s: TextureState, units: readonly Unit[]): PaintedTokens | null {
    const mine = units.filter((unit) => unit.layer === 'tokens');
    const known = mine.find((unit) => unit.parameter < FINER)?.parameter ?? 0;
    const log2 = known % HAS_FINER;
    if (log2 < SMALLEST_LOG2_TOKEN || log2 > LARGEST_LOG2_TOKEN) return null;
    const grid = new TokenGrid(s.widthPx, s.heightPx, log2);
    const finer = known >= HAS_FINER && log2 > SMALLEST_LOG2_TOKEN;
    const fine = finerGrid(grid);
    const told = new Uint8Array(grid.tokens.length).fill(finer ? 0 : 1);
    let damaged = 0;
    for (const unit of mine) {
        const read =
            unit.parameter === known
                ? readTokenUnit(grid, unit)
                : finer && unit.parameter === known + FINER && readFinerUnit(grid, fine, told, unit);
        if (!read) damaged++;
    }
    const missing = fillTokens(grid);
    if (finer) fillFiner(grid, fine);
    paintTokens(s, finer ? fine : grid);
    return { missing, damaged, complete: missing === 0 && damaged === 0 && told.every((square) => square === 1) };
}

/** The grain of a frame; null if it has none. Complete if all of it arrived. */
function readGrain(
    s: TextureState,
    units: readonly Unit[]
): { map: GrainMap; complete: boolean; damaged: number } | null {
    if (!units.some((unit) => unit.layer === 'texture' && unit.parameter >= GRAIN_FLAG)) return null;
    const map = noGrain(s);
    const have = new Uint8Array(s.ctuCount);
    let damaged = 0;
    for (const unit of units) {
        if (unit.layer !== 'grain') continue;
        if (decodeGrain(s, map, unit)) have.fill(1, unit.first, unit.first + unit.count);
        else damaged++;
    }
    return { map, complete: have.every((ctu) => ctu === 1), damaged };
}

/** Puts a picture into planes of the state's layout. */
function showPicture(s: TextureState, planes: readonly Int16Array[], picture: Picture): void {
    const source = planesFromPicture(s, picture);
    for (let p = 0; p < 3; p++) planes[p]!.set(source[p]!);
}

function agrees(unit: Unit, lead: Unit): boolean {
    return (
        unit.widthPx === lead.widthPx &&
        unit.heightPx === lead.heightPx &&
        unit.intra === lead.intra &&
        unit.alpha === lead.alpha &&
        unit.base === lead.base &&
        unit.edges === lead.edges &&
        unit.shared === lead.shared
    );
}
