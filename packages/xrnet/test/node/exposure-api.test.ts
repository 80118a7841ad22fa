import { createServer, request as requestOf } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Rng, VirtualClock } from '@mixreel/core';
import { expect, onTestFinished, test } from 'vitest';
import { Cell, cellControl, cellPreset, QosOnDemand, trafficModel } from '../../src/index.ts';
import { ExposureApi, type ExposureApiOptions } from '../../src/node/index.ts';

const SESSION = {
    device: { ipv4Address: { publicAddress: '203.0.113.7', publicPort: 59_765 } },
    applicationServer: { ipv4Address: '198.51.100.0/24' },
    qosProfile: 'QOS_M',
    duration: 60
};

async function api(options: Partial<ExposureApiOptions> = {}): Promise<{ url: string; clock: VirtualClock }> {
    const clock = new VirtualClock();
    const cell = new Cell(cellPreset('city'), Rng.create(1));
    cell.addFlow({ ue: 0, traffic: trafficModel('vr-30') });
    const control = cellControl(cell, new Map([['203.0.113.7', 0]]));
    const dateOf = (timeNs: number): Date => new Date(Date.UTC(2026, 0, 1) + timeNs / 1e6);
    const server = await ExposureApi.listen(
        { dateOf, ...options },
        (of) => new QosOnDemand(control, clock, Rng.create(2), (session) => of.notify(session))
    );
    onTestFinished(() => server.close());
    return { url: `http://127.0.0.1:${server.port}`, clock };
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

test('a session is requested, watched, extended and deleted over HTTP', async () => {
    const { url } = await api();
    const sessions = `${url}/quality-on-demand/v1/sessions`;
    const created = await post(sessions, SESSION, { 'x-correlator': 'abc-1' });
    expect(created.status).toBe(201);
    expect(created.headers.get('x-correlator')).toBe('abc-1');
    const session = (await created.json()) as { sessionId: string };
    expect(session).toMatchObject({
        qosProfile: 'QOS_M',
        qosStatus: 'AVAILABLE',
        duration: 60,
        startedAt: '2026-01-01T00:00:00.000Z',
        expiresAt: '2026-01-01T00:01:00.000Z',
        applicationServer: { ipv4Address: '198.51.100.0/24' }
    });
    expect(await (await fetch(`${sessions}/${session.sessionId}`)).json()).toEqual(session);
    const extended = await post(`${sessions}/${session.sessionId}/extend`, { requestedAdditionalDuration: 30 });
    expect(await extended.json()).toMatchObject({ duration: 90 });
    const found = await post(`${url}/quality-on-demand/v1/retrieve-sessions`, { device: SESSION.device });
    expect(await found.json()).toHaveLength(1);
    const watched = await fetch(`${url}/monitoring/v1/devices/203.0.113.7`);
    expect(await watched.json()).toMatchObject({ aloneDownstreamBps: expect.any(Number) });
    expect((await fetch(`${sessions}/${session.sessionId}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${sessions}/${session.sessionId}`)).status).toBe(404);
    const profiles = (await (await fetch(`${url}/qos-profiles/v1/qos-profiles`)).json()) as { name: string }[];
    expect(profiles.map(({ name }) => name)).toEqual(['QOS_E', 'QOS_S', 'QOS_M', 'QOS_L']);
});

test('a sink is told when a session becomes available and when it ends, with its token', async () => {
    const events: { authorization: string | undefined; body: { type: string; data: object } }[] = [];
    let arrived = (): void => {};
    const sink = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk) => {
            text += chunk;
        });
        request.on('end', () => {
            events.push({ authorization: request.headers.authorization, body: JSON.parse(text) });
            response.writeHead(204).end();
            arrived();
        });
    });
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void sink.close());
    const event = (count: number): Promise<void> =>
        new Promise((resolve) => {
            arrived = () => events.length >= count && resolve();
            arrived();
        });
    const { url, clock } = await api();
    const sinkCredential = { credentialType: 'ACCESSTOKEN', accessToken: 'secret', accessTokenType: 'bearer' };
    const { port } = sink.address() as AddressInfo;
    await post(`${url}/quality-on-demand/v1/sessions`, {
        ...SESSION,
        sink: `http://127.0.0.1:${port}/`,
        sinkCredential
    });
    await event(1);
    clock.advanceBy(61e9);
    // The next look at the sessions, by request or by the API's own timer, ends it.
    await event(2);
    expect(events.map(({ body }) => body.data)).toMatchObject([
        { qosStatus: 'AVAILABLE' },
        { qosStatus: 'UNAVAILABLE', statusInfo: 'DURATION_EXPIRED' }
    ]);
    expect(events[0]?.body.type).toBe('org.camaraproject.quality-on-demand.v1.qos-status-changed');
    expect(events[1]?.authorization).toBe('Bearer secret');
});

