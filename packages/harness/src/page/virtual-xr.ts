/**
 * XR sessions of a page under the virtual clock: one frame for each frame of the clock, at its time. The callbacks run inside the
 * browser's own frames, in which alone a pose can be asked for; those that come while the clock stands are waited through.
 *
 * Sessions that a library emulates (IWER) take their frames from requestAnimationFrame, and are under the clock anyway.
 */

/** JavaScript text that comes after the clock's. */
export function virtualXrScript(handle: string): string {
    return `(${installXr.toString()})(${JSON.stringify(handle)});`;
}

/** Serialised into the page, after the clock: it must use nothing from this module. */
function installXr(handle: string): void {
    interface XrFrames {
        requestAnimationFrame(callback: (ms: number, frame: unknown) => void): number;
        cancelAnimationFrame(id: number): void;
    }
    const xr = (globalThis as { XRSession?: { prototype: XrFrames } }).XRSession?.prototype;
    if (!xr) return;
    const time = (globalThis as unknown as Record<string, unknown>)[handle] as {
        frames(): number;
        /** True while nothing of that frame or before may run. */
        holds(since: number): boolean;
        nowMs(): number;
        settle(): Promise<void>;
        xr: { reach(): Promise<void> };
    };
    const [request, cancel] = [xr.requestAnimationFrame, xr.cancelAnimationFrame];
    /** The browser's own number of each request (another each time that it waits), and the frame in which it was made. */
    const asked = new Map<number, { own: number; readonly since: number }>();
    const MOST_FRAMES = 20;
    let last = 0;
    xr.requestAnimationFrame = function (this: XrFrames, callback) {
        const id = ++last;
        const since = time.frames();
        const wait = (_: number, frame: unknown): void => {
            if (time.holds(since)) {
                asked.set(id, { own: request.call(this, wait), since });
                return;
            }
            asked.delete(id);
            callback(time.nowMs(), frame);
        };
        asked.set(id, { own: request.call(this, wait), since });
        return id;
    };
    xr.cancelAnimationFrame = function (this: XrFrames, id) {
        const request = asked.get(id);
        asked.delete(id);
        if (request) cancel.call(this, request.own);
    };
    const owed = (): boolean => [...asked.values()].some(({ since }) => since < time.frames());
    // A frame of the browser's or two; a session that has ended or is hidden gives none.
    time.xr.reach = async () => {
        for (let waited = 0; waited < MOST_FRAMES && owed(); waited++) await time.settle();
        for (const [id, { since }] of asked) if (since < time.frames()) asked.delete(id);
    };
}
