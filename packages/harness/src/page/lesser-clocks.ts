/**
 * Clocks of a page that few ask, under the virtual one: idle callbacks, performance.timeOrigin, Temporal.Now. Idle time is there
 * before each frame; each look at what is left of it takes a hundredth, so that work which is done for as long as any is left is as
 * much each time, and ends.
 */

/** JavaScript text that comes after the clock's, in workers, too. */
export function lesserClocksScript(handle: string): string {
    return `(${installLesserClocks.toString()})(${JSON.stringify(handle)});`;
}

/** Serialised into the page, after the clock: it must use nothing from this module. */
function installLesserClocks(handle: string): void {
    const page = globalThis as unknown as Record<string, unknown>;
    const time = page[handle] as { nowMs(): number; dateMs(): number };
    const originMs = time.dateMs() - time.nowMs();
    Object.defineProperty(performance, 'timeOrigin', { configurable: true, get: () => originMs });

    const IDLE_MS = 10;
    type IdleCallback = (deadline: { readonly didTimeout: boolean; timeRemaining(): number }) => void;
    if (page['requestIdleCallback']) {
        page['requestIdleCallback'] = (callback: IdleCallback) => {
            let looks = 0;
            const timeRemaining = (): number => Math.max(0, IDLE_MS * (1 - looks++ / 100));
            return globalThis.setTimeout(() => callback({ didTimeout: false, timeRemaining }), 0);
        };
        page['cancelIdleCallback'] = (id: number) => globalThis.clearTimeout(id);
    }

    interface Instant {
        toZonedDateTimeISO(zone: string): Zoned;
    }
    interface Zoned {
        toPlainDateTime(): unknown;
        toPlainDate(): unknown;
        toPlainTime(): unknown;
    }
    const temporal = page['Temporal'] as
        | {
              readonly Instant: { fromEpochMilliseconds(ms: number): Instant };
              readonly Now: Record<string, unknown> & { timeZoneId(): string };
          }
        | undefined;
    if (!temporal) return;
    const { Now } = temporal;
    const instant = (): Instant => temporal.Instant.fromEpochMilliseconds(Math.floor(time.dateMs()));
    const zoned = (zone: string = Now.timeZoneId()): Zoned => instant().toZonedDateTimeISO(zone);
    Object.assign(Now, {
        instant,
        zonedDateTimeISO: zoned,
        plainDateTimeISO: (zone?: string) => zoned(zone).toPlainDateTime(),
        plainDateISO: (zone?: string) => zoned(zone).toPlainDate(),
        plainTimeISO: (zone?: string) => zoned(zone).toPlainTime()
    });
}
