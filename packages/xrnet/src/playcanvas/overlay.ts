/**
 * Figures over the picture: a strip of frame delays (green in time, amber late, red lost) and four lines of text. Plain elements
 * of the page above the canvas, drawn at most ten times a second; nothing of the scene is touched.
 */
import type { FrameSending, NetworkFigures } from './plugin-options.ts';

const WIDTH_PX = 240;
const HEIGHT_PX = 48;
const REDRAW_NS = 100_000_000;

/** See the file comment. */
export class Overlay {
    readonly #root: HTMLElement;
    readonly #strip: HTMLCanvasElement;
    readonly #text: HTMLElement;
    #drawnNs = Number.NEGATIVE_INFINITY;

    /** @param canvas - The app's; the overlay lies over its upper left corner. */
    constructor(canvas: HTMLCanvasElement) {
        const page = canvas.ownerDocument;
        this.#root = page.createElement('div');
        this.#root.className = 'mixreel-network';
        this.#root.style.cssText =
            'position:absolute;left:8px;top:8px;padding:6px 8px;background:rgba(0,0,0,.7);color:#fff;' +
            'font:11px/1.45 ui-monospace,monospace;pointer-events:none;white-space:pre;z-index:10;border-radius:4px';
        this.#strip = page.createElement('canvas');
        this.#strip.width = WIDTH_PX;
        this.#strip.height = HEIGHT_PX;
        this.#strip.style.cssText = 'display:block;margin-bottom:4px';
        this.#text = page.createElement('div');
        this.#root.append(this.#strip, this.#text);
        (canvas.parentElement ?? page.body).append(this.#root);
    }

    /** Draws, unless it has just been. */
    draw(nowNs: number, frames: readonly FrameSending[], figures: NetworkFigures, deadlineNs: number): void {
        if (nowNs - this.#drawnNs < REDRAW_NS) return;
        this.#drawnNs = nowNs;
        this.#text.textContent = lines(figures).join('\n');
        const context = this.#strip.getContext('2d');
        if (!context) return;
        context.fillStyle = '#1c1c1c';
        context.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
        // The budget lies at half height.
        const heightOf = (ns: number): number => Math.min(HEIGHT_PX, (ns / deadlineNs) * (HEIGHT_PX / 2));
        for (const [i, { delayNs, late }] of frames.slice(-WIDTH_PX).entries()) {
            const height = delayNs === null ? HEIGHT_PX : Math.max(1, heightOf(delayNs));
            context.fillStyle = delayNs === null ? '#e5484d' : late ? '#f5a623' : '#46a758';
            context.fillRect(i, HEIGHT_PX - height, 1, height);
        }
        context.fillStyle = 'rgba(255,255,255,.6)';
        context.fillRect(0, HEIGHT_PX / 2, WIDTH_PX, 1);
    }

    /** Takes it off the page. */
    destroy(): void {
        this.#root.remove();
    }
}

function lines(figures: NetworkFigures): string[] {
    const ms = (ns: number | null): string => (ns === null ? '-' : `${(ns / 1e6).toFixed(1)} ms`);
    const { frames, lost, late, recommendedRateBps, congestionMarks, xrmi } = figures;
    return [
        `frames ${frames}  late ${late}  lost ${lost}`,
        `delay  mean ${ms(figures.meanDelayNs)}  p99 ${ms(figures.p99DelayNs)}`,
        `XRMI ${xrmi === null ? '-' : xrmi.toFixed(2)}  marks ${congestionMarks === null ? '-' : `${(100 * congestionMarks).toFixed(0)} %`}`,
        `rate ${recommendedRateBps === null ? '-' : `${(recommendedRateBps / 1e6).toFixed(0)} Mbit/s`}  assets ${figures.assets}, ${(figures.assetBytes / 1e6).toFixed(2)} MB`
    ];
}
