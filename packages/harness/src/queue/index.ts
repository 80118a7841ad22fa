export { QUEUE_DEFAULTS, type QueueOptions } from './queue-options.ts';
export { runQueued } from './run-queued.ts';
