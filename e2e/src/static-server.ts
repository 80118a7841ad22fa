/**
 * Serves a folder on 127.0.0.1, a secure context where `navigator.gpu` exists. Types matter: a module served with the wrong
 * one is refused by the browser without an error that a test would see.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
    '.glb': 'model/gltf-binary',
    '.gltf': 'model/gltf+json',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.hdr': 'image/vnd.radiance',
    '.svg': 'image/svg+xml'
};

/** A running server. */
export interface StaticServer {
    /** `http://127.0.0.1:40123`. */
    readonly origin: string;
    close(): Promise<void>;
}

/**
 * Serves `folder`, and files given as bytes beside it.
 *
 * @param files - Contents by path: `/models/box.glb`.
 */
export async function serveFolder(
    folder: string,
    files: Readonly<Record<string, Uint8Array>> = {}
): Promise<StaticServer> {
    const server = createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        const bytes = files[path];
        if (bytes) {
            response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
            return;
        }
        const file = join(folder, normalize(path));
        if (!file.startsWith(folder) || !isFile(file)) {
            response.writeHead(404, { 'content-type': 'text/plain' }).end(`no file ${path}`);
            return;
        }
        response.writeHead(200, { 'content-type': type });
        createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
        origin: `http://127.0.0.1:${port}`,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            })
    };
}

function isFile(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
