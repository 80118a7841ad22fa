/**
 * Serves a folder, or one page given as text, on a free port of 127.0.0.1: a secure context (WebGPU needs one), with an
 * origin of its own for the browser to be confined to. Nothing outside the folder is reachable, links included.
 *
 * Pages that are served cross-origin isolated have a clock with steps of 5 us, others of 100 us (Chromium; High Resolution Time,
 * 4.1), which is 5 % of a frame of 2 ms. `credentialless`, not `require-corp`: pictures of other origins still come, without cookies.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { badInput } from '@mixreel/core';

/** A running server. */
export interface FolderServer {
    /** `http://127.0.0.1:41234`. */
    readonly origin: string;
    close(): Promise<void>;
}

/** A wrong type makes a browser refuse modules and hang the page. */
const TYPES: Readonly<Record<string, string>> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
    '.wgsl': 'text/plain; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.jpeg': 'image/jpeg',
    '.webp': 'image/webp',
    '.avif': 'image/avif',
    '.glb': 'model/gltf-binary',
    '.gltf': 'model/gltf+json',
    '.hdr': 'image/vnd.radiance'
};

/** What to serve: files of a folder and, before them, files given as bytes by their path (`/models/box.glb`); or one page. */
export type Served = ServedContent & {
    /** True: cross-origin isolated; frames and windows of other origins are then shut out. Default false. */
    readonly isolated?: boolean;
};
type ServedContent =
    | { readonly folder: string; readonly files?: Readonly<Record<string, Uint8Array>> }
    | { readonly html: string };

const ISOLATED: Readonly<Record<string, string>> = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'credentialless',
    'cross-origin-resource-policy': 'same-origin'
};

/** Throws `bad-input` if the folder does not exist. */
export async function serveFolder(served: Served): Promise<FolderServer> {
    const root = 'folder' in served ? await existingFolder(served.folder) : null;
    const server = createServer((request, response) => {
        if (served.isolated) for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
        if (root === null) return send(response, 200, 'text/html; charset=utf-8', 'html' in served ? served.html : '');
        const path = request.url ?? '/';
        const given = 'folder' in served ? served.files?.[path] : undefined;
        if (given) return send(response, 200, typeOf(path), given);
        answer(root, path, response).catch(() => send(response, 500, 'text/plain', 'could not be read'));
    });
    await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(0, '127.0.0.1', done);
    });
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

/** The file that a URL path names inside a root, or null if it leaves it or is not there. */
export async function fileOf(root: string, urlPath: string): Promise<string | null> {
    let path: string;
    try {
        path = decodeURIComponent(new URL(urlPath, 'http://x').pathname);
    } catch {
        return null;
    }
    if (path.includes('\0') || path.includes('\\')) return null;
    let file = resolve(join(root, path));
    try {
        if ((await stat(file)).isDirectory()) file = join(file, 'index.html');
        file = await realpath(file);
    } catch {
        return null;
    }
    return file === root || file.startsWith(root + sep) ? file : null;
}

async function answer(root: string, url: string, response: ServerResponse): Promise<void> {
    const file = await fileOf(root, url);
    if (file === null) return send(response, 404, 'text/plain', 'not found');
    send(response, 200, typeOf(file), await readFile(file));
}

function typeOf(path: string): string {
    return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(body);
}

async function existingFolder(folder: string): Promise<string> {
    const path = await realpath(folder).catch(() => null);
    if (path !== null && (await stat(path)).isDirectory()) return path;
    throw badInput(`the folder ${folder} does not exist`, 'a built page', 'Build it first, or correct the path');
}

function closeServer(server: Server): Promise<void> {
    return new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
    });
}
