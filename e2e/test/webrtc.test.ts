import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    host = await AppHost.start(
        {},
        // Peers of one page meet on this machine's own addresses, which are not hidden behind names of mDNS; nothing else is reached.
        [
            // The harness closes this way by both names that the switch has had.
            '--webrtc-ip-handling-policy=default',
            '--force-webrtc-ip-handling-policy=default',
            '--allow-loopback-in-peer-connection',
            '--disable-features=WebRtcHideLocalIpsWithMdns'
        ]
    );
    app = await host.open('webrtc');
});

afterAll(async () => {
    await host?.close();
});

test("a reliable channel of Chromium's WebRTC finds the delay of the line, both ways", async () => {
    const { bare, over } = await app.call<{ bare: number[]; over: number[] }>('roundTrips', 40);
    expect(bare).toHaveLength(10);
    for (const ms of over) expect(ms).toBeGreaterThanOrEqual(80);
    // The least of ten: a machine would have to stall every one of them for as long as the line takes.
    expect(Math.min(...over)).toBeLessThan(160);
    expect(Math.min(...bare)).toBeLessThan(Math.min(...over));
});

test('an unreliable channel loses the share that the line loses, both ways', async () => {
    const count = 300;
    const { up, down, back } = await app.call<{
        up: { entered: number; delivered: number; lost: number };
        down: { entered: number; delivered: number; lost: number };
        back: string[];
    }>('datagrams', { count, lossRate: 0.2 });
    expect(up.entered).toBe(count);
    expect(up.delivered + up.lost).toBe(count);
    expect(down.entered).toBe(up.delivered);
    // 60 of 300 and 48 of 240 are expected, standard deviations 7 and 6: five of them.
    expect(up.lost).toBeGreaterThan(25);
    expect(up.lost).toBeLessThan(95);
    expect(down.lost).toBeGreaterThan(18);
    expect(back).toHaveLength(down.delivered);
    expect(new Set(back).size).toBe(back.length);
});

test('encoded frames of a video take the line whole or not at all, never before their time', async () => {
    const delayMs = 50;
    const { sent, packetsLost, delaysMs } = await app.call<{
        sent: number;
        packetsLost: number;
        delaysMs: number[];
    }>('frames', { count: 40, delayMs, lossRate: 0.1 });
    expect(sent).toBeGreaterThanOrEqual(40);
    expect(packetsLost).toBeGreaterThan(0);
    expect(delaysMs.length).toBeGreaterThan(10);
    // Frames of which a packet was lost did not come.
    expect(delaysMs.length).toBeLessThan(sent);
    // Timers of the page and of its capture may be a millisecond apart.
    for (const ms of delaysMs) expect(ms).toBeGreaterThan(delayMs - 1);
});
