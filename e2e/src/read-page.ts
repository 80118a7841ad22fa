/** What a test reads out of a page: numbers that came as base64, and what the canvas shows. */
import { readPng } from '@mixreel/image';
import type { OpenApp } from './open-app.ts';

export function floats(base64: string): Float32Array {
    const bytes = Buffer.from(base64, 'base64');
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** RGB bytes of the upper left corner of the page, once what was drawn last has been composited. */
export async function shownRgb({ guard }: OpenApp, widthPx: number, heightPx: number): Promise<Uint8Array> {
    await guard.page.evaluate(
        () =>
            new Promise<void>((resolve) =>
                requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
            )
    );
    const clip = { x: 0, y: 0, width: widthPx, height: heightPx };
    const { data, channels } = readPng(await guard.page.screenshot({ clip }));
    const rgb = new Uint8Array(widthPx * heightPx * 3);
    for (let i = 0; i < widthPx * heightPx; i++) for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + c]!;
    return rgb;
}
