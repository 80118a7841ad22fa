/**
 * The emulated network under a running PlayCanvas app: what its loader fetches, what its sockets say and what it streams takes a
 * user's place in a 5G cell, beside whatever other users the cell has.
 *
 * Assets are loaded as always; the loader's answer is then kept back until as many bytes have come through the emulated way,
 * counted from the moment of the request: the real transfer hides behind the emulated one, which is what makes a local
 * server look like a cell. So it holds for every kind of asset, whatever way the engine loads it. `fetch` and `WebSocket` of
 * the page are wrapped while the plugin is enabled. Streamed frames are handed in by whoever has them.
 */
import { badInput, type PduSet } from '@mixreel/core';
import type { AppBase } from 'playcanvas';
import type { UserState } from '../cell/network-state.ts';
import { webHost } from '../live/emulated-fetch.ts';
import { type LiveModel, type LiveWays, openLiveModel } from '../live/live-model.ts';
import type { LiveHost } from '../live/live-path.ts';
import { MessageCarrier } from '../live/message-carrier.ts';
import { type SchedulerLag, schedulerLag, webEnd } from '../live/model-port.ts';
import type { PacketPath } from '../live/packet-path.ts';
import { type MessageSocket, PageNetwork } from '../live/page-network.ts';
import { RemoteModel } from '../live/remote-model.ts';
import { cellPreset } from '../presets.ts';
import { requireNumber } from '../require-number.ts';
import { trafficModel } from '../traffic/models.ts';
import { FrameLog } from './frame-log.ts';
import { Overlay } from './overlay.ts';
import { NETWORK_PLUGIN_DEFAULTS, type NetworkFigures, type NetworkPluginOptions } from './plugin-options.ts';

/** The longest that the other users send. */
const LIVE_NS = 3.6e12;
/** What a request's line and headers are taken for, and an asset whose size nobody knows, bytes. */
const REQUEST_BYTES = 500;
const UNKNOWN_BYTES = 20_000;

type Load = (url: unknown, type: string, callback: LoadCallback, ...rest: unknown[]) => unknown;
type LoadCallback = (error: unknown, resource?: unknown, ...rest: unknown[]) => void;

/** See the file comment. */
export class NetworkPlugin {
    readonly #app: AppBase;
    readonly #options: NetworkPluginOptions;
    readonly #host: LiveHost;
    readonly #net: PageNetwork;
    /** The model in a worker; null: in this thread. */
    readonly #remote: RemoteModel | null;
    readonly #carrier: MessageCarrier;
    readonly #log = new FrameLog();
    #overlay: Overlay | null = null;
    #state: UserState | null = null;
    #assets = 0;
    #assetBytes = 0;
    #enabled = false;
    #destroyed = false;
    /** Undoes what {@link enable} did. */
    readonly #undo: (() => void)[] = [];

    /** @param host - Clock and timers; default: the page's. */
    constructor(app: AppBase, options: Partial<NetworkPluginOptions> = {}, host: LiveHost = webHost()) {
        this.#app = app;
        this.#options = { ...NETWORK_PLUGIN_DEFAULTS, ...options };
        this.#host = host;
        const { preset, users, traffic, seed, deadlineNs } = this.#options;
        requireNumber('users', users, 0, 1000, true, 'users');
        requireNumber('deadlineNs', deadlineNs, 1, 1e10, false, 'ns');
        const others = Array.from({ length: users }, (_, i) => ({ ue: i + 1, traffic: trafficModel(traffic) }));
        const config = cellPreset(preset, { durationNs: LIVE_NS });
        const model: LiveModel = { kind: 'cell', config, seed, background: others };
        const onState = (state: UserState): void => {
            this.#state = state;
        };
        const { worker } = this.#options;
        this.#remote = worker && new RemoteModel(webEnd(worker), model, onState);
        const ways = this.#remote ?? started(openLiveModel(model, onState), host.clock.nowNs());
        this.#net = new PageNetwork({ toServer: ways.toServer, toClient: ways.toClient, host });
        this.#carrier = new MessageCarrier(this.#net.toClient, host, 'datagram');
    }

    /** The network, for what the plugin does not wrap by itself: data channels, WebTransport, encoded WebRTC frames. */
    get network(): PageNetwork {
        return this.#net;
    }

