import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchFlags } from '../../src/browser/launch-flags.ts';
import { mayLoad } from '../../src/browser/page-guard.ts';

describe('launchFlags', () => {
    it('gives the four flags without which SwiftShader loses the device at the first present', () => {
        const flags = launchFlags({ gpu: 'swiftshader', hosts: [], noSandbox: false });
        for (const flag of [
            '--enable-unsafe-webgpu',
            '--enable-features=Vulkan',
            '--use-vulkan=swiftshader',
            '--use-angle=swiftshader'
        ])
            expect(flags).toContain(flag);
    });

    it('never gives a flag that blanks screenshots or loses the device', () => {
        for (const gpu of ['swiftshader', 'gpu', 'none'] as const) {
            const flags = launchFlags({ gpu, hosts: 'open', noSandbox: true });
            expect(flags).not.toContain('--disable-vulkan-surface');
            expect(flags).not.toContain('--disable-gpu-compositing');
        }
    });

    it('resolves no host but the allowed ones', () => {
        const rule = (hosts: string[]): string | undefined =>
            launchFlags({ gpu: 'none', hosts, noSandbox: false }).find((f) => f.startsWith('--host-resolver-rules'));
        expect(rule([])).toBe('--host-resolver-rules=MAP * ~NOTFOUND');
        expect(rule(['127.0.0.1'])).toBe('--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1');
    });

    it('sends every connection through the gate, those to this machine too', () => {
        const flags = launchFlags({ gpu: 'none', hosts: ['x.test'], noSandbox: false, proxy: 'socks5://127.0.0.1:9' });
        expect(flags).toContain('--proxy-server=socks5://127.0.0.1:9');
        expect(flags).toContain('--proxy-bypass-list=<-loopback>');
        expect(flags).toContain('--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE x.test , EXCLUDE 127.0.0.1');
        expect(flags).not.toContain('--no-proxy-server');
    });

    it('drops the sandbox only where it is told to', () => {
        expect(launchFlags({ gpu: 'gpu', hosts: [], noSandbox: false })).not.toContain('--no-sandbox');
        expect(launchFlags({ gpu: 'gpu', hosts: [], noSandbox: true })).toContain('--no-sandbox');
    });
});

describe('mayLoad', () => {
    const origins = ['http://127.0.0.1:8080'];

    it('lets the page load itself and its origin, and nothing else', () => {
        expect(mayLoad('http://127.0.0.1:8080/a.js?b', origins)).toBe(true);
        expect(mayLoad('blob:http://127.0.0.1:8080/123', origins)).toBe(true);
        expect(mayLoad('data:text/plain,hi', origins)).toBe(true);
        for (const url of [
            'http://127.0.0.1:8081/',
            'http://127.0.0.1:8080@example.com/',
            'https://127.0.0.1:8080/',
            'file:///etc/passwd',
            'blob:http://example.com/123',
            'not a url'
        ])
            expect(mayLoad(url, origins), url).toBe(false);
    });

    it('answers for any string', () => {
        fc.assert(fc.property(fc.webUrl(), (url) => !mayLoad(url, origins)));
        fc.assert(fc.property(fc.string(), (text) => typeof mayLoad(text, origins) === 'boolean'));
    });
});
