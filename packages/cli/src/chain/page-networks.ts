/**
 * The networks of @mixreel/xrnet for pages under test: a proxy on loopback before the page's origin, in real time. The cells
 * are there by their names in every configuration that `mixreel test` runs; other ways are put together here.
 */
import { badInput } from '@mixreel/core';
import type { NetworkEmulator } from '@mixreel/harness';
import { CELL_PRESET_NAMES, type CellPresetName, openLiveModel, type TrafficName } from '@mixreel/xrnet';
import { TcpProxy } from '@mixreel/xrnet/node';
import { networkWay } from './network-way.ts';

/** A way between a page and its origin: a cell (the default), a recorded link, or a line. */
export interface PageNetworkOptions {
    /** Default `city`. */
    readonly preset?: CellPresetName;
    /** Other users of the cell, 0 to 1000. Default 0. */
    readonly users?: number;
    /** What they receive. Default `vr-30`. */
    readonly traffic?: TrafficName;
    /** Path of a mahimahi trace, or of a table that ends in .csv. */
    readonly trace?: string;
    /** Of a line: ms each way, 0 to 10,000. */
    readonly delayMs?: number;
    /** Of a line: ms, uniform. */
    readonly jitterMs?: number;
    /** Of a line: Mbit/s each way, 0.001 to 1,000,000. */
    readonly rateMbps?: number;
    /** Of a line: share of packets, 0 to 1. */
    readonly loss?: number;
}

/** For `networks` of a configuration. Throws `bad-input` once it is used, if two kinds of way are mixed. */
export function pageNetwork(options: PageNetworkOptions = {}): NetworkEmulator {
    return {
        async open(origin, seed) {
            const { protocol, hostname, port } = new URL(origin);
            if (protocol !== 'http:') {
                throw badInput(
                    `the page is at ${origin}`,
                    'an address with http:',
                    'Serve it from a folder, or leave out network'
                );
            }
            const { preset, trace, delayMs, jitterMs, rateMbps, loss, users = 0, traffic = 'vr-30' } = options;
            const { model, description } = await networkWay({
                preset,
                trace,
                delayMs,
                jitterMs,
                rateMbps,
                loss,
                users,
                traffic,
                seed
            });
            const target = { targetHost: hostname, targetPort: Number(port || 80) };
            const proxy = await TcpProxy.listen({ ...target, ...openLiveModel(model) });
            return {
                origin: `http://127.0.0.1:${proxy.port}`,
                description,
                close: () => proxy.close()
            };
        }
    };
}

/** The cells by their names. */
export function cellNetworks(): Readonly<Record<string, NetworkEmulator>> {
    return Object.fromEntries(CELL_PRESET_NAMES.map((preset) => [preset, pageNetwork({ preset })]));
}
