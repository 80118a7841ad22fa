/** What the checks of a scene's parts share: how parts are named in messages, indices, finite numbers. */
import { badInput } from '@mixreel/core';

export function checkIndex(index: number, count: number, name: string): void {
    if (Number.isInteger(index) && index >= 0 && index < count) return;
    throw badInput(`${name} is ${index}`, `an index below ${count}`, 'Refer to one that is there');
}

export function checkNumbers(values: readonly unknown[], name: string): void {
    for (const value of values) {
        if (typeof value === 'number' && !Number.isFinite(value)) {
            throw badInput(`${name} holds ${value}`, 'finite numbers', 'Repair it or leave it out');
        }
    }
}

/** Index of the first number that is not finite, or -1. */
export function firstNonFinite(data: Float32Array): number {
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
    return -1;
}

/** How messages name a part: by its number, and by its name if it has one. */
export function label(kind: string, index: number, name: string | undefined): string {
    return name ? `${kind} ${index} ("${name}")` : `${kind} ${index}`;
}
