import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BrowserSession, launchBrowser } from '../../src/browser/launch-browser.ts';

/** Presents one red WebGPU frame, then tries everything a page must not do. */
const PAGE = `<!doctype html><canvas id="c" width="64" height="64"></canvas><script>
window.drawn = (async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    const context = c.getContext('webgpu');
    context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() });
    for (let i = 0; i < 3; i++) {
        await new Promise(requestAnimationFrame);
        const encoder = device.createCommandEncoder();
        encoder.beginRenderPass({ colorAttachments: [{ view: context.getCurrentTexture().createView(),
            loadOp: 'clear', storeOp: 'store', clearValue: [1, 0, 0, 1] }] }).end();
        device.queue.submit([encoder.finish()]);
        await device.queue.onSubmittedWorkDone();
    }
    return adapter.info.architecture;
})();
window.escaped = Promise.all([
    fetch('http://example.com/').then(() => 'loaded', () => 'blocked'),
    fetch('http://10.1.2.3/').then(() => 'loaded', () => 'blocked'),
    new Promise((resolve) => {
        const socket = new WebSocket('ws://example.com/');
        socket.onopen = () => resolve('loaded');
        socket.onerror = () => resolve('blocked');
    })
]);
alert('a dialog');
open('about:blank');
</script>`;

/** Asks the address in its own query before it is installed. */
const SERVICE_WORKER = `oninstall = (event) => event.waitUntil(
    fetch(decodeURIComponent(location.search.slice(1)), { mode: 'no-cors' }).catch(() => {}));`;
const ASKS_FROM_SHARED_WORKER = `onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => fetch(data, { mode: 'no-cors' }).then(() => port.postMessage('done'), () => port.postMessage('done'));
};`;

/** Serialised into the page: everything by which a page reaches an origin. Resolves when each has its answer. */
async function tryAll(origin: string): Promise<void> {
    const ended = (target: EventTarget, ...names: string[]): Promise<void> =>
        new Promise((done) => {
            for (const name of names) target.addEventListener(name, () => done());
        });
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`);
    const frame = document.body.appendChild(
        Object.assign(document.createElement('iframe'), { src: `${origin}/frame` })
    );
    const asks = `fetch('${origin}/worker', { mode: 'no-cors' }).then(() => postMessage(1), () => postMessage(0))`;
    const worker = new Worker(URL.createObjectURL(new Blob([asks])));
    const events = new EventSource(`${origin}/events`);
    const image = Object.assign(new Image(), { src: `${origin}/image` });
    const prefetch = Object.assign(document.createElement('link'), { rel: 'prefetch', href: `${origin}/prefetch` });
    const preconnect = Object.assign(document.createElement('link'), { rel: 'preconnect', href: origin });
    document.head.append(prefetch, preconnect);
    const service = navigator.serviceWorker
        .register(`/service.js?${encodeURIComponent(`${origin}/service`)}`)
        .then(({ installing }) => installing && ended(installing, 'statechange'));
    const { port } = new SharedWorker('/shared.js');
    port.start();
    port.postMessage(`${origin}/shared`);
    open(`${origin}/popup`);
    navigator.sendBeacon(`${origin}/beacon`, 'x');
    await Promise.all([
        fetch(`${origin}/fetch`, { mode: 'no-cors' }).catch(() => {}),
        ended(socket, 'open', 'error'),
        ended(frame, 'load', 'error'),
        ended(worker, 'message'),
        ended(events, 'open', 'error'),
        ended(image, 'load', 'error'),
        ended(prefetch, 'load', 'error'),
        service,
        ended(port, 'message')
    ]);
    events.close();
    // What has no answer of its own comes with one that is asked for after it.
    await new Promise((done) => setTimeout(done, 300));
}

/** Serialised into the page: asks a STUN server by UDP and a TURN server by TCP for a way through. */
async function tryRtc(udpPort: number, tcpPort: number): Promise<void> {
    const turn = { urls: `turn:127.0.0.1:${tcpPort}?transport=tcp`, username: 'x', credential: 'x' };
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${udpPort}` }, turn] });
    peer.createDataChannel('x');
    const gathered = new Promise<void>((done) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done();
    });
    await peer.setLocalDescription();
    await Promise.race([gathered, new Promise((done) => setTimeout(done, 1000))]);
    peer.close();
}

