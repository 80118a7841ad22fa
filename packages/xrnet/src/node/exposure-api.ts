/**
 * The HTTP of capability exposure, in the shape of CAMARA's Quality-On-Demand API v1 (camaraproject/QualityOnDemand):
 *
 *     POST   /quality-on-demand/v1/sessions               GET    /quality-on-demand/v1/sessions/{id}
 *     DELETE /quality-on-demand/v1/sessions/{id}          POST   /quality-on-demand/v1/sessions/{id}/extend
 *     POST   /quality-on-demand/v1/retrieve-sessions      GET    /qos-profiles/v1/qos-profiles
 *     GET    /monitoring/v1/devices/{device}              ours: what the network tells of a device
 *
 * Listens on loopback; on any other address only with a token, which every request must carry. Sinks of notifications are
 * loopback only: a request must not make this process call anybody else.
 */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import type { QosOnDemand, QosProfile, QosRefusal, QosSession } from '../exposure/qos-on-demand.ts';
import { LOOPBACK, requireLoopback, requirePort } from './host.ts';

/** Where the API listens. */
export interface ExposureApiOptions {
    /** Default 127.0.0.1. Anything but loopback needs a token. */
    readonly host?: string;
    /** 0, the default, takes a free one. */
    readonly port?: number;
    /** Bearer token of 16 to 200 characters without white space that every request must carry. Default: none is asked for. */
    readonly token?: string;
    /** Wall-clock time in ms of an instant of the sessions' clock, for the dates in answers. */
    readonly dateOf: (timeNs: number) => Date;
}

/** Longest request body, bytes. */
const MAX_BODY = 65_536;
/** Time between two looks at what expired, ms. */
const TICK_MS = 250;
const SINK_TIMEOUT_MS = 2000;
/** Connections at once; further ones are closed. */
const MAX_CONNECTIONS = 256;

const REFUSALS: Readonly<Record<QosRefusal, readonly [status: number, code: string, message: string]>> = {
    'unknown-device': [404, 'IDENTIFIER_NOT_FOUND', 'Device identifier not found.'],
    'unknown-profile': [400, 'INVALID_ARGUMENT', 'qosProfile is none of GET /qos-profiles/v1/qos-profiles.'],
    'bad-duration': [
        400,
        'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE',
        'The requested duration is out of the allowed range for the specific QoS profile'
    ],
    conflict: [409, 'CONFLICT', 'Another session exists for this device and server, or the session is over.'],
    'unknown-session': [404, 'NOT_FOUND', 'The specified session is not found.'],
    full: [429, 'TOO_MANY_REQUESTS', 'Too many sessions; delete some.']
};

/** What a handler answers: a status and a body, or a status alone. */
type Answer = readonly [status: number, body?: unknown];

class Refused extends Error {
    readonly answer: Answer;

    constructor(status: number, code: string, message: string) {
        super(message);
        this.answer = [status, { status, code, message }];
    }
}

/** See the file comment. Start with {@link ExposureApi.listen}. */
export class ExposureApi {
    readonly port: number;
    readonly #server: Server;
    readonly #options: ExposureApiOptions;
    readonly #service: QosOnDemand;
    readonly #ticker: NodeJS.Timeout;
    /** Where to tell of a session, by its id. */
    readonly #sinks: Map<string, { url: URL; token: string | null }>;
    #events = 0;

