/**
 * Frames to units and PDU Sets. An intra frame carries structure, style and texture; the frames after it are predicted from the picture that
 * the decoder has, which the encoder keeps: its own decoder is part of it.
 *
 * Importance of the PDU Sets: 1 pose and structure, 2 style, 3 texture of intra frames, 4 to 7 texture of predicted frames, falling
 * towards the end of the group of pictures, where fewer frames depend on it. No set is `integrated` (PSIHI): every unit that
 * arrives is used. Cost: about 1.5 microseconds a pixel for intra frames, less for predicted ones (one core, Node 20).
 */
import { badInput, type NetworkState, type PduSet, type Progress, throwIfAborted } from '@mixreel/core';
import type { Frame, View } from '@mixreel/image';
import type { ConceptModel } from './concept/concept-model.ts';
import { encodeConcept } from './concept/encode-concept.ts';
import { type LayerId, UNIT_OVERHEAD_BYTES } from './container/unit.ts';
import { encoderOptions, type FrameEncoderOptions, mostUnitBytes } from './options.ts';
import { frameFromPicture, type Picture, pictureFromFrame } from './picture.ts';
import { decodePose, encodePose, hasPose } from './pose.ts';
import { RateControl } from './rate-control.ts';
import { requireGuide } from './shared-scene/guide.ts';
import { drawLit } from './shared-scene/light.ts';
import { type EncodedLight, LIGHT_HEADER_BYTES, LightEncoder } from './shared-scene/light-coder.ts';
import { drawBase, meanColors } from './structure/base-picture.ts';
import { cellMeans, depthEdges, structureFromColors, structureFromLayers } from './structure/segmentation.ts';
import { cellsAlong, type RegionStyle, type StructureMap, styleOfColor } from './structure/structure-map.ts';
import { describeScene } from './text/describe-scene.ts';
import { paintScene } from './text/paint-scene.ts';
import type { SceneText } from './text/scene-text.ts';
import { pictureFromPlanes, planesFromPicture } from './texture/color-transform.ts';
import { deblock } from './texture/deblocking.ts';
import { encodeGrain, measureGrain, noGrain, withGrain } from './texture/grain.ts';
import { LARGEST_QP, lambdaOfQp, PLANE_WEIGHT, qpOfQuality, stepOfQp } from './texture/quantiser.ts';
import { TextureEncoder } from './texture/texture-encoder.ts';
import { TextureState } from './texture/texture-state.ts';
import { chooseFiner, fillFiner, finerUnits } from './tokens/finer-tokens.ts';
import {
    LARGEST_LOG2_TOKEN,
    paintTokens,
    SMALLEST_LOG2_TOKEN,
    tokensOfPlanes,
    tokenUnits
} from './tokens/token-grid.ts';
import { UnitWriter } from './unit-writer.ts';

/** What one frame became. */
export interface EncodedFrame {
    /** Number of the frame in its stream, from 0. */
    readonly frameIndex: number;
    readonly kind: 'intra' | 'predicted';
    /** All units, most important first. */
    readonly units: readonly Uint8Array[];
    /** The same units as PDU Sets, one for each layer. */
    readonly pduSets: readonly PduSet[];
    /** Bytes of all units. */
    readonly bytes: number;
    /** What a decoder that gets every unit shows, byte for byte. */
    readonly picture: Picture;
    /** `picture` as a linear frame. */
    readonly reconstruction: Frame;
    readonly stats: EncodingStats;
}

/** Figures of one frame. */
export interface EncodingStats {
    /** Quantiser, 0 (fine) to 63. */
    readonly qp: number;
    readonly bitsPerPixel: number;
    /** Against the 8-bit picture that was encoded, over R, G, B; Infinity if equal. */
    readonly psnrDb: number;
    /** Share of colour samples above white that were clipped, 0 to 1. */
    readonly clippedShare: number;
    /** Share of pixels, 0 to 1, that are transparent and shown as if they were not: text alone, tokens of fixed length and concepts have no alpha. */
    readonly lostAlphaShare: number;
    readonly layerBytes: Readonly<Record<LayerId, number>>;
}

