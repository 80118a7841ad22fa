/** `mixreel proxy`: real traffic through the emulated network, until Ctrl-C. */
import { badInput, quantile } from '@mixreel/core';
import { CELL_PRESET_NAMES, type LivePath, openLiveModel, type SchedulerLag, TRAFFIC_NAMES } from '@mixreel/xrnet';
import { startLiveModel, TcpProxy, UdpRelay } from '@mixreel/xrnet/node';
import { exposeCell } from '../chain/exposure.ts';
import { networkWay } from '../chain/network-way.ts';
import { type Command, type CommandContext, defineCommand, type Outcome } from '../command.ts';
import { choice, decimal, flag, ifGiven, integer, seed, text, textOr } from '../option.ts';
import { formatBytes, formatTable } from '../table.ts';

export const proxy: Command = defineCommand({
    operands: 'HOST:PORT',
    operandCount: [1, 1],
    description:
        'Listens (on loopback, or elsewhere with a token) and carries every connection to HOST:PORT over an emulated network in real time: a 5G cell with\n' +
        'other users, a recorded link (mahimahi, or CSV with time_ms and rate_mbps), or a line of given delay, rate and loss.\n' +
        'TCP carries HTTP, WebSocket and anything else; --udp carries datagrams. Ends with Ctrl-C, and says what happened.',
    options: {
        listen: integer(0, 65_535, 0, 'port to listen on; 0: any free one, printed on stderr'),
        host: textOr('ADDRESS', '127.0.0.1', 'address to listen on; any but loopback needs --token'),
        token: text('TOKEN', 'what clients must send first: a line, or with --udp a datagram'),
        udp: flag('datagrams in place of connections'),
        preset: ifGiven(choice(CELL_PRESET_NAMES, 'city', 'the cell and the radio')),
        users: integer(0, 1000, 0, 'other users of the cell'),
        traffic: choice(TRAFFIC_NAMES, 'vr-30', 'what each of them receives'),
        trace: text('FILE', 'a recorded link in place of the cell'),
        replay: text('SCENARIO.json', 'take the place of a user of this study of mixreel emulate'),
        user: integer(0, 9999, 0, 'with --replay: which one'),
        load: ifGiven(integer(1, 10_000, 1, 'with --replay: at which of its loads; default: the largest')),
        variant: text('NAME', 'with --replay: of which variant; default: the first'),
        delay: ifGiven(decimal(0, 10_000, 0, 'a line in place of the cell: ms each way')),
        jitter: ifGiven(decimal(0, 10_000, 0, 'of the line: ms, uniform')),
        rate: ifGiven(decimal(0.001, 1e6, 1000, 'of the line: Mbit/s each way')),
        loss: ifGiven(decimal(0, 1, 0, 'of the line: share of packets lost')),
        thread: choice(
            ['main', 'worker'],
            'main',
            'where the model runs: beside the sockets, or in a thread of its own'
        ),
        exposure: ifGiven(
            integer(0, 65_535, 0, "port of the cell's exposure API (CAMARA's quality on demand); 0: any free one")
        ),
        seconds: decimal(0, 1e6, 0, 'end after so long; 0: only with Ctrl-C'),
        seed: seed()
    },
    examples: [
        [
            'mixreel proxy 127.0.0.1:8080 --listen 9000 --preset cell-edge --users 4',
            'a web app at the edge of a busy cell'
        ],
        ['mixreel proxy 127.0.0.1:8080 --replay study.json --user 3', 'as user 3 of a simulated cell would have it'],
        ['mixreel proxy 127.0.0.1:8080 --users 8 --exposure 9001', 'the app asks the cell for quality, over HTTP'],
        ['mixreel proxy 127.0.0.1:5004 --udp --delay 20 --loss 0.01', 'a media stream over a line that loses 1 %']
    ],
    async run([target = ''], options, context) {
        const { host, port } = readTarget(target);
        const { preset, users, traffic, trace, loss, replay, user, load, variant, seed: root } = options;
        const way = await networkWay({
            preset,
            users,
            traffic,
            trace,
            loss,
            replay: replay === undefined ? undefined : { path: replay, user, load, variant },
            seed: root,
            delayMs: options.delay,
            jitterMs: options.jitter,
            rateMbps: options.rate
        });
        const { model, description } = way;
        const { token } = options;
        const where = { host: options.host, port: options.listen, targetHost: host, targetPort: port };
        const remote = options.thread === 'worker' ? await startLiveModel(model) : null;
        try {
            const live = remote ?? openLiveModel(model);
            const { toServer, toClient } = live;
            const { exposure } = options;
            const api =
                exposure === undefined
                    ? null
                    : await exposeCell(live, {
                          host: options.host,
                          port: exposure,
                          token,
                          users: way.users,
                          seed: root
                      });
            const settings = { ...where, toServer, toClient, ...(token === undefined ? {} : { token }) };
            const relay = options.udp ? await UdpRelay.listen(settings) : await TcpProxy.listen(settings);
            if (api)
                context.log(`exposure API on http://${options.host}:${api.port}, devices ue-0 to ue-${way.users - 1}`);
            context.log(`listening on ${options.host}:${relay.port}, to ${target} over ${description}`);
            await untilDone(options.seconds, context);
            await api?.close();
            const figures = [relay.toServer, relay.toClient].map(figuresOf);
            const scheduler = remote && (await remote.schedulerLag());
            await relay.close();
            return outcome({ port: relay.port, target, description }, figures, scheduler);
        } finally {
            remote?.close();
        }
    }
});

