/**
 * Rest for the event loop while the GPU works. Dawn's binding asks for finished work once in every turn of the event loop and
 * queues the next turn at once, so that a waiting process burns a whole core; SwiftShader needs that core to render. Measured
 * on two cores, one dispatch of 1 s: the waiting thread took 1.04 s of processor time beside the 1.00 s of each rendering
 * thread. Here, as long as something is awaited, every turn blocks the thread for a tenth of the time waited so far, at most
 * 2 ms: no timer can slow Dawn's turns down, only a turn that takes longer. Others in the process get their turns too, and a
 * result is seen at most a tenth later.
 */
const LONGEST_MS = 2;
const SHARE = 0.1;

/** See the file comment. One per process is enough; several do no harm. */
export class PollPacer {
    readonly #cell = new Int32Array(new SharedArrayBuffer(4));
    #pending = 0;
    #sinceMs = 0;
    #scheduled = false;

    /** Something is awaited from now on. */
    begin(): void {
        if (this.#pending++ === 0) this.#sinceMs = performance.now();
        this.#schedule();
    }

    /** It has arrived. */
    end(): void {
        this.#pending--;
    }

    #schedule(): void {
        if (this.#scheduled) return;
        this.#scheduled = true;
        setImmediate(() => {
            this.#scheduled = false;
            if (this.#pending === 0) return;
            const restMs = Math.min(LONGEST_MS, SHARE * (performance.now() - this.#sinceMs));
            if (restMs > 0.02) Atomics.wait(this.#cell, 0, 0, restMs);
            this.#schedule();
        });
    }
}
