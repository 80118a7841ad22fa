/**
 * The film that was put aside last, with the view that it belongs to: what a picture goes on from after a still was rendered on the
 * same tracer, or after the device was lost. Samples depend on (pixel, sample) alone, so what follows is the picture that would have
 * been, to the last bit. A copy is read back: 32 bytes a pixel.
 */
import type { Clock } from '@mixreel/core';
import type { View } from '@mixreel/image';
import type { FilmState } from '../tracer/film.ts';
import type { PathTracer } from '../tracer/path-tracer.ts';
import { sameView } from './camera-view.ts';

/** See the file comment. */
export class FilmKeeper {
    readonly #clock: Clock;
    readonly #seconds: number | null;
    #kept: { readonly film: FilmState; readonly view: View } | null = null;
    /** When the film was put aside last, or the picture began. */
    #sinceNs: number | null = null;

    /** @param seconds - Least time between two copies; null: none is ever made. */
    constructor(clock: Clock, seconds: number | null) {
        this.#clock = clock;
        this.#seconds = seconds;
    }

    /** Puts the film aside if it is time, or `now`. */
    async keep(tracer: PathTracer, view: View, now: boolean): Promise<void> {
        if (this.#seconds === null) return;
        const timeNs = this.#clock.nowNs();
        this.#sinceNs ??= timeNs;
        const { film } = this.#kept ?? {};
        const same = film?.samples === tracer.samples && film.pixelsAhead === tracer.pixelsAhead;
        if (same || !(now || timeNs - this.#sinceNs >= this.#seconds * 1e9)) return;
        this.#kept = { film: await tracer.saveFilm(), view };
        this.#sinceNs = this.#clock.nowNs();
    }

    /** Puts the film back if it is of this view and size. @returns Whether it was. */
    restore(tracer: PathTracer, view: View, { widthPx, heightPx }: { widthPx: number; heightPx: number }): boolean {
        const kept = this.#kept;
        if (!kept || !sameView(kept.view, view)) return false;
        if (kept.film.widthPx !== widthPx || kept.film.heightPx !== heightPx) return false;
        tracer.restoreFilm(kept.film);
        return true;
    }

    /** The picture is another one: its scene or its view changed. */
    forget(): void {
        this.#kept = null;
        this.#sinceNs = null;
    }
}
