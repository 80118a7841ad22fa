/** When a film is put aside, and when it may be put back: against a tracer of which only its film is there. */
import { VirtualClock } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { FilmKeeper } from '../../src/playcanvas/film-keeper.ts';
import { perspectiveView } from '../../src/scene/view.ts';
import type { FilmState } from '../../src/tracer/film.ts';
import type { PathTracer } from '../../src/tracer/path-tracer.ts';

const SIZE = { widthPx: 4, heightPx: 2 };
const VIEW = perspectiveView({ position: [0, 0, 1], target: [0, 0, 0], fovYRad: 1, aspect: 2 });
const ELSEWHERE = perspectiveView({ position: [0, 1, 1], target: [0, 0, 0], fovYRad: 1, aspect: 2 });

class FakeTracer {
    samples = 0;
    readonly pixelsAhead = 0;
    saved = 0;
    restored: number | null = null;

    get tracer(): PathTracer {
        return this as unknown as PathTracer;
    }

    async saveFilm(): Promise<FilmState> {
        this.saved++;
        return { ...SIZE, samples: this.samples, pixelsAhead: 0, data: new Float32Array(64) };
    }

    restoreFilm({ samples }: FilmState): void {
        this.restored = samples;
    }
}

/** A sample a second. */
async function gather(keeper: FilmKeeper, clock: VirtualClock, tracer: FakeTracer, samples: number): Promise<void> {
    for (let i = 0; i < samples; i++) {
        clock.advanceBy(1e9);
        tracer.samples++;
        await keeper.keep(tracer.tracer, VIEW, false);
    }
}

describe('the film that is put aside', () => {
    it('is a copy every so many seconds, and one more when it is asked for', async () => {
        const [clock, fake] = [new VirtualClock(), new FakeTracer()];
        const keeper = new FilmKeeper(clock, 5);
        await gather(keeper, clock, fake, 17);
        // At the first sample the picture began: after 6, 11 and 16.
        expect(fake.saved).toBe(3);
        expect(keeper.restore(fake.tracer, VIEW, SIZE)).toBe(true);
        expect(fake.restored).toBe(16);
        await keeper.keep(fake.tracer, VIEW, true);
        await keeper.keep(fake.tracer, VIEW, true);
        // What is kept already is not read again.
        expect(fake.saved).toBe(4);
    });

    it('is never another view, another size or another scene', async () => {
        const [clock, fake] = [new VirtualClock(), new FakeTracer()];
        const keeper = new FilmKeeper(clock, 0);
        await gather(keeper, clock, fake, 2);
        expect(keeper.restore(fake.tracer, ELSEWHERE, SIZE)).toBe(false);
        expect(keeper.restore(fake.tracer, VIEW, { widthPx: 8, heightPx: 4 })).toBe(false);
        keeper.forget();
        expect(keeper.restore(fake.tracer, VIEW, SIZE)).toBe(false);
        expect(fake.restored).toBeNull();
    });

    it('is none where none is wanted', async () => {
        const [clock, fake] = [new VirtualClock(), new FakeTracer()];
        const keeper = new FilmKeeper(clock, null);
        await gather(keeper, clock, fake, 3);
        await keeper.keep(fake.tracer, VIEW, true);
        expect(fake.saved).toBe(0);
    });
});