    private constructor(server: Server, options: ExposureApiOptions, make: (api: ExposureApi) => QosOnDemand) {
        this.#server = server;
        this.#options = options;
        this.#sinks = new Map();
        this.port = (server.address() as AddressInfo).port;
        this.#service = make(this);
        server.on('request', (request, response) => void this.#serve(request, response));
        this.#ticker = setInterval(() => this.#service.tick(), TICK_MS);
        this.#ticker.unref();
    }

    /**
     * Opens the listener.
     *
     * @param make - Makes the service; give {@link ExposureApi.notify} of what it is given to it as `onStatus`.
     * @throws MixreelError `bad-input` for an address that is not loopback without a token, or a token too short.
     */
    static async listen(options: ExposureApiOptions, make: (api: ExposureApi) => QosOnDemand): Promise<ExposureApi> {
        const { host = '127.0.0.1', token } = options;
        requireLoopback(host, token);
        const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 });
        server.maxConnections = MAX_CONNECTIONS;
        const listening = once(server, 'listening');
        server.listen(requirePort('port', options.port ?? 0, true), host);
        await listening;
        return new ExposureApi(server, options, make);
    }

    /** Tells the sink of a session, if it has one, that its status changed. */
    notify(session: QosSession): void {
        const sink = this.#sinks.get(session.sessionId);
        if (!sink) return;
        if (session.status === 'UNAVAILABLE') this.#sinks.delete(session.sessionId);
        const { sessionId, status, statusInfo } = session;
        const event = {
            id: `${sessionId}-${this.#events++}`,
            source: `/quality-on-demand/v1/sessions/${sessionId}`,
            type: 'org.camaraproject.quality-on-demand.v1.qos-status-changed',
            specversion: '1.0',
            datacontenttype: 'application/json',
            time: this.#options.dateOf(status === 'AVAILABLE' ? session.startedNs : session.expiresNs).toISOString(),
            data: { sessionId, qosStatus: status, ...(statusInfo === null ? {} : { statusInfo }) }
        };
        void fetch(sink.url, {
            method: 'POST',
            redirect: 'error',
            signal: AbortSignal.timeout(SINK_TIMEOUT_MS),
            headers: {
                'content-type': 'application/cloudevents+json',
                ...(sink.token === null ? {} : { authorization: `Bearer ${sink.token}` })
            },
            body: JSON.stringify(event)
            // A sink that does not listen misses its events; the session is none the worse.
        }).catch(() => {});
    }

    /** Closes the listener and every connection. */
    async close(): Promise<void> {
        clearInterval(this.#ticker);
        this.#server.closeAllConnections();
        await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    }

    async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        let answer: Answer;
        try {
            this.#authenticate(request);
            answer = await this.#route(request);
        } catch (error) {
            answer =
                error instanceof Refused
                    ? error.answer
                    : [500, { status: 500, code: 'INTERNAL', message: 'The request could not be handled.' }];
        }
        const [status, body] = answer;
        const correlator = request.headers['x-correlator'];
        if (typeof correlator === 'string' && /^[\w\-:;./<>{}]{0,256}$/.test(correlator)) {
            response.setHeader('x-correlator', correlator);
        }
        response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
        // What is left of a body that was too long is not read.
        if (!request.complete) request.destroy();
    }

    #authenticate({ headers }: IncomingMessage): void {
        const { token } = this.#options;
        if (token === undefined) return;
        const given = Buffer.from(headers.authorization ?? '');
        const wanted = Buffer.from(`Bearer ${token}`);
        if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
        throw new Refused(401, 'UNAUTHENTICATED', 'Send the header "Authorization: Bearer" with the token.');
    }

    async #route(request: IncomingMessage): Promise<Answer> {
        const { method = 'GET' } = request;
        const path = readable(() => new URL(request.url ?? '/', 'http://localhost').pathname);
        const session = /^\/quality-on-demand\/v1\/sessions\/([^/]+)(\/extend)?$/.exec(path);
        const device = /^\/monitoring\/v1\/devices\/([^/]+)$/.exec(path)?.[1];
        if (method === 'POST' && path === '/quality-on-demand/v1/sessions')
            return this.#create(await readBody(request));
        if (method === 'POST' && path === '/quality-on-demand/v1/retrieve-sessions') {
            const { device: of } = await readBody(request);
            return [200, this.#service.ofDevice(deviceOf(of)).map((each) => this.#info(each))];
        }
        if (method === 'GET' && path === '/qos-profiles/v1/qos-profiles')
            return [200, this.#service.profiles.map(profileInfo)];
        if (method === 'GET' && device !== undefined) return this.#monitor(readable(() => decodeURIComponent(device)));
        const [, id = '', extend] = session ?? [];
        if (method === 'POST' && extend) {
            const { requestedAdditionalDuration } = await readBody(request);
            return [200, this.#info(done(this.#service.extend(id, requestedAdditionalDuration as number)))];
        }
        if (session && !extend && method === 'GET') return [200, this.#info(done(this.#service.get(id)))];
        if (session && !extend && method === 'DELETE') {
            done(this.#service.delete(id));
            return [204];
        }
        throw new Refused(404, 'NOT_FOUND', `There is no ${method} ${path}.`);
    }

    #create(body: Record<string, unknown>): Answer {
        const { applicationServer, qosProfile, duration, sink, sinkCredential } = body;
        const device = deviceOf(body['device']);
        const server = (applicationServer as Record<string, unknown> | undefined) ?? {};
        const address = server['ipv4Address'] ?? server['ipv6Address'];
        if (typeof address !== 'string' || address.length > 64) {
            throw new Refused(400, 'INVALID_ARGUMENT', 'applicationServer needs ipv4Address or ipv6Address.');
        }
        if (typeof qosProfile !== 'string' || typeof duration !== 'number') {
            throw new Refused(400, 'INVALID_ARGUMENT', 'qosProfile must be a text, duration a number of seconds.');
        }
        const target = sink === undefined ? null : { url: sinkOf(sink), token: tokenOf(sinkCredential) };
        const session = done(
            this.#service.create({ device, applicationServer: address, qosProfile, durationS: duration })
        );
        if (target) {
            this.#sinks.set(session.sessionId, target);
            // The session was told of before its sink was known.
            this.notify(session);
        }
        return [201, { ...this.#info(session), ...(sink === undefined ? {} : { sink }) }];
    }

    #monitor(device: string): Answer {
        const found = done(this.#service.monitor(device));
        return [200, { device: { networkAccessIdentifier: device }, ...found }];
    }

    #info(session: QosSession): object {
        const { sessionId, device, applicationServer, profile, startedNs, expiresNs, status, statusInfo } = session;
        const { dateOf } = this.#options;
        const family = isIPv4(applicationServer.split('/')[0] ?? '') ? 'ipv4Address' : 'ipv6Address';
        return {
            sessionId,
            device: { networkAccessIdentifier: device },
            applicationServer: { [family]: applicationServer },
            qosProfile: profile.name,
            duration: Math.max(1, Math.round((expiresNs - startedNs) / 1e9)),
            startedAt: dateOf(startedNs).toISOString(),
            expiresAt: dateOf(expiresNs).toISOString(),
            qosStatus: status,
            ...(statusInfo === null ? {} : { statusInfo })
        };
    }
}

/** What a request's path says; 400 where it says nothing. */
function readable(read: () => string): string {
    try {
        return read();
    } catch {
        throw new Refused(400, 'INVALID_ARGUMENT', 'The path of the request cannot be read.');
    }
}

function done<T extends object>(outcome: T | QosRefusal): T {
    if (typeof outcome === 'object') return outcome;
    throw new Refused(...REFUSALS[outcome]);
}

/** The identifier that names the device, in the order in which an operator would trust them. */
function deviceOf(value: unknown): string {
    const device = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const ipv4 = (device['ipv4Address'] as Record<string, unknown> | undefined)?.['publicAddress'];
    const names = [device['networkAccessIdentifier'], device['phoneNumber'], ipv4, device['ipv6Address']];
    const name = names.find((each) => typeof each === 'string' && each.length > 0 && each.length <= 256);
    if (typeof name === 'string') return name;
    throw new Refused(422, 'MISSING_IDENTIFIER', 'The device cannot be identified.');
}

function sinkOf(value: unknown): URL {
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
    const local = url !== null && LOOPBACK.includes(url.hostname.replace(/^\[|\]$/g, ''));
    if (url && local && /^https?:$/.test(url.protocol)) return url;
    throw new Refused(400, 'INVALID_SINK', 'sink must be an http URL on loopback.');
}

function tokenOf(value: unknown): string | null {
    if (value === undefined) return null;
    const { credentialType, accessToken, accessTokenType } = (value ?? {}) as Record<string, unknown>;
    if (credentialType !== 'ACCESSTOKEN')
        throw new Refused(400, 'INVALID_CREDENTIAL', 'Only Access token is supported');
    if (accessTokenType === 'bearer' && typeof accessToken === 'string' && /^[\w\-.~+/]+=*$/.test(accessToken)) {
        return accessToken;
    }
    throw new Refused(400, 'INVALID_TOKEN', 'Only bearer token is supported');
}

function profileInfo({ name, description, minDownstreamBps, minUpstreamBps, level, maxDurationS }: QosProfile): object {
    return {
        name,
        description,
        status: 'ACTIVE',
        targetMinDownstreamRate: { value: minDownstreamBps / 1000, unit: 'kbps' },
        targetMinUpstreamRate: { value: minUpstreamBps / 1000, unit: 'kbps' },
        minDuration: { value: 1, unit: 'Seconds' },
        maxDuration: { value: maxDurationS, unit: 'Seconds' },
        priority: level
    };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
        length += part.length;
        if (length > MAX_BODY) throw new Refused(413, 'PAYLOAD_TOO_LARGE', `The body has more than ${MAX_BODY} bytes.`);
        parts.push(part);
    }
    try {
        const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
            return value as Record<string, unknown>;
    } catch {
        // Said below.
    }
    throw new Refused(400, 'INVALID_ARGUMENT', 'The body must be a JSON object.');
}