/** Settings of one call of {@link FrameEncoder.encode}. */
export interface EncodeSettings extends Progress {
    /** True: this frame shall refer to no other. */
    readonly refresh?: boolean;
}

/** See the file comment. */
export class FrameEncoder {
    readonly options: FrameEncoderOptions;
    readonly #rate: RateControl;
    readonly #texture: TextureEncoder = new TextureEncoder();
    readonly #light: LightEncoder = new LightEncoder();
    #reference: TextureState | null = null;
    #view: View | null = null;
    #frameIndex = 0;
    #sinceIntra = 0;
    #sequence = 0;
    #refresh = false;

    constructor(options: Partial<FrameEncoderOptions> = {}) {
        this.options = encoderOptions(options);
        const { quality, targetRateBps, framesPerSecond, gopLength } = this.options;
        this.#rate = new RateControl(qpOfQuality(quality), targetRateBps, framesPerSecond, gopLength);
    }

    /** The rate that the stream is kept under, bit/s; null: constant quality. */
    get targetRateBps(): number | null {
        return this.#rate.targetBps;
    }

    /** Follows the network's advice from the next frame on; text alone, tokens of fixed length and concepts have the size that their options give. */
    onNetworkState(state: NetworkState): void {
        this.#rate.onNetworkState(state);
    }

    /** Makes the next frame refer to no other, so that a receiver that lost something recovers. */
    requestRefresh(): void {
        this.#refresh = true;
    }

    /**
     * Encodes the next frame of the stream.
     *
     * @param frame - With the layer `color`; `alpha`, `instance`, `semantic`, `depth` and `motion` are used if there.
     * @param settings - `report` is called for every row of 32 pixels; an aborted signal ends the call with code `aborted` and
     *   leaves the encoder where it was.
     */
    encode(frame: Frame, settings: EncodeSettings = {}): EncodedFrame {
        const steps = this.#steps(frame, settings);
        for (;;) {
            const step = steps.next();
            if (step.done) return step.value;
        }
    }

    /** As {@link encode}, but lets the event loop run between rows, so that a signal can be aborted and a page stays alive. */
    async encodeAsync(frame: Frame, settings: EncodeSettings = {}): Promise<EncodedFrame> {
        const steps = this.#steps(frame, settings);
        for (;;) {
            const step = steps.next();
            if (step.done) return step.value;
            await new Promise<void>((resolve) => setTimeout(resolve, 0));
        }
    }

