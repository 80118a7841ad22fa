/**
 * What an app of `apps/` offers to its test: named calls with JSON in and out, bytes as base64. Installed as
 * `window.mixreelApp`; the promise in `ready` settles once the app can be called.
 */

import type { Frame } from '@mixreel/image';

/** JSON and bytes. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** The calls of an app. */
export type Calls = Readonly<Record<string, (argument: Plain) => Promise<Plain>>>;

declare global {
    interface Window {
        mixreelApp?: { readonly ready: Promise<Calls> };
    }
}

/** Offers the calls that `start` resolves to. */
export function offer(start: () => Promise<Calls>): void {
    const ready = start();
    // The test that awaits `ready` tells; without it the page would report the rejection as uncaught first.
    ready.catch(() => {});
    window.mixreelApp = { ready };
}

/** A frame's view and layers. */
export function plainFrame(frame: Frame): Plain {
    const names = ['color', 'albedo', 'normal', 'depth', 'instance'] as const;
    return {
        widthPx: frame.widthPx,
        heightPx: frame.heightPx,
        view: { ...frame.view, projection: [...frame.view.projection] } as unknown as Plain,
        layers: Object.fromEntries(names.map((name) => [name, toBase64(frame.layer(name))]))
    };
}

/** Bytes to base64, in pieces that fit a call's arguments. */
export function toBase64(view: ArrayBufferView): string {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
}

/** Base64 to bytes. */
export function fromBase64(text: string): Uint8Array {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