    /** Puts the network under the app. */
    enable(): void {
        if (this.#destroyed) throw badInput('the network plugin is destroyed', 'a living one', 'Make a new one');
        if (this.#enabled) return;
        this.#enabled = true;
        if (this.#options.assets) this.#wrapLoader();
        if (this.#options.sockets) this.#wrapSockets();
        if (this.#options.overlay) this.#showOverlay();
    }

    /** Takes it away again. What is on its way still comes. */
    disable(): void {
        if (!this.#enabled) return;
        this.#enabled = false;
        for (const undo of this.#undo.splice(0).reverse()) undo();
    }

    /** Takes it away for good. What is on its way is dropped. */
    destroy(): void {
        this.disable();
        this.#destroyed = true;
        this.#carrier.close();
        this.#net.close();
        this.#remote?.close();
    }

    /**
     * Streams a frame down to the user. Resolves with its delay in ns when all of it has arrived, null when part was lost.
     *
     * @param frame - Its bytes, or a coder's PDU Sets.
     */
    sendFrame(frame: number | readonly PduSet[]): Promise<number | null> {
        const sizeBytes =
            typeof frame === 'number'
                ? frame
                : frame.flatMap(({ units }) => units).reduce((n, unit) => n + unit.length, 0);
        requireNumber('the frame', sizeBytes, 1, 1e8, true, 'bytes');
        const sentNs = this.#host.clock.nowNs();
        return new Promise((resolve) => {
            const done = (arrived: boolean): void => {
                const delayNs = arrived ? this.#host.clock.nowNs() - sentNs : null;
                const late = delayNs !== null && delayNs > this.#options.deadlineNs;
                this.#log.add({ sizeBytes, delayNs, late, sentNs });
                this.#options.onEvent({ kind: 'frame', sizeBytes, delayNs, late });
                resolve(delayNs);
            };
            this.#carrier.carry(
                sizeBytes,
                () => done(true),
                () => done(false)
            );
        });
    }

    /** How late the thread of the model let the newest packets go: the worker's, or this one. */
    schedulerLag(): Promise<SchedulerLag> {
        if (this.#remote) return this.#remote.schedulerLag();
        return Promise.resolve(schedulerLag([this.#net.toServer, this.#net.toClient]));
    }

    /** Where the network stands. */
    figures(): NetworkFigures {
        const { frames } = this.#log;
        const delays = this.#log.delaysNs();
        const { width, height } = this.#app.graphicsDevice.canvas;
        return {
            frames: frames.length,
            lost: frames.filter(({ delayNs }) => delayNs === null).length,
            late: frames.filter(({ late }) => late).length,
            meanDelayNs: delays.length === 0 ? null : delays.reduce((sum, ns) => sum + ns, 0) / delays.length,
            p99DelayNs: delays[Math.max(0, Math.ceil(0.99 * delays.length) - 1)] ?? null,
            xrmi: this.#log.xrmi(Math.max(1, width * height), this.#options.scenario)?.score ?? null,
            recommendedRateBps: this.#state?.recommendedRateBps ?? null,
            congestionMarks: this.#state?.congestionMarks ?? null,
            assets: this.#assets,
            assetBytes: this.#assetBytes
        };
    }

    #wrapLoader(): void {
        const loader = this.#app.loader as unknown as { load: Load };
        const own = Object.hasOwn(loader, 'load');
        const real = loader.load;
        loader.load = (url, type, callback, ...rest) => {
            const startNs = this.#host.clock.nowNs();
            const asked = this.#net.carry('toServer', REQUEST_BYTES);
            const kept: LoadCallback = (error, ...answer) => {
                if (error) callback(error, ...answer);
                else void this.#bring(url, rest[0], startNs, asked).then(() => callback(error, ...answer));
            };
            return real.call(loader, url, type, kept, ...rest);
        };
        this.#undo.push(() => {
            if (own) loader.load = real;
            else Reflect.deleteProperty(loader, 'load');
        });
    }

    async #bring(url: unknown, asset: unknown, startNs: number, asked: Promise<void>): Promise<void> {
        const realNs = this.#host.clock.nowNs() - startNs;
        const address = addressOf(url);
        const sizeBytes = sizeOf(address, asset);
        await asked;
        await this.#net.carry('toClient', sizeBytes);
        this.#assets++;
        this.#assetBytes += sizeBytes;
        const emulatedNs = this.#host.clock.nowNs() - startNs;
        this.#options.onEvent({ kind: 'asset', url: address, sizeBytes, realNs, emulatedNs });
    }

    #wrapSockets(): void {
        const page = globalThis as unknown as {
            fetch: typeof fetch;
            WebSocket?: new (...args: never[]) => MessageSocket;
        };
        const { fetch: realFetch, WebSocket: RealSocket } = page;
        page.fetch = this.#net.fetch(realFetch.bind(globalThis));
        if (RealSocket) page.WebSocket = this.#net.webSocket(RealSocket);
        this.#undo.push(() => {
            page.fetch = realFetch;
            if (RealSocket) page.WebSocket = RealSocket;
        });
    }

    #showOverlay(): void {
        const overlay = new Overlay(this.#app.graphicsDevice.canvas);
        this.#overlay = overlay;
        const draw = (): void => {
            overlay.draw(this.#host.clock.nowNs(), this.#log.frames, this.figures(), this.#options.deadlineNs);
        };
        this.#app.on('update', draw);
        this.#undo.push(() => {
            this.#app.off('update', draw);
            overlay.destroy();
            this.#overlay = null;
        });
    }

    /** True while figures lie over the picture. */
    get hasOverlay(): boolean {
        return this.#overlay !== null;
    }
}

/** Ways whose time starts at `startNs`: the cell's starts with the plugin. */
function started({ toServer, toClient }: LiveWays, startNs: number): LiveWays {
    const shifted = (path: PacketPath): PacketPath => ({
        enter: (packet, sizeBytes, nowNs) => path.enter(packet, sizeBytes, nowNs - startNs),
        advanceTo: (nowNs, fate) =>
            path.advanceTo(nowNs - startNs, (packet, leavesNs) =>
                fate(packet, leavesNs === null ? null : leavesNs + startNs)
            ),
        nextNs: () => path.nextNs() + startNs
    });
    return { toServer: shifted(toServer), toClient: shifted(toClient) };
}

/** The loader takes an address, or an address and the one from which it is really loaded. */
function addressOf(url: unknown): string {
    if (typeof url === 'string') return url;
    const { load, original } = (url ?? {}) as { load?: unknown; original?: unknown };
    return String(load ?? original ?? '');
}

/** What a transfer was: as the page's own timing has it, else as the asset says, else a guess. */
function sizeOf(address: string, asset: unknown): number {
    const base = typeof document === 'undefined' ? undefined : document.baseURI;
    const absolute = URL.canParse(address, base) ? new URL(address, base).href : address;
    const timing = performance.getEntriesByName(absolute, 'resource').at(-1) as PerformanceResourceTiming | undefined;
    const file = (asset as { file?: { size?: number } } | undefined)?.file;
    return timing?.encodedBodySize || file?.size || UNKNOWN_BYTES;
}
