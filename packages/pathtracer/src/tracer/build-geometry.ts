/**
 * Packing geometry beside the main thread: in a worker for scenes that take a while, so that a page stays alive and an abort stops
 * at once (the worker is ended). A worker costs about 50 ms to start and a copy of the vertices; what it builds is handed over, not
 * copied. Where none can be had (a bundle without it, a strict content policy, requests for its script that nobody answers) the same
 * work is done here, and the caller is told.
 */
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { type GeometryJob, type GeometryMessage, runGeometryJob } from './geometry-job.ts';
import type { PackedGeometry } from './pack-geometry.ts';

/** Where geometry is packed. `auto`: in a worker from {@link WORKER_TRIANGLES} on where one can be had. */
export type BuildPlace = 'auto' | 'worker' | 'inline';

/** A hundred milliseconds of building. */
export const WORKER_TRIANGLES = 50_000;

/** A worker whose script does not run by then is given up: milliseconds. A loaded machine may take several seconds. */
const PATIENCE_MS = 30_000;

/** What is used of a worker, of the browser's kind and of Node's. */
interface WorkerHandle {
    start(job: GeometryJob, tell: (message: GeometryMessage) => void, fail: (error: unknown) => void): void;
    end(): void;
}

/**
 * Does a job, in a worker or here.
 *
 * @throws MixreelError what the job throws; `aborted`; `environment` if a worker is asked for and cannot be had.
 */
export async function buildGeometry(
    job: GeometryJob,
    place: BuildPlace,
    progress?: Progress
): Promise<{ readonly geometry: PackedGeometry; readonly builtIn: 'worker' | 'inline' }> {
    throwIfAborted(progress, 'building the BVH');
    if (place === 'worker' || (place === 'auto' && job.scene.triangleCount >= WORKER_TRIANGLES)) {
        try {
            return { geometry: await buildInWorker(job, progress), builtIn: 'worker' };
        } catch (error) {
            if (!(error instanceof NoWorker)) throw error;
            if (place === 'worker') {
                throw new MixreelError('environment', {
                    what: `no worker can be started: ${error.message}`,
                    mend: `Serve geometry-worker.js beside the bundle, or set buildIn: 'auto'`,
                    cause: error
                });
            }
        }
    }
    return { geometry: runGeometryJob(job, progress), builtIn: 'inline' };
}

class NoWorker extends Error {}

function buildInWorker(job: GeometryJob, progress?: Progress): Promise<PackedGeometry> {
    return new Promise((resolve, reject) => {
        let worker: WorkerHandle | null = null;
        const { signal, report } = progress ?? {};
        const settle = (finish: () => void): void => {
            clearTimeout(patience);
            signal?.removeEventListener('abort', abort);
            worker?.end();
            finish();
        };
        const abort = (): void =>
            settle(() => {
                try {
                    throwIfAborted(progress, 'building the BVH');
                } catch (error) {
                    reject(error);
                }
            });
        const silent = new NoWorker(`its script does not run within ${PATIENCE_MS / 1000} s`);
        const patience = setTimeout(() => settle(() => reject(silent)), PATIENCE_MS);
        const tell = (message: GeometryMessage): void => {
            clearTimeout(patience);
            if (message.kind === 'started') return;
            if (message.kind === 'progress') report?.(message.done, message.total, message.label);
            else if (message.kind === 'done') settle(() => resolve(message.geometry));
            else settle(() => reject(new MixreelError(message.code, message)));
        };
        try {
            worker = startWorker();
            signal?.addEventListener('abort', abort);
            worker.start(job, tell, (error) => settle(() => reject(new NoWorker(reason(error)))));
        } catch (error) {
            settle(() => reject(new NoWorker(reason(error))));
        }
    });
}

/** A browser's worker event says nothing of its cause. */
function reason(error: unknown): string {
    return error instanceof Error ? error.message : 'its script cannot be loaded';
}

function startWorker(): WorkerHandle {
    const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
    if (node) {
        // Tests run the sources, workers the built file. Not in one expression, which bundlers would take for an asset.
        const here = import.meta.url;
        const path = here.endsWith('.ts') ? '../../dist/tracer/geometry-worker.js' : './geometry-worker.js';
        const worker = new node.Worker(new URL(path, here));
        return {
            start: (job, tell, fail) => {
                worker.on('message', tell);
                worker.on('error', fail);
                worker.postMessage(job);
            },
            end: () => void worker.terminate()
        };
    }
    if (typeof Worker === 'undefined') throw new Error('this place has no workers');
    const worker = new Worker(new URL('./geometry-worker.js', import.meta.url), { type: 'module' });
    return {
        start: (job, tell, fail) => {
            worker.onmessage = ({ data }: MessageEvent<GeometryMessage>) => tell(data);
            worker.onerror = fail;
            worker.postMessage(job);
        },
        end: () => worker.terminate()
    };
}
