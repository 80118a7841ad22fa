/**
 * The line between a model's thread and the one that has the bytes: two ends that post plain data, and what they say.
 */
import { type ErrorCode, quantile } from '@mixreel/core';
import type { UserState } from '../cell/network-state.ts';
import type { LiveModel } from './live-model.ts';
import type { LivePath } from './live-path.ts';

/** One end. */
export interface ModelPort {
    post(message: unknown): void;
    listen(listener: (message: unknown) => void): void;
    close(): void;
}

/** How late a model's thread let packets go, ns, over the newest of them; nulls before the first. */
export interface SchedulerLag {
    readonly packets: number;
    readonly p50Ns: number | null;
    readonly p99Ns: number | null;
    readonly maxNs: number | null;
}

/** The lag of the thread that these paths run in. */
export function schedulerLag(paths: readonly (LivePath | null)[]): SchedulerLag {
    const lags = paths.flatMap((path) => (path ? [...path.lagsNs()] : []));
    const at = (q: number): number | null => (lags.length === 0 ? null : quantile(lags, q));
    return { packets: lags.length, p50Ns: at(0.5), p99Ns: at(0.99), maxNs: at(1) };
}

/** To the server or to the client. */
export type WayIndex = 0 | 1;

/** To the model. */
export type ModelRequest =
    | { readonly kind: 'open'; readonly model: LiveModel }
    /** Way, packet, bytes and when it was sent in ms since the epoch, one after the other. */
    | { readonly kind: 'packets'; readonly packets: readonly number[] }
    | { readonly kind: 'lag' }
    | { readonly kind: 'close' };

/** From the model. */
export type ModelAnswer =
    | { readonly kind: 'opened' }
    | { readonly kind: 'failed'; readonly code: ErrorCode; readonly what: string; readonly mend: string }
    /** Way, packet and when it left in ms since the epoch (NaN: lost), one after the other. */
    | { readonly kind: 'fates'; readonly fates: readonly number[] }
    | { readonly kind: 'state'; readonly state: UserState }
    | ({ readonly kind: 'lag' } & SchedulerLag);

/** ms since the epoch: the same in all threads of a process, and in a page and its workers. */
export function epochMs(): number {
    return performance.timeOrigin + performance.now();
}

/** What is used of a Web Worker, of a worker's own global scope, or of a MessagePort. */
export interface WebEnd {
    postMessage(message: unknown): void;
    addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
    terminate?(): void;
    close?(): void;
    start?(): void;
}

/** The end of a page (its `Worker`), of a worker in a page (`self`), or of a MessagePort. */
export function webEnd(end: WebEnd): ModelPort {
    return {
        post: (message) => end.postMessage(message),
        listen(listener) {
            end.addEventListener('message', (event) => listener(event.data));
            end.start?.();
        },
        close() {
            if (end.terminate) end.terminate();
            else end.close?.();
        }
    };
}