    *#steps(frame: Frame, settings: EncodeSettings): Generator<void, EncodedFrame> {
        const { picture, clippedShare } = pictureFromFrame(frame);
        const { options } = this;
        if (clippedShare > 0 && options.highlights === 'refuse') throw tooBright(clippedShare);
        if (options.text === 'alone') return this.#inWords(frame, picture, clippedShare, settings);
        if (options.concept) return this.#inConcepts(options.concept, frame, picture, clippedShare, settings);
        if (options.fixedLength) return this.#inTokens(frame, picture, clippedShare);
        const s = new TextureState(picture.widthPx, picture.heightPx, picture.alpha ? 4 : 3);
        const kind = this.#kind(s, settings);
        if (kind === 'predicted') s.reference = this.#reference!.planes;
        const source = planesFromPicture(s, picture);
        const writer = new UnitWriter(s, kind, this.#frameIndex, options);
        const qp = this.#rate.qpFor(kind);
        const light = options.sharedScene ? this.#lit(frame, s, kind, qp) : null;
        const structured = kind === 'intra' && options.structure !== 'none' && !light;
        const structure = structured ? this.#structure(frame, s, source, stepOfQp(qp) / 16) : null;
        if (structure) writer.structure(structure.map, structure.styles);
        if (kind === 'intra' && options.text === 'beside') writer.text(this.#describe(frame, settings), false);
        const hint = motionHint(frame, s);
        const payloadBytes = mostUnitBytes(options) - UNIT_OVERHEAD_BYTES;
        const coding = this.#texture.encode(s, {
            source,
            qp,
            payloadBytes,
            hintX: hint?.x ?? null,
            hintY: hint?.y ?? null
        });
        let step = coding.next();
        for (; !step.done; step = coding.next()) {
            throwIfAborted(settings, 'encoding');
            settings.report?.(step.value, 1, 'encoding');
            yield;
        }
        const pose =
            options.pose && hasPose(frame.view) ? encodePose(frame.view, frame.timeNs, kind === 'intra') : null;
        if (pose) writer.pose(pose);
        const alone = light !== null && preferBase(s, source, qp, step.value);
        if (light) writer.light(light, alone, kind === 'intra' ? 1 : 2);
        if (alone) showBase(s);
        else {
            writer.texture(step.value, this.#textureImportance(kind), options.grain);
            deblock(s);
        }
        const grain = options.grain && !alone ? measureGrain(s, source) : noGrain(s);
        if (options.grain && !alone) writer.grain(encodeGrain(s, grain, payloadBytes));
        const shown = withGrain(s, grain, pictureFromPlanes(s));
        return this.#finish(frame, picture, shown, s, writer, pose, { qp, clippedShare });
    }

    /** The frame as text and pose, and nothing else. */
    #inWords(frame: Frame, picture: Picture, clippedShare: number, settings: EncodeSettings): EncodedFrame {
        const scene = this.#describe(frame, settings);
        const writer = new UnitWriter({ ...picture, planeCount: 3 }, 'intra', this.#frameIndex, this.options);
        const pose = this.#pose(frame, writer);
        writer.text(scene, true);
        return this.#finish(frame, picture, paintScene(scene), null, writer, pose, { qp: LARGEST_QP, clippedShare });
    }

    /** The frame as tokens of fixed length and pose. */
    #inTokens(frame: Frame, picture: Picture, clippedShare: number): EncodedFrame {
        const { quality } = this.options;
        const s = new TextureState(picture.widthPx, picture.heightPx, 3);
        const { log2, share } = tokensAt(quality);
        const source = planesFromPicture(s, picture);
        const grid = tokensOfPlanes(source, s, log2);
        const count = Math.round(share * grid.tokens.length);
        const fine = count > 0 ? chooseFiner(source, s, grid, count) : null;
        const writer = new UnitWriter(s, 'intra', this.#frameIndex, this.options);
        const pose = this.#pose(frame, writer);
        const payloadBytes = mostUnitBytes(this.options) - UNIT_OVERHEAD_BYTES;
        writer.tokens(tokenUnits(grid, payloadBytes), log2, fine ? finerUnits(grid, fine, payloadBytes) : []);
        if (fine) fillFiner(grid, fine);
        paintTokens(s, fine ?? grid);
        return this.#finish(frame, picture, pictureFromPlanes(s), null, writer, pose, { qp: LARGEST_QP, clippedShare });
    }

