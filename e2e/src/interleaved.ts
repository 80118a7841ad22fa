/** A picture as the harness reads it from a page: RGB by RGB, where frames hold planes. */
import type { Frame } from '@mixreel/image';

export interface Interleaved {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly data: Float32Array;
}

/** @param value - Applied to each value of the layer. */
export function interleaved(frame: Frame, layer: 'color' | 'normal', value: (x: number) => number): Interleaved {
    const { widthPx, heightPx } = frame;
    const planes = frame.layer(layer);
    const n = widthPx * heightPx;
    const data = Float32Array.from({ length: 3 * n }, (_, i) => value(planes[(i % 3) * n + Math.floor(i / 3)]!));
    return { widthPx, heightPx, data };
}
