/** The process around the command line, as an argument, so that tests can stand in for any part of it. */
import { constants } from 'node:os';
import { type Clock, RealClock } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';

/** See the file comment. */
export interface Host {
    readonly stdout: NodeJS.WritableStream;
    readonly stderr: NodeJS.WritableStream;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
    /** A GPU device of this machine. */
    createDevice(): Promise<Device>;
    /**
     * Calls `listener` at the first Ctrl-C or SIGTERM (a job of CI that is cancelled); a second one ends the process at once.
     * Returns how to stop listening.
     */
    onInterrupt(listener: () => void): () => void;
    /** Resolves when all that was printed is out. */
    flush(): Promise<void>;
}

const ENDING = ['SIGINT', 'SIGTERM'] as const;

/** This process. */
export function nodeHost(): Host {
    return {
        stdout: process.stdout,
        stderr: process.stderr,
        env: process.env,
        clock: new RealClock(),
        createDevice: async () => (await import('@mixreel/gpu/node')).createNodeDevice(),
        onInterrupt(listener) {
            let asked = false;
            const end = (signal: NodeJS.Signals): void => {
                if (asked) process.exit(128 + constants.signals[signal]);
                asked = true;
                listener();
            };
            for (const signal of ENDING) process.on(signal, end);
            return () => {
                for (const signal of ENDING) process.off(signal, end);
            };
        },
        async flush() {
            for (const stream of [process.stdout, process.stderr]) {
                await new Promise<void>((resolve) => stream.write('', () => resolve()));
            }
        }
    };
}
