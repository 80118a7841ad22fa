/**
 * A scenario's result on its way from the worker that ran it: the result as its file has it, and what it captured, so that
 * whoever collects can approve without having rendered. Files that the scenario wrote itself stay where they were written.
 */
import { badInput } from '@mixreel/core';
import type { CaptureEntry, CaptureStore } from '../baseline/capture-store.ts';
import { decodeResult, encodeResult } from '../run/result-files.ts';
import type { RunResult, ScenarioResult } from '../run/run-result.ts';

/** A value of Redis holds at most 512 MiB. */
const MAX_PARCEL_BYTES = 256 * 2 ** 20;

interface Parcel {
    readonly result: string;
    readonly captures: readonly { readonly entry: CaptureEntry; readonly base64: string }[];
}

/** Throws `bad-input` if the captures are too large for a queue. */
export async function packParcel(
    run: Pick<RunResult, 'title' | 'seed'>,
    result: ScenarioResult,
    captures: CaptureStore
): Promise<Parcel> {
    const packed: Parcel['captures'][number][] = [];
    let sizeBytes = 0;
    for (const { capture } of result.captures) {
        const entry = await captures.entry(result.name, capture.name);
        if (!entry) continue;
        sizeBytes += (4 / 3) * entry.sizeBytes;
        if (sizeBytes > MAX_PARCEL_BYTES) {
            throw badInput(
                `the captures of "${result.name}" have more than ${Math.round((0.75 * MAX_PARCEL_BYTES) / 2 ** 20)} MiB`,
                'less, to be sent over the queue',
                'Part the scenario, or share the work by --shard'
            );
        }
        packed.push({ entry, base64: Buffer.from(await captures.bytes(entry)).toString('base64') });
    }
    return { result: encodeResult(run, result), captures: packed };
}

/** The result in a parcel; what it captured goes into the store. Null for a parcel of another version. */
export async function unpackParcel(value: unknown, captures: CaptureStore): Promise<ScenarioResult | null> {
    const { result, captures: packed } = (value ?? {}) as Partial<Parcel>;
    const file = typeof result === 'string' ? decodeResult(result) : null;
    if (!file || !Array.isArray(packed)) return null;
    for (const { entry, base64 } of packed as Parcel['captures'])
        await captures.put(entry, new Uint8Array(Buffer.from(base64, 'base64')));
    return file.result;
}
