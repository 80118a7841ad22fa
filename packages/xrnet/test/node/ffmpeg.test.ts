/**
 * A third party's stream, ffmpeg's MPEG-TS over UDP, through the relay. What is found is found from outside: in the packets that
 * a socket of the test sees before and after the relay, in the stream's own continuity counters, and by another ffmpeg that
 * decodes what came.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Rng } from '@mixreel/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DelayLine, type DelayLineOptions } from '../../src/live/delay-line.ts';
import { UdpRelay } from '../../src/node/udp-relay.ts';

const HERE = spawnSync('ffmpeg', ['-version']).status === 0;
const TS_BYTES = 188;
/** Seven TS packets a datagram. */
const DATAGRAM_BYTES = 7 * TS_BYTES;

const line = (options: Partial<DelayLineOptions>): DelayLine => new DelayLine(options, Rng.create(5));

async function bound(): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    return socket;
}

async function relayTo(targetPort: number, options: Partial<DelayLineOptions>): Promise<UdpRelay> {
    const relay = await UdpRelay.listen({
        targetHost: '127.0.0.1',
        targetPort,
        toServer: line(options),
        toClient: line({})
    });
    onTestFinished(() => relay.close());
    return relay;
}

/** Has ffmpeg send a test picture at its own pace; resolves when it is done. */
async function stream(port: number, kbps: number, seconds: number): Promise<void> {
    const picture = ['-f', 'lavfi', '-i', `testsrc2=size=128x96:rate=25:duration=${seconds}`];
    const coder = ['-c:v', 'mpeg2video', '-b:v', `${kbps}k`, '-minrate', `${kbps}k`, '-maxrate', `${kbps}k`];
    const target = `udp://127.0.0.1:${port}?pkt_size=${DATAGRAM_BYTES}`;
    const words = ['-v', 'error', '-re', ...picture, ...coder, '-bufsize', '200k', '-g', '5', '-f', 'mpegts', target];
    const child = spawn('ffmpeg', words, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
}

/** Resolves when the relay has let everything go that it took. */
async function drained(relay: UdpRelay): Promise<void> {
    const { counters } = relay.toServer;
    while (counters.insideBytes > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** TS packets that are missing, by the 4-bit counters of their streams: runs of 16 or more lost ones are counted short. */
function missing(datagrams: readonly Buffer[]): number {
    const last = new Map<number, number>();
    let gaps = 0;
    for (const datagram of datagrams) {
        for (let at = 0; at + TS_BYTES <= datagram.length; at += TS_BYTES) {
            expect(datagram[at]).toBe(0x47);
            const pid = datagram.readUInt16BE(at + 1) & 0x1fff;
            const control = datagram[at + 3] as number;
            // Null packets, and packets without payload, have no counter of their own.
            if (pid === 0x1fff || (control & 0x10) === 0) continue;
            const before = last.get(pid);
            if (before !== undefined) gaps += ((control & 15) - before - 1 + 32) % 16;
            last.set(pid, control & 15);
        }
    }
    return gaps;
}

describe(`ffmpeg through the relay${HERE ? '' : ' (skipped: there is no ffmpeg)'}`, () => {
    it.skipIf(!HERE)('is delayed by what was asked for, and loses nothing', async () => {
        const delayMs = 60;
        const server = await bound();
        const relay = await relayTo(server.address().port, { delayNs: delayMs * 1e6 });
        // Between ffmpeg and the relay: when each datagram was sent.
        const tap = await bound();
        const sentMs: number[] = [];
        const delaysMs: number[] = [];
        const before: Buffer[] = [];
        const after: Buffer[] = [];
        tap.on('message', (bytes) => {
            sentMs.push(performance.now());
            before.push(bytes);
            tap.send(bytes, relay.port, '127.0.0.1');
        });
        const all = new Promise<void>((resolve) => {
            server.on('message', (bytes) => {
                delaysMs.push(performance.now() - (sentMs[after.length] as number));
                after.push(bytes);
                if (sender.done && after.length === before.length) resolve();
            });
        });
        const sender = { done: false };
        await stream(tap.address().port, 800, 1);
        sender.done = true;
        if (after.length < before.length) await all;
        expect(before.length).toBeGreaterThan(50);
        expect(Buffer.concat(after).equals(Buffer.concat(before))).toBe(true);
        expect(missing(after)).toBe(0);
        expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(delayMs);
        // The least of dozens of datagrams over a second: a machine would have to stall every one of them for 60 ms.
        expect(Math.min(...delaysMs)).toBeLessThan(2 * delayMs);
    });

    it.skipIf(!HERE)('loses the share that was asked for, as its own counters say', async () => {
        const server = await bound();
        const relay = await relayTo(server.address().port, { lossRate: 0.1 });
        const came: Buffer[] = [];
        server.on('message', (bytes) => came.push(bytes));
        await stream(relay.port, 2000, 1.2);
        await drained(relay);
        const { entered, lost, delivered } = relay.toServer.counters;
        while (came.length < delivered) await once(server, 'message');
        expect(lost / entered).toBeGreaterThan(0.04);
        // 0.1 of a few hundred datagrams: three standard deviations of the smallest count.
        expect(lost / entered).toBeLessThan(0.2);
        // A lost datagram is seven TS packets. Those without counter, and what is lost before the first or after the last of a
        // stream, are not seen; nothing is seen that was not lost.
        expect(missing(came)).toBeLessThanOrEqual(7 * lost);
        expect(missing(came)).toBeGreaterThan(4 * lost);
    });

    it.skipIf(!HERE)('never comes faster than the rate that was asked for, and plays in another ffmpeg', async () => {
        const rateBps = 600_000;
        const server = await bound();
        const relay = await relayTo(server.address().port, { rateBps, queueBytes: 1e7 });
        const came: { atMs: number; bytes: Buffer }[] = [];
        server.on('message', (bytes) => came.push({ atMs: performance.now(), bytes }));
        // Sent at about twice the rate.
        await stream(relay.port, 1200, 1);
        await drained(relay);
        while (came.length < relay.toServer.counters.delivered) await once(server, 'message');
        const spanMs = (came.at(-1)?.atMs ?? 0) - (came[0]?.atMs ?? 0);
        const bits = came.slice(1).reduce((sum, { bytes }) => sum + 8 * bytes.length, 0);
        // The first one may be read late by its lag, which is the relay's own figure.
        const slackMs = Math.max(...relay.toServer.lagsNs()) / 1e6 + 20;
        expect((bits / (spanMs + slackMs)) * 1000).toBeLessThanOrEqual(rateBps);
        const player = spawn('ffmpeg', ['-v', 'error', '-i', '-', '-f', 'null', '-progress', 'pipe:1', '-']);
        let text = '';
        player.stdout.on('data', (data) => {
            text += data;
        });
        player.stdin.end(Buffer.concat(came.map(({ bytes }) => bytes)));
        await once(player, 'close');
        expect(text.match(/frame=\d+/g)?.at(-1)).toBe('frame=25');
    });
});