describe('launchBrowser', () => {
    let server: Server;
    let origin: string;
    let session: BrowserSession;

    beforeAll(async () => {
        server = createServer((_, response) => {
            response.setHeader('content-type', 'text/html');
            response.end(PAGE);
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        session = await launchBrowser({ origins: [origin] });
    });

    afterAll(async () => {
        await session?.close();
        server?.close();
    });

    it('presents WebGPU frames on SwiftShader, while dialogs, popups and foreign hosts get nowhere', async () => {
        const guard = await session.newPage({ widthPx: 200, heightPx: 100 });
        await guard.watch(guard.page.goto(origin));
        expect(await guard.watch(guard.page.evaluate('window.drawn'))).toBe('swiftshader');
        expect(await guard.watch(guard.page.evaluate('window.escaped'))).toEqual(['blocked', 'blocked', 'blocked']);
        const kinds = guard.events.map((event) => event.kind);
        expect(kinds).toContain('dialog');
        // Two requests, and the WebSocket's connection.
        expect(kinds.filter((kind) => kind === 'blocked-request')).toHaveLength(3);
        const red = await guard.page.screenshot({ clip: { x: 8, y: 8, width: 64, height: 64 } });
        // A blank 64 x 64 PNG of one colour and a red one have the same size: ask the page's own pixels.
        const pixel = await guard.page.evaluate(async (png) => {
            const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
            const canvas = new OffscreenCanvas(64, 64).getContext('2d') as OffscreenCanvasRenderingContext2D;
            canvas.drawImage(bitmap, 0, 0);
            return [...canvas.getImageData(32, 32, 1, 1).data];
        }, Buffer.from(red).toString('base64'));
        expect(pixel).toEqual([255, 0, 0, 255]);
    });

    it('lets a page reach its own host and port by whatever means, and no other port of the same host', async () => {
        const heard: string[] = [];
        const serve = async (name: string): Promise<Server> => {
            const one = createServer((request, response) => {
                const [path] = (request.url ?? '').split('?');
                heard.push(`${name} ${path}`);
                const script = { '/shared.js': ASKS_FROM_SHARED_WORKER, '/service.js': SERVICE_WORKER }[path ?? ''];
                response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
                response.end(script ?? '<!doctype html><p>x');
            });
            one.on('connection', () => heard.push(`${name} connected`));
            one.on('upgrade', (request, socket) => {
                heard.push(`${name} ${request.url} upgrade`);
                socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
            });
            await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
            onTestFinished(() => void one.close());
            return one;
        };
        const originOf = (one: Server): string => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
        const [own, other] = [originOf(await serve('own')), originOf(await serve('other'))];
        const guard = await session.newPage({ origins: [own] });
        await guard.watch(guard.page.goto(own));
        await guard.watch(guard.page.evaluate(tryAll, own));
        await guard.watch(guard.page.evaluate(tryAll, other));
        const stun = createSocket('udp4', () => heard.push('a datagram'));
        await new Promise<void>((done) => stun.bind(0, '127.0.0.1', done));
        onTestFinished(() => void stun.close());
        const ports = [stun.address().port, Number(new URL(other).port)] as const;
        await guard.watch(guard.page.evaluate(tryRtc, ...ports));
        const reached = new Set(heard.filter((line) => !line.includes('favicon')));
        const by = ['beacon', 'events', 'fetch', 'frame', 'image', 'popup', 'prefetch', 'service', 'shared', 'worker'];
        const paths = ['', ...by, 'service.js', 'shared.js', 'socket upgrade'].map((name) => `/${name}`);
        expect([...reached].sort()).toEqual([...paths, 'connected'].map((what) => `own ${what}`).sort());
        const refused = guard.events.filter(({ kind }) => kind === 'blocked-request').map(({ text }) => text);
        expect(refused).toContain(`a connection to ${other.slice('http://'.length)}`);
        await guard.close();
        // WebRTC asks nobody on a machine that is on no network at all.
        const internal = Object.values(networkInterfaces()).every((all) => all?.every((one) => one.internal));
        if (internal) return;
        // The same question of a browser that nothing holds back arrives: silence above is not that of WebRTC.
        const open = await launchBrowser({ origins: 'open', gpu: 'none' });
        onTestFinished(() => open.close());
        const free = await open.newPage();
        await free.watch(free.page.goto(own));
        await free.watch(free.page.evaluate(tryRtc, ...ports));
        expect(heard).toEqual(expect.arrayContaining(['a datagram', 'other connected']));
    });

    it('downloads nothing', async () => {
        const ended = async (page: Page): Promise<string> => {
            const cdp = await page.createCDPSession();
            await cdp.send('Page.enable');
            const state = new Promise<string>((resolve) => {
                cdp.on('Page.downloadProgress', (event) => event.state !== 'inProgress' && resolve(event.state));
            });
            await page.goto('about:blank');
            await page.evaluate(() => {
                Object.assign(document.createElement('a'), { href: 'data:,x', download: 'x.txt' }).click();
            });
            return state;
        };
        const guard = await session.newPage();
        expect(await guard.watch(ended(guard.page))).toBe('canceled');
        await guard.close();
        // The same page where downloads are allowed: the state above is not that of any download here.
        const downloadPath = mkdtempSync(join(tmpdir(), 'mixreel-download-'));
        const context = await session.browser.createBrowserContext({
            downloadBehavior: { policy: 'allow', downloadPath }
        });
        expect(await ended(await context.newPage())).toBe('completed');
        await context.close();
        rmSync(downloadPath, { recursive: true });
    });

    it('ends every wait when a page throws, and the others go on', async () => {
        const bad = await session.newPage();
        const good = await session.newPage();
        await good.watch(good.page.goto(origin));
        await bad.watch(bad.page.goto(origin));
        const hang = bad.watch(
            bad.page.evaluate('setTimeout(() => { throw new Error("boom") }); new Promise(() => {})')
        );
        await expect(hang).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('boom') });
        expect(await good.watch(good.page.evaluate('1 + 1'))).toBe(2);
    });

    it('tells of a browser that died, and still closes', async () => {
        const other = await launchBrowser({ origins: [origin], gpu: 'none' });
        const guard = await other.newPage();
        const hang = guard.watch(guard.page.evaluate('new Promise(() => {})'));
        other.browser.process()?.kill('SIGKILL');
        await expect(hang).rejects.toThrow();
        await expect(other.died).rejects.toMatchObject({ code: 'environment' });
        await other.close();
    });

    it('refuses an origin that is none', async () => {
        await expect(launchBrowser({ origins: ['127.0.0.1:80/x'] })).rejects.toMatchObject({ code: 'bad-input' });
    });
});
