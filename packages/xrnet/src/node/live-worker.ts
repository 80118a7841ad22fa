/** What a thread of {@link startLiveModel} does: it serves one model on its own clock and event loop. */
import { parentPort } from 'node:worker_threads';
import { epochMs } from '../live/model-port.ts';
import { ModelThread } from '../live/model-thread.ts';
import { nodeHost } from './host.ts';
import { nodeEnd } from './start-live-model.ts';

if (parentPort)
    new ModelThread(
        nodeEnd(parentPort, () => parentPort?.close()),
        nodeHost(),
        epochMs
    );
