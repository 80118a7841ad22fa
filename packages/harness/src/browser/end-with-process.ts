/**
 * Browsers end with the process that started them. Puppeteer's own way decides more than that: at Ctrl-C it exits at once,
 * before a report is written, and it swallows SIGTERM, so that a run that is to end goes on and calls its browser dead.
 *
 * Here whoever handles a signal decides what it means, and closes what it opened; where nobody does, the browsers are killed
 * and the signal ends the process as it would have. One listener for each signal, however many browsers there are.
 */
import type { ChildProcess } from 'node:child_process';

/** For puppeteer: it takes no signal. */
export const NO_SIGNALS: { readonly handleSIGINT: false; readonly handleSIGTERM: false; readonly handleSIGHUP: false } =
    Object.freeze({ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });

/** Not SIGHUP, which `nohup` has ignored until somebody listens to it. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const running = new Set<ChildProcess>();

/** See the file comment. */
export function endWithProcess(child: ChildProcess): void {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (running.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
    running.add(child);
    child.once('exit', () => {
        running.delete(child);
        if (running.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
    });
}

function onSignal(signal: NodeJS.Signals): void {
    if (process.listenerCount(signal) > 1) return;
    for (const child of running) child.kill('SIGKILL');
    for (const own of SIGNALS) process.off(own, onSignal);
    process.kill(process.pid, signal);
}
