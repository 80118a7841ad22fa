import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { DelayLine, type DelayLineOptions } from '../../src/live/delay-line.ts';
import { type MessageSocket, PageNetwork } from '../../src/live/page-network.ts';
import { VirtualHost } from './virtual-host.ts';

/** A socket whose other end answers at once with what it gets. */
class Echo extends EventTarget implements MessageSocket {
    readonly sent: unknown[] = [];
    closed = false;
    readonly ordered: boolean = true;
    readonly maxRetransmits: number | null = null;

    constructor(options: Partial<Pick<Echo, 'ordered' | 'maxRetransmits'>> = {}) {
        super();
        Object.assign(this, options);
        queueMicrotask(() => this.dispatchEvent(new Event('open')));
    }

    send(data: string): void {
        this.sent.push(data);
        this.dispatchEvent(new MessageEvent('message', { data }));
    }

    close(): void {
        this.closed = true;
        this.dispatchEvent(new Event('close'));
    }
}

function network(options: Partial<DelayLineOptions>): { host: VirtualHost; net: PageNetwork } {
    const host = new VirtualHost();
    const line = (name: string): DelayLine => new DelayLine(options, Rng.create(3).child(name));
    return { host, net: new PageNetwork({ toServer: line('up'), toClient: line('down'), host }) };
}

/** Messages, with the time in ms at which each came. */
function heard(socket: EventTarget, host: VirtualHost): [unknown, number][] {
    const out: [unknown, number][] = [];
    socket.addEventListener('message', (event) => out.push([(event as MessageEvent).data, host.nowNs / 1e6]));
    return out;
}

/** Within the polling step and a timer's granularity. */
const near = (ms: number, wanted: number): boolean => ms >= wanted && ms < wanted + 0.5;

describe('a WebSocket over the page network', () => {
    it('opens after a round trip, and carries messages there and back in order', async () => {
        const { host, net } = network({ delayNs: 20e6 });
        const Socket = net.webSocket(Echo);
        const socket = new Socket();
        expect(socket).toBeInstanceOf(Echo);
        const messages = heard(socket, host);
        let openedMs = -1;
        socket.addEventListener('open', () => {
            openedMs = host.nowNs / 1e6;
        });
        await host.pass(100);
        expect(near(openedMs, 40)).toBe(true);
        socket.send('a');
        socket.send('b');
        socket.close();
        await host.pass(10);
        expect(socket.sent).toEqual([]);
        await host.pass(100);
        expect(socket.sent).toEqual(['a', 'b']);
        expect(messages.map(([data]) => data)).toEqual(['a', 'b']);
        expect(messages.every(([, ms]) => near(ms, 140))).toBe(true);
        expect(socket.closed).toBe(true);
    });

    it('shares its bottleneck with everything else of the page', async () => {
        const { host, net } = network({ rateBps: 8e6 });
        const socket = new (net.webSocket(Echo))();
        const messages = heard(socket, host);
        await host.pass(10);
        // 100 kB before it at 1 MB/s: a tenth of a second.
        void net.carry('toServer', 100_000);
        socket.send('behind');
        await host.pass(95);
        expect(messages).toEqual([]);
        await host.pass(20);
        expect(messages.map(([data]) => data)).toEqual(['behind']);
    });
});

describe('a data channel', () => {
    const sentOver = async (options: Partial<Pick<Echo, 'ordered' | 'maxRetransmits'>>): Promise<number> => {
        const { host, net } = network({ lossRate: 0.3 });
        const channel = new Echo(options);
        net.dataChannel(channel);
        for (let i = 0; i < 100; i++) channel.send(String(i));
        await host.pass(30_000);
        return channel.sent.length;
    };

    it('loses nothing when it is reliable, and its share when it is not', async () => {
        expect(await sentOver({})).toBe(100);
        const arrived = await sentOver({ ordered: false, maxRetransmits: 0 });
        // 70 expected, standard deviation 4.6.
        expect(arrived).toBeGreaterThan(50);
        expect(arrived).toBeLessThan(90);
    });
});

