/**
 * Node as the host of live paths: its timers and its immediate queue, and the rule about who may connect.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
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

/** Shortest token. */
const LEAST_TOKEN = 16;

/**
 * Throws `bad-input` unless the address is this machine's own or a token of at least 16 characters without white space is
 * given, which clients then must send first.
 */
export function requireLoopback(host: string, token?: string): string {
    if (token !== undefined && !/^\S{16,200}$/.test(token)) {
        throw badInput(
            `the token has ${token.length} characters`,
            `${LEAST_TOKEN} to 200 without white space`,
            'Make one with: openssl rand -hex 16'
        );
    }
    if (LOOPBACK.includes(host) || token !== undefined) return host;
    throw badInput(
        `it would listen on ${host} without a token`,
        LOOPBACK.join(', '),
        'Give a token, or listen on loopback and reach it from elsewhere through an SSH tunnel'
    );
}

/** True if both are the same; takes as long wherever they differ. */
export function isSameToken(given: Uint8Array, token: string): boolean {
    const wanted = createHash('sha256').update(token).digest();
    return timingSafeEqual(createHash('sha256').update(given).digest(), wanted);
}

/** Throws `bad-input` unless it is a port: 0 (any free one, where `free` says so) to 65535. */
export function requirePort(name: string, port: number, free: boolean): number {
    if (Number.isInteger(port) && port >= (free ? 0 : 1) && port <= 65_535) return port;
    throw badInput(`${name} is ${port}`, `a port from ${free ? 0 : 1} to 65535`, `Correct ${name}`);
}

/** Throws `bad-input` unless it is a whole number of the range. */
export function requireCount(name: string, count: number, low: number, high: number): number {
    if (Number.isInteger(count) && count >= low && count <= high) return count;
    throw badInput(`${name} is ${count}`, `a whole number from ${low} to ${high}`, `Correct ${name}`);
}
