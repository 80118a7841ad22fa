import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, serveFolder } from '../../src/page/serve-folder.ts';

const base = mkdtempSync(join(tmpdir(), 'mixreel-serve-'));
const root = join(base, 'site');
mkdirSync(join(root, 'sub'), { recursive: true });
writeFileSync(join(root, 'index.html'), '<p>home</p>');
writeFileSync(join(root, 'sub', 'a b.mjs'), 'export {};');
writeFileSync(join(base, 'secret.txt'), 'secret');
mkdirSync(join(base, 'site-beside'));
writeFileSync(join(base, 'site-beside', 'x'), 'secret');
symlinkSync(join(base, 'secret.txt'), join(root, 'link.txt'));

describe('serveFolder', () => {
    it('serves files with the types that browsers insist on', async () => {
        const server = await serveFolder({ folder: root });
        try {
            const home = await fetch(`${server.origin}/`);
            expect(await home.text()).toBe('<p>home</p>');
            const script = await fetch(`${server.origin}/sub/a%20b.mjs?v=1`);
            expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
            expect((await fetch(`${server.origin}/none`)).status).toBe(404);
        } finally {
            await server.close();
        }
    });

    it('serves cross-origin isolated where that is asked for', async () => {
        for (const isolated of [false, true]) {
            const server = await serveFolder({ folder: root, isolated });
            const { headers } = await fetch(`${server.origin}/`);
            const policies = ['opener', 'embedder'].map((name) => headers.get(`cross-origin-${name}-policy`));
            expect(policies).toEqual(isolated ? ['same-origin', 'credentialless'] : [null, null]);
            await server.close();
        }
    });

    it('serves files given as bytes beside those of the folder', async () => {
        const server = await serveFolder({ folder: root, files: { '/models/box.glb': Uint8Array.of(1, 2, 3) } });
        try {
            const model = await fetch(`${server.origin}/models/box.glb`);
            expect(model.headers.get('content-type')).toBe('model/gltf-binary');
            expect(new Uint8Array(await model.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
            expect(await (await fetch(`${server.origin}/`)).text()).toBe('<p>home</p>');
        } finally {
            await server.close();
        }
    });

    it('gives nothing outside of its folder, links included', async () => {
        for (const path of [
            '/../secret.txt',
            '/%2e%2e/secret.txt',
            '/..%2fsecret.txt',
            '/link.txt',
            '/../site-beside/x',
            '/%00',
            '/a\\..\\b',
            '/%'
        ]) {
            expect(await fileOf(root, path), path).toBeNull();
        }
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.constantFrom('..', '.', '%2e%2e', 'sub', '/', '//', '%2f', 'secret.txt', 'link.txt')),
                async (parts) => {
                    const file = await fileOf(root, `/${parts.join('/')}`);
                    expect(file === null || file.startsWith(`${root}/`)).toBe(true);
                    expect(file ?? '').not.toContain('secret');
                }
            )
        );
    });

    it('serves one page given as text, and refuses a folder that is not there', async () => {
        const server = await serveFolder({ html: '<p>text</p>' });
        expect(await (await fetch(`${server.origin}/anything`)).text()).toBe('<p>text</p>');
        await server.close();
        await expect(serveFolder({ folder: join(base, 'none') })).rejects.toMatchObject({ code: 'bad-input' });
    });
});
