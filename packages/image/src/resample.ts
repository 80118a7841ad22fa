/**
 * Cropping and box-filter resizing of whole frames. Colour, alpha, albedo, normal, depth and motion are averaged over the
 * area of the new pixel (normals are normalised again, motion scales with the picture, depth becomes Infinity as soon as a
 * covered pixel is); ids are taken from the pixel at the centre, since an average of two ids is a third.
 */
import { badInput } from '@mixreel/core';
import { Frame, LAYER_CHANNELS, type LayerName } from './frame.ts';

/** The rectangle of `widthPx x heightPx` at `xPx, yPx`, which must lie within the frame. The view is kept as it is. */
export function cropFrame(frame: Frame, xPx: number, yPx: number, widthPx: number, heightPx: number): Frame {
    const whole = [xPx, yPx, widthPx, heightPx].every(Number.isInteger);
    if (!whole || xPx < 0 || yPx < 0 || xPx + widthPx > frame.widthPx || yPx + heightPx > frame.heightPx) {
        throw badInput(
            `the crop is ${widthPx} x ${heightPx} at ${xPx}, ${yPx}`,
            `integers within ${frame.widthPx} x ${frame.heightPx}`,
            'Crop inside the frame'
        );
    }
    const layers: Partial<Record<LayerName, Float32Array>> = {};
    for (const [name, data] of frame.layers) {
        const out = new Float32Array(LAYER_CHANNELS[name] * widthPx * heightPx);
        for (let row = 0; row < LAYER_CHANNELS[name] * heightPx; row++) {
            const channel = Math.floor(row / heightPx);
            const from = (channel * frame.heightPx + yPx + (row % heightPx)) * frame.widthPx + xPx;
            out.set(data.subarray(from, from + widthPx), row * widthPx);
        }
        layers[name] = out;
    }
    return new Frame({ widthPx, heightPx, layers, view: frame.view, timeNs: frame.timeNs });
}

/** The frame at another size; see the file comment for what each layer does. */
export function resizeFrame(frame: Frame, widthPx: number, heightPx: number): Frame {
    if (![widthPx, heightPx].every((side) => Number.isInteger(side) && side >= 1 && side <= 16384)) {
        throw badInput(`the new size is ${widthPx} x ${heightPx}`, 'integers from 1 to 16384', 'Give such a size');
    }
    const layers: Partial<Record<LayerName, Float32Array>> = {};
    for (const [name, data] of frame.layers) {
        const nearest = name === 'instance' || name === 'semantic';
        const planes = Array.from({ length: LAYER_CHANNELS[name] }, (_, c) => {
            const size = frame.widthPx * frame.heightPx;
            const plane = data.subarray(c * size, (c + 1) * size);
            return nearest ? pickPlane(plane, frame, widthPx, heightPx) : averagePlane(plane, frame, widthPx, heightPx);
        });
        if (name === 'normal') normalize(planes);
        if (name === 'motion') {
            scale(planes[0]!, widthPx / frame.widthPx);
            scale(planes[1]!, heightPx / frame.heightPx);
        }
        const out = new Float32Array(planes.length * widthPx * heightPx);
        planes.forEach((plane, c) => {
            out.set(plane, c * widthPx * heightPx);
        });
        layers[name] = out;
    }
    return new Frame({ widthPx, heightPx, layers, view: frame.view, timeNs: frame.timeNs });
}

function scale(plane: Float32Array, factor: number): void {
    for (let i = 0; i < plane.length; i++) plane[i]! *= factor;
}

function normalize(planes: readonly Float32Array[]): void {
    const [x, y, z] = planes as [Float32Array, Float32Array, Float32Array];
    for (let i = 0; i < x.length; i++) {
        const length = Math.hypot(x[i]!, y[i]!, z[i]!);
        if (length === 0) continue;
        x[i]! /= length;
        y[i]! /= length;
        z[i]! /= length;
    }
}

function pickPlane(plane: Float32Array, from: Frame, widthPx: number, heightPx: number): Float32Array {
    const out = new Float32Array(widthPx * heightPx);
    for (let y = 0; y < heightPx; y++) {
        const row = Math.floor(((y + 0.5) * from.heightPx) / heightPx) * from.widthPx;
        for (let x = 0; x < widthPx; x++) {
            out[y * widthPx + x] = plane[row + Math.floor(((x + 0.5) * from.widthPx) / widthPx)]!;
        }
    }
    return out;
}

function averagePlane(plane: Float32Array, from: Frame, widthPx: number, heightPx: number): Float32Array {
    const narrow = new Float32Array(widthPx * from.heightPx);
    averageLines(plane, from.widthPx, 1, from.heightPx, from.widthPx, narrow, widthPx, 1, widthPx);
    const out = new Float32Array(widthPx * heightPx);
    averageLines(narrow, from.heightPx, widthPx, widthPx, 1, out, heightPx, widthPx, 1);
    return out;
}

/** Averages `lines` lines of `length` samples (`step` apart, lines `pitch` apart) into `count` samples each. */
function averageLines(
    from: Float32Array,
    length: number,
    step: number,
    lines: number,
    pitch: number,
    to: Float32Array,
    count: number,
    toStep: number,
    toPitch: number
): void {
    const ratio = length / count;
    for (let i = 0; i < count; i++) {
        const begin = i * ratio;
        const end = (i + 1) * ratio;
        const first = Math.floor(begin);
        const last = Math.min(length, Math.ceil(end - 1e-9));
        for (let line = 0; line < lines; line++) {
            let sum = 0;
            for (let j = first; j < last; j++) {
                const weight = Math.min(end, j + 1) - Math.max(begin, j);
                sum += weight * from[line * pitch + j * step]!;
            }
            to[line * toPitch + i * toStep] = sum / ratio;
        }
    }
}
