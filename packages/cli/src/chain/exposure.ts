/**
 * The exposure API beside live traffic: while `mixreel proxy` carries an application's connections as user 0 of a cell, the
 * application (or anyone on loopback) asks that cell for quality over CAMARA's HTTP. Devices are called `ue-0`, `ue-1` …
 */
import { badInput, RealClock, Rng } from '@mixreel/core';
import { type LiveWays, QosOnDemand } from '@mixreel/xrnet';
import { ExposureApi } from '@mixreel/xrnet/node';

/** Where the API listens, and what of. */
export interface ExposureSettings {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    readonly token: string | undefined;
    /** Users of the cell, the live one included. */
    readonly users: number;
    readonly seed: number | string;
}

/** Opens the API over a live cell. Throws `bad-input` where the way is no cell of this thread. */
export function exposeCell({ cell }: LiveWays, settings: ExposureSettings): Promise<ExposureApi> {
    if (!cell) {
        throw badInput(
            '--exposure is given, but the network is no cell beside the sockets',
            'a cell',
            'Use --preset or --replay, and --thread main'
        );
    }
    const { host, port, token, users, seed } = settings;
    const control = cell.control(new Map(Array.from({ length: users }, (_, ue) => [`ue-${ue}`, ue])));
    const clock = new RealClock();
    // Wall-clock time of the clock's zero: dates are for people, nothing is computed from them.
    const zeroMs = performance.timeOrigin + performance.now() - clock.nowNs() / 1e6;
    return ExposureApi.listen(
        { host, port, ...(token === undefined ? {} : { token }), dateOf: (timeNs) => new Date(zeroMs + timeNs / 1e6) },
        (api) => new QosOnDemand(control, clock, Rng.create(seed).child('exposure'), (session) => api.notify(session))
    );
}
