/**
 * Live emulation: how late packets leave a path on the real clock at 100 Mbit/s, and how much one process carries. The machine's
 * other load is in the figures; an idle core is what the goals (0.5 ms and 3 ms) speak of.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Rng } from '@mixreel/core';
import { DelayLine, LivePath } from '@mixreel/xrnet';
import { nodeHost, startLiveModel, TcpProxy } from '@mixreel/xrnet/node';

const PACKET_BYTES = 1200;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

const LINE = { delayNs: 10e6, rateBps: 1e9, queueBytes: 1e9 };

/** 100 Mbit/s of 1200 B packets through a 10 ms delay line. */
async function delayError(seconds, line) {
    const host = nodeHost();
    const path = new LivePath(line, host);
    const packets = Math.round((seconds * 100e6) / 8 / PACKET_BYTES);
    const gapNs = (PACKET_BYTES * 8e9) / 100e6;
    const bytes = new Uint8Array(PACKET_BYTES);
    const lags = [];
    let arrived = 0;
    await new Promise((resolve) => {
        const startNs = host.clock.nowNs();
        let sent = 0;
        const done = () => {
            if (++arrived % 4096 === 0) lags.push(...path.lagsNs().subarray(0, 4096));
            if (arrived === packets) resolve();
        };
        const feed = () => {
            const due = Math.min(packets, Math.floor((host.clock.nowNs() - startNs) / gapNs));
            for (; sent < due; sent++) {
                // After a long stall of the machine the path may be full and refuse: that packet counts as done.
                if (!path.send(bytes, done)) done();
            }
            if (sent < packets) setImmediate(feed);
        };
        feed();
    });
    if (lags.length === 0) lags.push(...path.lagsNs());
    path.close();
    return lags.sort((a, b) => a - b);
}

/** Bytes a second through an in-process path without delay. */
async function throughput(seconds) {
    const host = nodeHost();
    const path = new LivePath(new DelayLine({ rateBps: 1e12, queueBytes: 1e9 }, Rng.create(1)), host);
    const bytes = new Uint8Array(PACKET_BYTES);
    let delivered = 0;
    let lost = 0;
    const endNs = host.clock.nowNs() + seconds * 1e9;
    await new Promise((resolve) => {
        const feed = () => {
            if (host.clock.nowNs() > endNs) return resolve();
            for (let i = 0; i < 256; i++) {
                path.send(bytes, (arrived) => {
                    if (arrived) delivered++;
                    else lost++;
                });
            }
            setImmediate(feed);
        };
        feed();
    });
    path.close();
    return { mbps: (delivered * PACKET_BYTES * 8) / seconds / 1e6, lost };
}

/** A download of `mebibytes` through the TCP proxy over loopback. */
async function proxyThroughput(mebibytes) {
    const body = Buffer.alloc(mebibytes << 20);
    const server = createServer((socket) => socket.end(body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = () => new DelayLine({ rateBps: 1e12, queueBytes: 1e9 }, Rng.create(1));
    const proxy = await TcpProxy.listen({
        targetHost: '127.0.0.1',
        targetPort: server.address().port,
        toServer: line(),
        toClient: line()
    });
    const start = performance.now();
    let received = 0;
    const client = connect(proxy.port, '127.0.0.1');
    client.on('data', (data) => {
        received += data.length;
    });
    await once(client, 'close');
    const seconds = (performance.now() - start) / 1000;
    await proxy.close();
    server.close();
    if (received !== body.length) throw new Error(`${received} of ${body.length} bytes came through the proxy`);
    return (received * 8) / seconds / 1e6;
}

/** The same with the line in a worker: what its own thread was late by, and that with the way back to this one. */
async function workerDelayError(seconds) {
    const remote = await startLiveModel({ kind: 'line', toServer: LINE, toClient: LINE, seed: 1 });
    const lags = await delayError(seconds, remote.toServer);
    const scheduler = await remote.schedulerLag();
    remote.close();
    return { lags, scheduler };
}

export default async function live({ quick }) {
    const lags = await delayError(quick ? 2 : 10, new DelayLine(LINE, Rng.create(1)));
    const worker = await workerDelayError(quick ? 2 : 10);
    const path = await throughput(quick ? 1 : 5);
    const proxy = await proxyThroughput(quick ? 32 : 256);
    return [
        {
            name: 'live/delay-error-median-ms',
            value: quantile(lags, 0.5) / 1e6,
            unit: 'ms',
            better: 'lower',
            wanted: 0.5
        },
        { name: 'live/delay-error-p99-ms', value: quantile(lags, 0.99) / 1e6, unit: 'ms', better: 'lower', wanted: 3 },
        {
            name: 'live/worker-delay-error-median-ms',
            value: quantile(worker.lags, 0.5) / 1e6,
            unit: 'ms',
            better: 'lower',
            note: 'model in a worker, the message back included'
        },
        {
            name: 'live/worker-delay-error-p99-ms',
            value: quantile(worker.lags, 0.99) / 1e6,
            unit: 'ms',
            better: 'lower'
        },
        {
            name: 'live/worker-scheduler-lag-p99-ms',
            value: worker.scheduler.p99Ns / 1e6,
            unit: 'ms',
            better: 'lower',
            note: "the worker's own thread"
        },
        {
            name: 'live/throughput-mbps',
            value: path.mbps,
            unit: 'Mbit/s',
            better: 'higher',
            wanted: 1000,
            note: 'in process, 1200 B packets'
        },
        { name: 'live/throughput-lost', value: path.lost, unit: 'packets', better: 'lower', wanted: 0 },
        { name: 'live/tcp-proxy-mbps', value: proxy, unit: 'Mbit/s', better: 'higher', note: 'download over loopback' }
    ];
}
