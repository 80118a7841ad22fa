/**
 * Pictures of captures for people: tone-mapped PNGs of frames, heat maps of errors, the map of a pyramid test. Only reports
 * need them; no verdict reads one.
 */
import { Frame, type Rgba8Image, writeFramePng, writePng } from '@mixreel/image';
import type { Picture } from '../report/report.ts';
import type { MomentsImage } from './moments-image.ts';
import type { PyramidFinding } from './pyramid-test.ts';

/** A frame's colour through the ACES curve PlayCanvas offers would hide clipping: linear, clipped, sRGB-coded. */
export function framePicture(label: string, frame: Frame, caption?: string): Picture {
    const png = writeFramePng(frame, { mapper: 'linear' });
    return { label, png, widthPx: frame.widthPx, heightPx: frame.heightPx, ...(caption ? { caption } : {}) };
}

/** RGBA bytes as they are. */
export function rgbaPicture(label: string, image: Rgba8Image, caption?: string): Picture {
    const png = writePng({ ...image, channels: 4, bitDepth: 8 });
    return { label, png, widthPx: image.widthPx, heightPx: image.heightPx, ...(caption ? { caption } : {}) };
}

/** The mean of moments as a frame; one channel is shown as grey. */
export function momentsFrame(moments: MomentsImage): Frame {
    const { widthPx, heightPx, channels, mean } = moments;
    const n = widthPx * heightPx;
    const color = new Float32Array(3 * n);
    for (let c = 0; c < 3; c++) {
        const plane = Math.min(c, channels - 1);
        color.set(mean.subarray(plane * n, (plane + 1) * n), c * n);
    }
    return new Frame({ widthPx, heightPx, layers: { color } });
}

/** Values 0 to 1 as black, purple, orange, yellow: rising in lightness, so that it reads in grey, too. */
export function heatPicture(
    label: string,
    map: Float32Array,
    widthPx: number,
    heightPx: number,
    caption?: string
): Picture {
    const stops = [
        [0, 0, 4],
        [87, 16, 110],
        [188, 55, 84],
        [249, 142, 9],
        [252, 255, 164]
    ] as const;
    const data = new Uint8Array(3 * widthPx * heightPx);
    for (let i = 0; i < map.length; i++) {
        const at = Math.min(1, Math.max(0, map[i]!)) * (stops.length - 1);
        const low = stops[Math.min(stops.length - 2, Math.floor(at))]!;
        const high = stops[Math.min(stops.length - 1, Math.floor(at) + 1)]!;
        const part = at - Math.min(stops.length - 2, Math.floor(at));
        for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(low[c]! + part * (high[c]! - low[c]!));
    }
    const png = writePng({ widthPx, heightPx, channels: 3, bitDepth: 8, data });
    return { label, png, widthPx, heightPx, ...(caption ? { caption } : {}) };
}

const BRIGHTER = [235, 60, 50] as const;
const DARKER = [60, 120, 245] as const;
/** Brighter in one channel, darker in another. */
const OTHERWISE = [175, 75, 205] as const;

/**
 * Where a pyramid test found something, over the faded picture: red where brighter than the baseline, blue where darker, violet
 * where of another colour.
 */
export function pyramidPicture(label: string, moments: MomentsImage, findings: readonly PyramidFinding[]): Picture {
    const { widthPx, heightPx } = moments;
    const faded = momentsFrame(moments).layer('color');
    const n = widthPx * heightPx;
    const data = new Uint8Array(3 * n);
    for (let i = 0; i < n; i++) {
        const grey = (faded[i]! + faded[n + i]! + faded[2 * n + i]!) / 3;
        data.fill(Math.round(60 + 90 * Math.sqrt(Math.min(1, Math.max(0, grey)))), 3 * i, 3 * i + 3);
    }
    // Coarse blocks first, so that small ones stay visible on them.
    for (const [f, ...others] of blocksOf(findings)) {
        const mixed = others.some(({ bias }) => bias > 0 !== f.bias > 0);
        const tint = mixed ? OTHERWISE : f.bias > 0 ? BRIGHTER : DARKER;
        const strength = f.blockPx === Infinity ? 0.25 : f.blockPx === 1 ? 1 : 0.55;
        for (let y = f.y; y < f.y + f.heightPx; y++) {
            for (let x = f.x; x < f.x + f.widthPx; x++) {
                const i = 3 * (y * widthPx + x);
                for (let c = 0; c < 3; c++)
                    data[i + c] = Math.round(data[i + c]! + strength * (tint[c]! - data[i + c]!));
            }
        }
    }
    const png = writePng({ widthPx, heightPx, channels: 3, bitDepth: 8, data });
    const caption = 'Red: brighter than the baseline; blue: darker; violet: of another colour.';
    return { label, png, widthPx, heightPx, caption };
}

/** Findings of a block together, whatever their channels; the largest blocks first. */
function blocksOf(findings: readonly PyramidFinding[]): (readonly [PyramidFinding, ...PyramidFinding[]])[] {
    const blocks = new Map<string, [PyramidFinding, ...PyramidFinding[]]>();
    for (const finding of findings) {
        const key = `${finding.blockPx} ${finding.x} ${finding.y}`;
        const block = blocks.get(key);
        if (block) block.push(finding);
        else blocks.set(key, [finding]);
    }
    return [...blocks.values()].sort(([a], [b]) => b.blockPx - a.blockPx);
}