describe('streams of frames and datagrams', () => {
    it('drop a frame when one of its packets is lost, and keep the others whole', async () => {
        const { host, net } = network({ lossRate: 0.02, delayNs: 5e6, queueBytes: 1e8 });
        const stream = net.encodedFrames<{ data: ArrayBuffer; number: number }>('toServer');
        const got: number[] = [];
        const reading = stream.readable.pipeTo(new WritableStream({ write: (frame) => void got.push(frame.number) }));
        const writer = stream.writable.getWriter();
        // Twenty packets each: 0.98^20 = 0.67 of the frames arrive.
        for (let number = 0; number < 200; number++) void writer.write({ data: new ArrayBuffer(24_000), number });
        void writer.close();
        for (let i = 0; i < 60; i++) await host.pass(50);
        await reading;
        // Standard deviation 6.6 frames around 133.
        expect(got.length).toBeGreaterThan(105);
        expect(got.length).toBeLessThan(160);
        expect(got).toEqual([...got].sort((a, b) => a - b));
    });

    it('lose no byte of a reliable stream', async () => {
        const { host, net } = network({ lossRate: 0.05 });
        const stream = net.stream<Uint8Array>('toClient');
        let bytes = 0;
        const reading = stream.readable.pipeTo(
            new WritableStream({ write: (chunk) => void (bytes += chunk.byteLength) })
        );
        const writer = stream.writable.getWriter();
        for (let i = 0; i < 20; i++) void writer.write(new Uint8Array(5000));
        void writer.close();
        for (let i = 0; i < 60; i++) await host.pass(200);
        await reading;
        expect(bytes).toBe(100_000);
    });
});

describe('answers', () => {
    it('made up by a test take the way back, paced', async () => {
        const { host, net } = network({ rateBps: 8e6, delayNs: 10e6 });
        let text = '';
        void net
            .answer(new Response('x'.repeat(50_000)))
            .then((response) => response.text())
            .then((all) => {
                text = all;
            });
        // The request 10.5 ms, the body 50 ms at 1 MB/s and 10 ms.
        for (let i = 0; i < 6; i++) await host.pass(10);
        expect(text).toBe('');
        for (let i = 0; i < 6; i++) await host.pass(10);
        expect(text).toHaveLength(50_000);
    });

    it('are read no further than somebody reads them', async () => {
        const { host, net } = network({ queueBytes: 1e8 });
        const chunk = new Uint8Array(65_536);
        let made = 0;
        const body = new ReadableStream<Uint8Array>(
            {
                pull(controller) {
                    if (made === 128 * chunk.length) controller.close();
                    else {
                        made += chunk.length;
                        controller.enqueue(chunk);
                    }
                }
            },
            { highWaterMark: 0 }
        );
        let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
        void net.answer(new Response(body)).then((response) => {
            reader = response.body?.getReader() ?? null;
        });
        await host.pass(1000);
        // One MiB on the way and one that waits, and a chunk; eight at a gigabit take 67 ms.
        expect(made).toBeLessThanOrEqual(2 * 1_048_576 + 2 * chunk.length);
        let came = 0;
        const all = (async () => {
            for (let part = await reader!.read(); !part.done; part = await reader!.read()) came += part.value.length;
        })();
        for (let i = 0; i < 100 && came < 8_388_608; i++) await host.pass(10);
        await all;
        expect(came).toBe(8_388_608);
    });

    it('ask for nothing more once the network has ended', async () => {
        const { host, net } = network({ delayNs: 5e6 });
        const channel = new Echo();
        net.dataChannel(channel);
        net.close();
        channel.send('too late');
        void net.carry('toServer', 10);
        await host.pass(1000);
        expect(channel.sent).toEqual([]);
        expect(host.timers).toBe(0);
    });

    it('end with the network: what is inside never comes', async () => {
        const { host, net } = network({ delayNs: 50e6 });
        let came = false;
        void net.carry('toClient', 10).then(() => {
            came = true;
        });
        net.close();
        await host.pass(500);
        expect(came).toBe(false);
    });
});
