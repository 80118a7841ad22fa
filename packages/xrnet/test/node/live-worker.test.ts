import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { LiveModel } from '../../src/live/live-model.ts';
import { epochMs, type ModelAnswer, type ModelRequest } from '../../src/live/model-port.ts';
import { startLiveModel } from '../../src/node/start-live-model.ts';
import { UdpRelay } from '../../src/node/udp-relay.ts';

const LINE: LiveModel = { kind: 'line', toServer: { delayNs: 10e6 }, toClient: { delayNs: 5e6 }, seed: 1 };

test('a relay over a model in a worker brings datagrams there and back, never before their time', async () => {
    const remote = await startLiveModel(LINE);
    onTestFinished(() => remote.close());
    const server = createSocket('udp4');
    server.on('message', (bytes, from) => server.send(bytes, from.port, from.address));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { toServer, toClient } = remote;
    const target = { targetHost: '127.0.0.1', targetPort: server.address().port };
    const relay = await UdpRelay.listen({ ...target, toServer, toClient });
    onTestFinished(() => relay.close());
    const client = createSocket('udp4');
    onTestFinished(() => void client.close());
    const sent: number[] = [];
    const early: number[] = [];
    let back = 0;
    const done = new Promise<void>((resolve) => {
        client.on('message', (bytes) => {
            const number = bytes.readUInt32BE(0);
            if (performance.now() - (sent[number] as number) < 15) early.push(number);
            if (++back === 50) resolve();
        });
    });
    for (let number = 0; number < 50; number++) {
        const bytes = Buffer.alloc(1000);
        bytes.writeUInt32BE(number, 0);
        sent.push(performance.now());
        client.send(bytes, relay.port, '127.0.0.1');
    }
    await done;
    expect(early).toEqual([]);
    expect(relay.counters().toServer).toMatchObject({ entered: 50, delivered: 50, lost: 0, insideBytes: 0 });
    const lag = await remote.schedulerLag();
    expect(lag.packets).toBe(100);
    expect(lag.p50Ns).toBeGreaterThanOrEqual(0);
});

/** A thread whose line ends in a port of ours, so that it can be read without the event loop. */
const THREAD = `
    const { workerData } = require('node:worker_threads');
    Promise.all(workerData.files.map((file) => import(file))).then(([thread, host, port, end]) => {
        new thread.ModelThread(end.nodeEnd(workerData.line, () => {}), host.nodeHost(), port.epochMs);
    });
`;
const FILES = ['live/model-thread.js', 'node/host.js', 'live/model-port.js', 'node/start-live-model.js'];

test('the model goes on while the thread of the application does nothing else', () => {
    const { port1, port2 } = new MessageChannel();
    const files = FILES.map((file) => new URL(`../../dist/${file}`, import.meta.url).href);
    const worker = new Worker(THREAD, { eval: true, workerData: { files, line: port2 }, transferList: [port2] });
    onTestFinished(() => void worker.terminate());
    const ask = (request: ModelRequest): void => port1.postMessage(request);
    ask({ kind: 'open', model: LINE });
    const startMs = epochMs();
    ask({ kind: 'packets', packets: [0, 1, 2, 3, 4].flatMap((packet) => [0, packet, 100, startMs]) });
    const fates: number[] = [];
    // The event loop does not turn in here, as under an application that computes.
    while (fates.length < 15 && epochMs() < startMs + 60_000) {
        const answer = receiveMessageOnPort(port1)?.message as ModelAnswer | undefined;
        if (answer?.kind === 'fates') fates.push(...answer.fates);
    }
    port1.close();
    expect(fates.filter((_, i) => i % 3 === 1)).toEqual([0, 1, 2, 3, 4]);
    // To the microsecond that ms since the epoch keep.
    for (let i = 0; i < 15; i += 3) expect(fates[i + 2]).toBeGreaterThanOrEqual(startMs + 10 - 0.001);
});