/** For paths that no URL has. */
function statusOfPath(url: string, path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        requestOf(url, { path }, (response) => resolve(response.resume().statusCode))
            .on('error', reject)
            .end();
    });
}

const bad: readonly (readonly [string, unknown, number, string])[] = [
    ['no JSON', '{', 400, 'INVALID_ARGUMENT'],
    ['no device', { ...SESSION, device: {} }, 422, 'MISSING_IDENTIFIER'],
    ['a stranger', { ...SESSION, device: { phoneNumber: '+4912345' } }, 404, 'IDENTIFIER_NOT_FOUND'],
    ['no server', { ...SESSION, applicationServer: {} }, 400, 'INVALID_ARGUMENT'],
    ['an unknown profile', { ...SESSION, qosProfile: 'QOS_XXL' }, 400, 'INVALID_ARGUMENT'],
    ['no duration', { ...SESSION, duration: undefined }, 400, 'INVALID_ARGUMENT'],
    ['a year', { ...SESSION, duration: 31_536_000 }, 400, 'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE'],
    ['a sink elsewhere', { ...SESSION, sink: 'https://example.com/' }, 400, 'INVALID_SINK'],
    [
        'a sink with a plain secret',
        { ...SESSION, sink: 'http://127.0.0.1:1/', sinkCredential: { credentialType: 'PLAIN' } },
        400,
        'INVALID_CREDENTIAL'
    ],
    ['a body of 100 kB', 'x'.repeat(100_000), 413, 'PAYLOAD_TOO_LARGE']
];

test('what is wrong is answered with its code, and the API goes on', async () => {
    const { url } = await api();
    for (const [what, body, status, code] of bad) {
        const answer = await post(`${url}/quality-on-demand/v1/sessions`, body);
        expect([answer.status, ((await answer.json()) as { code: string }).code], what).toEqual([status, code]);
    }
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/monitoring/v1/devices/%ff`)).status).toBe(400);
    expect(await statusOfPath(url, '//')).toBe(400);
    expect((await post(`${url}/quality-on-demand/v1/sessions`, SESSION)).status).toBe(201);
    expect((await post(`${url}/quality-on-demand/v1/sessions`, SESSION)).status).toBe(409);
});

test('beyond loopback only with a token, and then nobody without it', async () => {
    await expect(api({ host: '0.0.0.0' })).rejects.toThrow(/listen on 0\.0\.0\.0 without a token/);
    await expect(api({ host: '0.0.0.0' })).rejects.toThrow(/would listen on 0\.0\.0\.0/);
    await expect(api({ host: '0.0.0.0', token: 'short' })).rejects.toThrow(
        /the token has 5 characters \(expected 16 to 200/
    );
    const token = 'a-token-of-24-characters';
    const { url } = await api({ host: '0.0.0.0', token });
    const profiles = `${url}/qos-profiles/v1/qos-profiles`;
    expect((await fetch(profiles)).status).toBe(401);
    expect((await fetch(profiles, { headers: { authorization: `Bearer ${token}x` } })).status).toBe(401);
    expect((await fetch(profiles, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
});
