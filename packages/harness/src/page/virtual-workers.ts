/**
 * Dedicated and shared workers of a page under the virtual clock. Each runs the clock's own script before its code, and follows the page:
 * at every frame it is told the time, does what is due, and answers; the page's frame waits for all answers. A worker that
 * computes for long makes the frame wait in real time, not in its own, and so does one that is being started, for 5 s at most.
 *
 * The code of a worker is imported from where it is by a blob that comes before it. Relative addresses of importScripts, fetch
 * and Request stay those of the worker's own script; `location` does not.
 *
 * A shared worker is the same for all who ask one page for it by address and name; frames of the page do not share it with each
 * other, since the blob that comes before it is the page's own. Its clock is led over a first connection, which it does not see.
 *
 * Workers that a worker starts follow it as it follows the page.
 */

/** JavaScript text that comes after the clock's. @param clock - The text of the clock, for workers. */
export function virtualWorkersScript(handle: string, clock: string): string {
    const follower = `(${followPage.toString()})`;
    return `(${installWorkers.toString()})(${[handle, clock, follower].map((text) => JSON.stringify(text)).join()});`;
}

/**
 * Serialised into the page, after the clock: workers that the page starts run behind the clock's script, and every frame
 * waits for them. Their code is imported from where it is, by a blob that comes before it.
 *
 * @param own - Address of the worker's script where this runs in one.
 */
function installWorkers(handle: string, clock: string, follower: string, own?: string): void {
    const RealWorker = globalThis.Worker;
    if (!RealWorker) return;
    const time = (globalThis as unknown as Record<string, unknown>)[handle] as {
        workers: { reach(ms: number): Promise<void> };
        nowMs(): number;
        realWait(ms: number): Promise<void>;
    };
    /** Workers that are not heard of yet: how long one takes to begin is no matter of chance, but one that never does holds nothing up. */
    const starting = new Set<object>();
    const MOST_START_MS = 5000;
    const alive = new Map<object, MessagePort>();
    /** What one says just before it is ended comes after. */
    const ended = new WeakSet<object>();
    let waiting: (() => void)[] = [];
    const baseUrl = (): string => own ?? document.baseURI;
    // A function knows its own text: what a worker starts in turn is led in the same way.
    const install = (of: string): string =>
        `(${installWorkers.toString()})(${[handle, clock, follower, of].map((text) => JSON.stringify(text)).join()});`;
    const blobOf = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    /** The address of a worker's code with the clock before it. */
    const behindClock = (own: string, type: WorkerType | undefined): string => {
        const before = `${clock}${install(own)}${follower}(${JSON.stringify(handle)}, ${JSON.stringify(own)});`;
        return blobOf(
            type === 'module'
                ? `import ${JSON.stringify(blobOf(before))};import ${JSON.stringify(own)};`
                : `${before}importScripts(${JSON.stringify(own)});`
        );
    };
    const wake = (): void => {
        for (const done of waiting.splice(0)) done();
    };
    const woken = (): Promise<void> =>
        new Promise((done) => {
            waiting = [...waiting, done];
        });
    /** Leads a worker over a port. */
    const lead = (worker: object, port: MessagePort): void => {
        port.onmessage = ({ data }) => {
            starting.delete(worker);
            if (data === 'here' && !ended.has(worker)) alive.set(worker, port);
            if (data === 'gone') alive.delete(worker);
            wake();
        };
    };
    globalThis.Worker = class extends RealWorker {
        constructor(url: string | URL, options?: WorkerOptions) {
            super(behindClock(new URL(url, baseUrl()).href, options?.type), options);
            const { port1, port2 } = new MessageChannel();
            super.postMessage({ [handle]: time.nowMs() }, [port2]);
            starting.add(this);
            super.addEventListener('error', () => {
                starting.delete(this);
                wake();
            });
            lead(this, port1);
        }
        override terminate(): void {
            ended.add(this);
            starting.delete(this);
            alive.delete(this);
            wake();
            super.terminate();
        }
    };
    const RealShared = globalThis.SharedWorker as typeof SharedWorker | undefined;
    const shared = new Map<string, string>();
    if (RealShared) {
        const Real = RealShared;
        globalThis.SharedWorker = class extends Real {
            constructor(url: string | URL, how?: string | WorkerOptions) {
                const own = new URL(url, baseUrl()).href;
                const { name = '', type } = typeof how === 'string' ? { name: how } : (how ?? {});
                const key = JSON.stringify([own, name, type]);
                let behind = shared.get(key);
                if (behind === undefined) {
                    behind = behindClock(own, type);
                    shared.set(key, behind);
                    const { port } = new Real(behind, how);
                    const { port1, port2 } = new MessageChannel();
                    port.postMessage({ [handle]: time.nowMs() }, [port2]);
                    lead(port, port1);
                }
                super(behind, how);
            }
        };
    }
    time.workers.reach = async (ms) => {
        let late = false;
        if (starting.size > 0)
            time.realWait(MOST_START_MS).then(() => {
                late = true;
                wake();
            });
        while (starting.size > 0 && !late) await woken();
        starting.clear();
        const open = new Set(alive.keys());
        for (const worker of open) {
            const port = alive.get(worker);
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                open.delete(worker);
                wake();
            };
            port?.postMessage(ms, [port2]);
        }
        while ([...open].some((worker) => alive.has(worker))) await woken();
    };
}

/** Serialised into a worker, after the clock: its clock follows the page's; its relative addresses stay those of its own script. */
function followPage(handle: string, url: string): void {
    const scope = globalThis as unknown as Record<string, unknown> & {
        importScripts?: (...urls: string[]) => void;
        close(): void;
    };
    const time = scope[handle] as { follow(ms: number): void; workers: { reach(ms: number): Promise<void> } };
    const realImport = scope.importScripts?.bind(scope);
    if (realImport) scope.importScripts = (...urls) => realImport(...urls.map((part) => new URL(part, url).href));
    const realFetch = fetch.bind(globalThis);
    globalThis.fetch = (what, init) =>
        realFetch(typeof what === 'string' || what instanceof URL ? new URL(what, url) : what, init);
    const RealRequest = Request;
    globalThis.Request = class extends RealRequest {
        constructor(what: RequestInfo | URL, init?: RequestInit) {
            super(typeof what === 'string' || what instanceof URL ? new URL(what, url) : what, init);
        }
    };
    const first = (event: MessageEvent): void => {
        if (typeof event.data?.[handle] !== 'number') return;
        event.stopImmediatePropagation();
        removeEventListener('message', first);
        const port = event.ports[0]!;
        // While the page loads, timers of both fire as usual; intervals of a worker wait for the first frame.
        if (event.data[handle] > 0) time.follow(event.data[handle]);
        port.onmessage = async ({ data, ports }) => {
            time.follow(data);
            await time.workers.reach(data);
            // What it just sent to the page is on its way before this.
            ports[0]!.postMessage('reached');
        };
        port.postMessage('here');
        const close = scope.close.bind(scope);
        scope.close = () => {
            port.postMessage('gone');
            close();
        };
    };
    addEventListener('message', first);
    // A shared worker hears over ports; the first one is the clock's.
    const firstPort = (event: Event): void => {
        event.stopImmediatePropagation();
        removeEventListener('connect', firstPort);
        const [port] = (event as MessageEvent).ports;
        port!.onmessage = first;
    };
    addEventListener('connect', firstPort);
}
