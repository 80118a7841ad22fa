/**
 * The pose layer: from where and when a frame was seen, in 32-bit floats, so that the receiver can reproject it to a newer head pose.
 * The projection travels with frames that refer to no other; the rest repeat it.
 */
import { IDENTITY_VIEW, type View } from '@mixreel/image';
import { ByteReader, ByteWriter } from './container/byte-stream.ts';

const EYES: readonly View['eye'][] = ['mono', 'left', 'right'];

/** A view as bytes: eye, position, rotation, and the projection if `full`. */
export function encodePose(view: View, timeNs: number, full: boolean): Uint8Array {
    const out = new ByteWriter();
    out.u8(EYES.indexOf(view.eye) | (full ? 128 : 0));
    out.varint(Math.max(0, Math.round(timeNs)));
    for (const value of [...view.position, ...view.rotation]) out.f32(value);
    if (full) writeProjection(out, view.projection);
    return out.finish();
}

/** Sixteen numbers, most of them 0: one bit for each, then those that are not. */
function writeProjection(out: ByteWriter, projection: readonly number[]): void {
    const used = projection.reduce((mask, value, i) => (value === 0 ? mask : mask | (1 << i)), 0);
    out.u8(used & 255);
    out.u8(used >> 8);
    for (const value of projection) if (value !== 0) out.f32(value);
}

function readProjection(input: ByteReader): number[] {
    const used = input.u8() | (input.u8() << 8);
    return Array.from({ length: 16 }, (_, i) => ((used >> i) & 1 ? input.f32() : 0));
}

/** Reads it back. Without a projection of its own the view takes `before`'s. Null if the bytes do not fit. */
export function decodePose(payload: Uint8Array, before: View | null): { view: View; timeNs: number } | null {
    try {
        const input = new ByteReader(payload);
        const head = input.u8();
        const eye = EYES[head & 127];
        const timeNs = input.varint();
        const floats = Array.from({ length: 7 }, () => input.f32());
        const full = (head & 128) !== 0;
        const projection = full ? readProjection(input) : (before ?? IDENTITY_VIEW).projection;
        if (!eye || input.left > 0 || ![...floats, ...projection].every(Number.isFinite)) return null;
        const [px, py, pz, rx, ry, rz, rw] = floats as [number, number, number, number, number, number, number];
        return { view: { eye, position: [px, py, pz], rotation: [rx, ry, rz, rw], projection }, timeNs };
    } catch {
        return null;
    }
}

/** True if the view is worth sending: not that of a photograph. */
export function hasPose(view: View): boolean {
    return (
        view.eye !== 'mono' ||
        view.position.some((v) => v !== 0) ||
        view.rotation.some((v, i) => v !== IDENTITY_VIEW.rotation[i]) ||
        view.projection.some((v, i) => v !== IDENTITY_VIEW.projection[i])
    );
}
