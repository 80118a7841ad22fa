import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
        expect(kinds.filter((kind) => kind === 'blocked-request')).toHaveLength(2);
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
