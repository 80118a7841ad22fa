import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

const BODY = Buffer.alloc(250_000, 'mixreel ');

/** A web server on a free loopback port. */
async function server(): Promise<string> {
    const http = createServer((_request, response) => response.end(BODY));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    return `127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** Runs the proxy, does something with its port, ends it with Ctrl-C, and gives its figures. */
async function through<T>(words: readonly string[], use: (port: number) => Promise<T>): Promise<[T, ProxyFigures]> {
    let used: Promise<T> | undefined;
    const { code, stdout, stderr } = await mixreel(['proxy', ...words, '--json'], {
        onStderr(text, kill) {
            const port = /listening on [\d.]+:(\d+)/.exec(text)?.[1];
            if (port === undefined || used) return;
            used = use(Number(port)).finally(() => kill('SIGINT'));
        }
    });
    expect(code, stderr).toBe(0);
    return [await (used as Promise<T>), JSON.parse(stdout)];
}

interface ProxyFigures {
    readonly description: string;
    readonly ways: readonly { readonly way: string; readonly delivered: number; readonly lost: number }[];
    readonly scheduler: { readonly packets: number; readonly p50Ns: number } | null;
}

const curl = spawnSync('curl', ['--version']).status === 0;

test.skipIf(!curl)('curl finds the delay and the rate that were asked for (skipped without curl)', async () => {
    const target = await server();
    const [seconds, figures] = await through([target, '--delay', '40', '--rate', '10'], (port) => fetchByCurl(port));
    // The reply is 200 ms of 10 Mbit/s, and there are two ways of 40 ms; a busy machine adds, and nothing takes away.
    expect(seconds.first).toBeGreaterThanOrEqual(0.08);
    expect(seconds.total).toBeGreaterThanOrEqual(0.28);
    expect(figures.description).toBe('a line of 10 Mbit/s, 40 ms, jitter 0 ms, loss 0 (L0)');
    expect(figures.ways.map(({ way }) => way)).toEqual(['to server', 'to client']);
    for (const { delivered, lost } of figures.ways) {
        expect(delivered).toBeGreaterThan(0);
        expect(lost).toBe(0);
    }
});

test('fetch gets every byte through a cell, in the place of a simulated user, and through a recorded link', async () => {
    const target = await server();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'link.csv'), 'time_ms,rate_mbps\n0,80\n500,20\n1000,80\n');
    const study =
        '{"format":"mixreel-network/1","title":"one cell","preset":"indoor","seconds":1,"users":[3],"seeds":1}';
    writeFileSync(join(folder, 'study.json'), study);
    for (const way of [
        ['--preset', 'indoor', '--users', '2'],
        ['--replay', join(folder, 'study.json'), '--user', '1'],
        ['--trace', join(folder, 'link.csv')]
    ]) {
        const [body] = await through([target, ...way], async (port) => {
            const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
            return Buffer.from(await response.arrayBuffer());
        });
        expect(body.equals(BODY)).toBe(true);
    }
});

test('with a token it may listen elsewhere, and serves nobody who does not send it first', async () => {
    const target = await server();
    const token = 'sixteen-letters-or-more';
    const words = [target, '--host', '0.0.0.0', '--token', token, '--delay', '1'];
    const [answers] = await through(words, async (port) => {
        const request = 'GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n';
        return [await exchange(port, request), await exchange(port, `${token}\n${request}`)];
    });
    expect(answers[0]).toBe(0);
    expect(answers[1]).toBeGreaterThan(BODY.length);
});

test('runs the model in a thread of its own when told to, and says how late that was', async () => {
    const target = await server();
    const fetched = async (port: number): Promise<number> => {
        const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
        return (await response.arrayBuffer()).byteLength;
    };
    const [bytes, { scheduler }] = await through([target, '--delay', '2', '--thread', 'worker'], fetched);
    expect(bytes).toBe(BODY.length);
    expect(scheduler?.packets).toBeGreaterThan(0);
    expect(scheduler?.p50Ns).toBeGreaterThanOrEqual(0);
    const [again, beside] = await through([target, '--delay', '2'], fetched);
    expect(again).toBe(BODY.length);
    expect(beside.scheduler).toBeNull();
});

test('an application asks the cell that it is carried over for quality, over HTTP', async () => {
    const target = await server();
    const device = { networkAccessIdentifier: 'ue-0' };
    const session = {
        device,
        applicationServer: { ipv4Address: '198.51.100.1' },
        qosProfile: 'QOS_M',
        duration: 60
    };
    let used: Promise<unknown> | undefined;
    const words = ['proxy', target, '--preset', 'ample', '--users', '2', '--exposure', '0', '--json'];
    const { code, stderr } = await mixreel(words, {
        onStderr(text, kill) {
            const url = /exposure API on (http:\/\/[\d.:]+), devices ue-0 to ue-2\n.*listening on/s.exec(text)?.[1];
            if (url === undefined || used) return;
            used = fetch(`${url}/quality-on-demand/v1/sessions`, { method: 'POST', body: JSON.stringify(session) })
                .then((response) => response.json())
                .finally(() => kill('SIGINT'));
        }
    });
    expect(code, stderr).toBe(0);
    expect(await used).toMatchObject({ device, qosProfile: 'QOS_M', qosStatus: 'AVAILABLE' });
});

test('what makes no way is refused', async () => {
    const cases: readonly (readonly [string[], RegExp])[] = [
        [['localhost'], /the target is "localhost" \(expected HOST:PORT/],
        [['127.0.0.1:99999'], /the target is "127\.0\.0\.1:99999"/],
        [['127.0.0.1:80', '--preset', 'city', '--delay', '5'], /two kinds of way are given/],
        [['127.0.0.1:80', '--trace', 'none.csv'], /the trace "none\.csv" cannot be read/],
        [['127.0.0.1:80', '--host', '0.0.0.0'], /would listen on 0\.0\.0\.0 without a token/],
        [['127.0.0.1:80', '--delay', '5', '--exposure', '0'], /--exposure is given, but the network is no cell/],
        [['127.0.0.1:80', '--token', 'short'], /the token has 5 characters/]
    ];
    for (const [words, message] of cases) {
        const { code, stderr } = await mixreel(['proxy', ...words]);
        expect(code, words.join(' ')).toBe(2);
        expect(stderr).toMatch(message);
    }
});

/** Bytes that come back before the connection ends. */
async function exchange(port: number, text: string): Promise<number> {
    const socket = connect(port, '127.0.0.1');
    let bytes = 0;
    socket.on('data', (data) => {
        bytes += data.length;
    });
    socket.on('error', () => {});
    socket.write(text);
    await once(socket, 'close');
    return bytes;
}

function fetchByCurl(port: number): Promise<{ first: number; total: number }> {
    const words = ['-s', '-o', '/dev/null', '-w', '%{time_starttransfer} %{time_total}', `http://127.0.0.1:${port}/`];
    return new Promise((resolve, reject) => {
        const child = spawn('curl', words);
        let out = '';
        child.stdout.on('data', (chunk) => {
            out += chunk;
        });
        child.on('error', reject);
        child.on('close', () => {
            const [first = 0, total = 0] = out.split(' ').map(Number);
            resolve({ first, total });
        });
    });
}