    /** The frame as label map, styles and learned tokens, and pose. */
    #inConcepts(
        model: ConceptModel,
        frame: Frame,
        picture: Picture,
        clippedShare: number,
        progress: Progress
    ): EncodedFrame {
        const writer = new UnitWriter({ ...picture, planeCount: 3 }, 'intra', this.#frameIndex, this.options);
        const coded = encodeConcept(model, frame, picture, this.options);
        writer.structure(coded.map, coded.colors);
        if (this.options.text === 'beside') writer.text(this.#describe(frame, progress), false);
        const pose = this.#pose(frame, writer);
        writer.concept(coded.units);
        return this.#finish(frame, picture, coded.shown, null, writer, pose, { qp: LARGEST_QP, clippedShare });
    }

    /** Writes the pose of a frame that stands alone, if it has one that is wanted. */
    #pose(frame: Frame, writer: UnitWriter): Uint8Array | null {
        if (!this.options.pose || !hasPose(frame.view)) return null;
        const pose = encodePose(frame.view, frame.timeNs, true);
        writer.pose(pose);
        return pose;
    }

    #describe(frame: Frame, progress: Progress): SceneText {
        return describeScene(frame, { textBytes: this.options.textBytes }, progress);
    }

    #kind(s: TextureState, settings: EncodeSettings): 'intra' | 'predicted' {
        const before = this.#reference;
        const fits =
            before?.widthPx === s.widthPx && before.heightPx === s.heightPx && before.planeCount === s.planeCount;
        const due = this.#sinceIntra >= this.options.gopLength;
        return !fits || due || this.#refresh || settings.refresh ? 'intra' : 'predicted';
    }

    #textureImportance(kind: 'intra' | 'predicted'): number {
        if (kind === 'intra') return 3;
        return 4 + Math.min(3, Math.floor((4 * this.#sinceIntra) / this.options.gopLength));
    }

    #structure(
        frame: Frame,
        s: TextureState,
        source: readonly Int16Array[],
        step: number
    ): { map: StructureMap; styles: RegionStyle[] } {
        const means = cellMeans(source, s.stride, s.widthPx, s.heightPx);
        const columns = cellsAlong(s.widthPx);
        const rows = cellsAlong(s.heightPx);
        const { structure, regionCount } = this.options;
        const known = structure === 'colors' ? null : structureFromLayers(frame);
        const map = {
            ...(known ?? structureFromColors(means, columns, rows, regionCount, step)),
            edges: structure === 'auto' ? depthEdges(frame) : null
        };
        const styles = meanColors(map, means).map(([y, co, cg]) => styleOfColor(y, co, cg));
        drawBase(s, map, styles);
        return { map, styles };
    }

    /** Codes the frame's light and draws the lit scene as the base of its texture. */
    #lit(frame: Frame, s: TextureState, kind: 'intra' | 'predicted', qp: number): EncodedLight {
        requireGuide(frame);
        const payloadBytes = mostUnitBytes(this.options) - UNIT_OVERHEAD_BYTES - LIGHT_HEADER_BYTES;
        const light = this.#light.encode(frame, kind === 'intra', qp, payloadBytes);
        drawLit(s, light.guide, light.picture, light.range);
        s.strongBase = true;
        return light;
    }

    #finish(
        frame: Frame,
        picture: Picture,
        shown: Picture,
        s: TextureState | null,
        writer: UnitWriter,
        pose: Uint8Array | null,
        made: { qp: number; clippedShare: number }
    ): EncodedFrame {
        if (this.options.parity > 0) writer.protect(this.options.parity);
        if (s) this.#rate.coded(writer.kind, made.qp, writer.bytes * 8);
        // The view as the receiver will have it: in 32-bit floats.
        const posed = pose ? decodePose(pose, this.#view) : null;
        const sets = this.#pduSets(frame.timeNs, writer);
        const encoded: EncodedFrame = {
            frameIndex: this.#frameIndex,
            kind: writer.kind,
            units: sets.flatMap((set) => set.units),
            pduSets: sets,
            bytes: writer.bytes,
            picture: shown,
            reconstruction: frameFromPicture(shown, posed?.view ?? frame.view, frame.timeNs),
            stats: {
                qp: made.qp,
                bitsPerPixel: (writer.bytes * 8) / (picture.widthPx * picture.heightPx),
                psnrDb: psnrOf(picture.rgb, shown.rgb),
                clippedShare: made.clippedShare,
                lostAlphaShare: shown.alpha ? 0 : transparentShare(picture),
                layerBytes: writer.layerBytes
            }
        };
        if (posed) this.#view = posed.view;
        this.#reference = s;
        this.#light.commit();
        if (s) s.reference = null;
        this.#sinceIntra = writer.kind === 'intra' ? 1 : this.#sinceIntra + 1;
        this.#frameIndex++;
        this.#refresh = false;
        return encoded;
    }

    #pduSets(timeNs: number, writer: UnitWriter): PduSet[] {
        const filled = writer.sets.filter((set) => set.units.length > 0);
        return filled.map((set, i) => ({
            stream: this.options.stream,
            sequence: this.#sequence++,
            importance: set.importance,
            integrated: false,
            timeNs,
            deadlineNs: this.options.deadlineNs,
            endOfBurst: i === filled.length - 1,
            units: set.units
        }));
    }
}

