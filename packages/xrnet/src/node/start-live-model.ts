/**
 * A live model in a worker thread of Node. Sockets and bytes stay in the thread that has them: a datagram of 1200 bytes crosses as
 * three numbers.
 */
import { Worker } from 'node:worker_threads';
import { MixreelError } from '@mixreel/core';
import type { UserState } from '../cell/network-state.ts';
import type { LiveModel } from '../live/live-model.ts';
import type { ModelPort } from '../live/model-port.ts';
import { RemoteModel } from '../live/remote-model.ts';

/** A worker, or a worker's line to its parent, as the end of a model's line. */
export function nodeEnd(
    end: { postMessage(message: unknown): void; on(event: 'message', listener: (message: unknown) => void): unknown },
    close: () => void
): ModelPort {
    return {
        post: (message) => end.postMessage(message),
        listen: (listener) => void end.on('message', listener),
        close
    };
}

/**
 * Starts the thread and the model in it. Like a server it keeps the process alive until it is closed: {@link RemoteModel.close}.
 *
 * @throws MixreelError `bad-input` for a model out of range.
 */
export async function startLiveModel(model: LiveModel, onState?: (state: UserState) => void): Promise<RemoteModel> {
    const worker = new Worker(workerUrl());
    // What says goodbye ends by itself; a thread that hangs is ended with the process.
    const port = nodeEnd(worker, () => worker.unref());
    const remote = new RemoteModel(port, model, onState);
    worker.on('error', (cause) => {
        const what = 'the thread of the live model failed';
        remote.fail(new MixreelError('internal', { what, mend: 'Report it', cause }));
    });
    try {
        await remote.opened;
    } catch (error) {
        await worker.terminate();
        throw error;
    }
    return remote;
}

/** The built thread: threads cannot load TypeScript, so sources (in tests) use the built one as well. */
function workerUrl(): URL {
    const built = import.meta.url.endsWith('.ts') ? '../../dist/node/live-worker.js' : './live-worker.js';
    return new URL(built, import.meta.url);
}