/** `scheduler`: lag of the model's own thread, which the ways' lag contains; null where it has none of its own. */
function outcome(about: object, [toServer, toClient]: readonly WayFigures[], scheduler: SchedulerLag | null): Outcome {
    const ways = [
        { way: 'to server', ...(toServer as WayFigures) },
        { way: 'to client', ...(toClient as WayFigures) }
    ];
    const table = formatTable(
        ['way', 'packets', 'delivered', 'lost', 'refused', 'bytes inside', 'late p50', 'late p99'],
        ways.map((f) => [
            f.way,
            ...[f.entered, f.delivered, f.lost, f.refused].map(String),
            formatBytes(f.insideBytes),
            lag(f.lagP50Ns),
            lag(f.lagP99Ns)
        ])
    );
    const own = scheduler && `of it in the model's thread: p50 ${lag(scheduler.p50Ns)}, p99 ${lag(scheduler.p99Ns)}`;
    return { text: own === null ? table : `${table}\n${own}`, json: { ...about, ways, scheduler } };
}

function readTarget(target: string): { host: string; port: number } {
    const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:\s/]+)):(\d{1,5})$/i.exec(target) ?? [];
    const number = Number(port);
    if (port !== undefined && number >= 1 && number <= 65_535) return { host: bracketed ?? plain ?? '', port: number };
    throw badInput(`the target is "${target}"`, 'HOST:PORT, the port from 1 to 65535', 'Write 127.0.0.1:8080');
}

/** Until the time is over or Ctrl-C comes, which is how this verb ends well. */
function untilDone(seconds: number, { progress }: CommandContext): Promise<void> {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, seconds === 0 ? 2 ** 31 - 1 : seconds * 1000);
        progress.signal?.addEventListener(
            'abort',
            () => {
                clearTimeout(timer);
                resolve();
            },
            { once: true }
        );
    });
}

type WayFigures = LivePath['counters'] & { lagP50Ns: number | null; lagP99Ns: number | null };

/** Counters, and how much later than the model said packets left: what the machine adds. */
function figuresOf(path: LivePath): WayFigures {
    const lags = path.lagsNs();
    const at = (q: number): number | null => (lags.length === 0 ? null : quantile(lags, q));
    return { ...path.counters, lagP50Ns: at(0.5), lagP99Ns: at(0.99) };
}

function lag(ns: number | null): string {
    return ns === null ? '-' : `${(ns / 1e6).toFixed(3)} ms`;
}
