/** A real redis-server on a free loopback port, gone after the tests; null where none is installed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HAS_REDIS: boolean = spawnSync('redis-server', ['--version']).status === 0;

export interface RunningRedis {
    readonly url: string;
    stop(): Promise<void>;
}

/** @param again - The port of one that was stopped. Default: a free one. */
export async function startRedis(again?: number): Promise<RunningRedis> {
    const port = again ?? (await freePort());
    const dir = mkdtempSync(join(tmpdir(), 'mixreel-redis-'));
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
    const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await ready(server);
    return {
        url: `redis://127.0.0.1:${port}`,
        stop: async () => {
            const gone = new Promise((resolve) => server.once('exit', resolve));
            server.kill('SIGKILL');
            await gone;
            rmSync(dir, { recursive: true, force: true });
        }
    };
}

function ready(server: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
        let text = '';
        server.stdout!.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            if (text.includes('Ready to accept connections')) resolve();
        });
        server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${text}`)));
    });
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
