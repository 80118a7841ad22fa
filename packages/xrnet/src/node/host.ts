/**
 * Node as the host of live paths: its timers and its immediate queue, and the rule about who may connect.
 */
import { badInput, RealClock } from '@mixreel/core';
import type { LiveHost } from '../live/live-path.ts';

/** Timers, immediates and a monotonic clock of this process. */
export function nodeHost(): LiveHost {
    return {
        clock: new RealClock(),
        setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
        clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
        soon: (callback) => void setImmediate(callback)
    };
}

/** This machine's own addresses. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** Throws `bad-input` unless the address is this machine's own: a relay has nobody to ask for a password. */
export function requireLoopback(host: string): string {
    if (LOOPBACK.includes(host)) return host;
    throw badInput(
        `the relay would listen on ${host}`,
        LOOPBACK.join(', '),
        'Listen on loopback, and reach it from elsewhere through an SSH tunnel'
    );
}

/** Throws `bad-input` unless it is a port: 0 (any free one, where `free` says so) to 65535. */
export function requirePort(name: string, port: number, free: boolean): number {
    if (Number.isInteger(port) && port >= (free ? 0 : 1) && port <= 65_535) return port;
    throw badInput(`${name} is ${port}`, `a port from ${free ? 0 : 1} to 65535`, `Correct ${name}`);
}
