/**
 * Video and audio of a page under the virtual clock. An element that plays is in truth paused, and put before every frame where
 * the clock says that it is; the frame waits until the browser has its picture. `paused`, `play()` and the events of playing are
 * what the page expects, so that a player does not see the difference; it hears nothing.
 *
 * Cost: a seek for each frame and element, some ms with key frames close together.
 *
 * Not under the clock: streams (`srcObject`), Web Audio, the metadata of requestVideoFrameCallback.
 */

/** JavaScript text that comes after the clock's. */
export function virtualMediaScript(handle: string): string {
    return `(${installMedia.toString()})(${JSON.stringify(handle)});`;
}

/** Serialised into the page, after the clock: it must use nothing from this module. */
function installMedia(handle: string): void {
    const time = (globalThis as unknown as Record<string, unknown>)[handle] as {
        media: { reach(ms: number): Promise<void> };
        nowMs(): number;
    };
    /** Where it was when the clock stood at `sinceMs`. */
    interface Playing {
        readonly sinceMs: number;
        readonly fromS: number;
    }
    const media = HTMLMediaElement.prototype;
    const real = {
        play: media.play,
        pause: media.pause,
        paused: Object.getOwnPropertyDescriptor(media, 'paused')!.get!,
        time: Object.getOwnPropertyDescriptor(media, 'currentTime')!
    };
    const playing = new Map<HTMLMediaElement, Playing>();
    const timeOf = (element: HTMLMediaElement): number => real.time.get!.call(element) as number;
    const from = (element: HTMLMediaElement, fromS: number): void =>
        void playing.set(element, { sinceMs: time.nowMs(), fromS });
    const tell = (element: HTMLMediaElement, ...events: string[]): void => {
        for (const name of events) element.dispatchEvent(new Event(name));
    };
    const loaded = (element: HTMLMediaElement): Promise<void> =>
        new Promise((done, fail) => {
            if (element.readyState >= 2) return done();
            if (element.preload === 'none') element.preload = 'auto';
            element.addEventListener('loadeddata', () => done(), { once: true });
            const failed = (): void => fail(new DOMException('its source cannot be played', 'NotSupportedError'));
            element.addEventListener('error', failed, { once: true });
        });

    media.play = function (this: HTMLMediaElement): Promise<void> {
        if (this.srcObject) return real.play.call(this);
        if (!playing.has(this)) {
            from(this, this.ended ? 0 : timeOf(this));
            queueMicrotask(() => tell(this, 'play'));
        }
        return loaded(this).then(() => tell(this, 'playing'));
    };
    media.pause = function (this: HTMLMediaElement): void {
        real.pause.call(this);
        if (playing.delete(this)) queueMicrotask(() => tell(this, 'timeupdate', 'pause'));
    };
    Object.defineProperty(media, 'paused', {
        configurable: true,
        get(this: HTMLMediaElement) {
            return !playing.has(this) && real.paused.call(this);
        }
    });
    Object.defineProperty(media, 'currentTime', {
        configurable: true,
        get(this: HTMLMediaElement) {
            return timeOf(this);
        },
        set(this: HTMLMediaElement, seconds: number) {
            real.time.set!.call(this, seconds);
            if (playing.has(this)) from(this, Number(seconds));
        }
    });
    // What the browser starts on its own (autoplay) is taken over; the pause by which it is, is not the page's affair.
    document.addEventListener(
        'play',
        (event) => {
            const element = event.target as HTMLMediaElement;
            if (!event.isTrusted || element.srcObject) return;
            real.pause.call(element);
            from(element, 0);
        },
        true
    );
    document.addEventListener(
        'pause',
        (event) => {
            if (event.isTrusted && playing.has(event.target as HTMLMediaElement)) event.stopImmediatePropagation();
        },
        true
    );

    const seek = (element: HTMLMediaElement, seconds: number): Promise<void> =>
        new Promise((done) => {
            if (Math.abs(timeOf(element) - seconds) < 1e-6) return done();
            for (const name of ['seeked', 'error', 'emptied'])
                element.addEventListener(name, () => done(), { once: true });
            real.time.set!.call(element, seconds);
        });
    time.media.reach = async (ms) => {
        await Promise.all(
            [...playing].map(async ([element, { sinceMs, fromS }]) => {
                const { duration } = element;
                if (element.error || !(duration > 0)) return;
                const at = fromS + ((ms - sinceMs) / 1000) * element.playbackRate;
                const over = at >= duration && !element.loop;
                await seek(element, over ? duration : Number.isFinite(duration) ? at % duration : at);
                if (over && playing.delete(element)) tell(element, 'pause', 'ended');
            })
        );
    };
}
