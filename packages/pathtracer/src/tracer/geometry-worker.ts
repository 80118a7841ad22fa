/** What runs in the worker that {@link buildGeometry} starts, in browsers and in Node: one job, one answer. */
import { answerGeometryJob, type GeometryJob, type GeometryMessage } from './geometry-job.ts';

/** What is used of a worker's port: the global scope in browsers, `parentPort` in Node. */
interface Port {
    postMessage(message: GeometryMessage, transfer: ArrayBuffer[]): void;
    addEventListener?(type: 'message', listener: (event: { data: GeometryJob }) => void): void;
    on?(type: 'message', listener: (job: GeometryJob) => void): void;
}

// No import: bundlers for browsers would stumble over it.
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
const port = (node?.parentPort ?? globalThis) as unknown as Port;
const answer = (job: GeometryJob): void =>
    answerGeometryJob(job, (message, transfer) => port.postMessage(message, transfer));
port.postMessage({ kind: 'started' }, []);
if (port.on) port.on('message', answer);
else port.addEventListener?.('message', ({ data }) => answer(data));
