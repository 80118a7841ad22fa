import { Network } from '@mixreel/xrnet/scripts/network.mjs';
import type { AppBase, Entity } from 'playcanvas';
import { afterEach, expect, test, vi } from 'vitest';

/** A worker that only remembers what happens to it. */
class FakeWorker {
    static made: FakeWorker[] = [];
    readonly url: string;
    readonly type: string | undefined;
    readonly posted: { kind: string }[] = [];
    ended = false;

    constructor(url: URL, options: { type?: string } = {}) {
        this.url = url.href;
        this.type = options.type;
        FakeWorker.made.push(this);
    }

    postMessage(message: { kind: string }): void {
        this.posted.push(message);
    }

    addEventListener(): void {}

    terminate(): void {
        this.ended = true;
    }
}

afterEach(() => vi.unstubAllGlobals());

function script(properties: Partial<Network>): Network {
    const app = { loader: {}, graphicsDevice: { canvas: { width: 640, height: 360 } } } as unknown as AppBase;
    const entity = { enabled: true, script: { enabled: true } } as unknown as Entity;
    const made = new Network({ app, entity });
    Object.assign(made, { assets: false, sockets: false, overlay: false, ...properties });
    (made as unknown as { start(): void }).start();
    return made;
}

test('the Script runs its model in the worker that it is told, and ends it', () => {
    vi.stubGlobal('Worker', FakeWorker);
    vi.stubGlobal('document', { baseURI: 'http://127.0.0.1/app/index.html' });
    const network = script({ workerUrl: 'model-worker.mjs', preset: 'cell-edge', users: 3 });
    const [worker] = FakeWorker.made;
    expect(worker).toMatchObject({ url: 'http://127.0.0.1/app/model-worker.mjs', type: 'module' });
    expect(worker?.posted[0]).toMatchObject({ kind: 'open', model: { kind: 'cell' } });
    (network as unknown as { stop(): void }).stop();
    expect(worker?.ended).toBe(true);
    expect(network.plugin).toBeNull();
});

test('without one it needs none', () => {
    vi.stubGlobal('Worker', FakeWorker);
    const made = FakeWorker.made.length;
    const network = script({});
    expect(network.plugin?.figures().frames).toBe(0);
    expect(FakeWorker.made).toHaveLength(made);
    (network as unknown as { stop(): void }).stop();
});