/** Side of the tokens of the fixed-length mode and the share of squares with finer ones: at most so many that the whole picture's would take no more. */
function tokensAt(quality: number): { log2: number; share: number } {
    if (quality >= 67) return { log2: SMALLEST_LOG2_TOKEN, share: 0 };
    const large = quality < 34;
    const log2 = large ? LARGEST_LOG2_TOKEN : SMALLEST_LOG2_TOKEN + 1;
    return { log2, share: (0.75 * (quality - (large ? 0 : 34))) / (large ? 34 : 33) };
}

/** Share of pixels that are not opaque. */
export function transparentShare({ alpha }: Picture): number {
    if (!alpha) return 0;
    return alpha.reduce((count, value) => count + (value < 255 ? 1 : 0), 0) / alpha.length;
}

function tooBright(share: number): Error {
    return badInput(
        `${(100 * share).toPrecision(3)} % of the frame's samples are above white`,
        'linear light from 0 to 1',
        "Expose and tone-map the frame (toneMap of @mixreel/image), or take highlights: 'clip'"
    );
}

/** True if what the texture adds to the base is not worth its bits. */
function preferBase(
    s: TextureState,
    source: readonly Int16Array[],
    qp: number,
    units: readonly { payload: Uint8Array }[]
): boolean {
    let gain = 0;
    for (let p = 0; p < s.planeCount; p++) {
        const [plane, base, wanted] = [s.planes[p]!, s.base[p]!, source[p]!];
        let sum = 0;
        for (let i = 0; i < plane.length; i++) sum += (base[i]! - wanted[i]!) ** 2 - (plane[i]! - wanted[i]!) ** 2;
        gain += (sum * PLANE_WEIGHT[p]!) / PLANE_WEIGHT[0]!;
    }
    const bits = units.reduce((sum, unit) => sum + 8 * (unit.payload.length + UNIT_OVERHEAD_BYTES), 0);
    return gain < lambdaOfQp(qp) * bits;
}

/** Makes the base the picture, as a decoder does that is told that no texture follows. */
function showBase(s: TextureState): void {
    for (let p = 0; p < s.planeCount; p++) s.planes[p]!.set(s.base[p]!);
}

/** The renderer's motion at each cell's centre, as a displacement back to the reference in quarter samples. */
function motionHint(frame: Frame, s: TextureState): { x: Int16Array; y: Int16Array } | null {
    if (!s.reference || !frame.has('motion')) return null;
    const motion = frame.layer('motion');
    const { widthPx, heightPx } = frame;
    const x = new Int16Array(s.unitOf.length);
    const y = new Int16Array(s.unitOf.length);
    const quarter = (value: number): number =>
        Number.isFinite(value) ? Math.max(-4096, Math.min(4096, Math.round(-4 * value))) : 0;
    for (let cell = 0; cell < x.length; cell++) {
        const px = Math.min(widthPx - 1, (cell % s.cellStride) * 8 + 4);
        const py = Math.min(heightPx - 1, Math.floor(cell / s.cellStride) * 8 + 4);
        x[cell] = quarter(motion[py * widthPx + px]!);
        y[cell] = quarter(motion[widthPx * heightPx + py * widthPx + px]!);
    }
    return { x, y };
}

function psnrOf(a: Uint8Array, b: Uint8Array): number {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * a.length) / sum);
}
