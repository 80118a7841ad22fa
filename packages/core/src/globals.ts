/**
 * The few globals that every host of JavaScript has. core sees these and nothing else of the DOM or Node, so that it
 * cannot come to depend on either; whoever imports core brings the full declarations.
 */
declare global {
    interface AbortSignal {
        readonly aborted: boolean;
        readonly reason: unknown;
        addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
        removeEventListener(type: 'abort', listener: () => void): void;
    }
    function setTimeout(callback: () => void, delayMs: number): unknown;
    function clearTimeout(handle: unknown): void;
    const performance: { now(): number };
}

export {};
