/** What a network of coupled cells is, and what of it is refused. */
import type { Flow } from '../cell/flow.ts';
import type { CellConfigInput } from '../config.ts';
import type { PlaceName } from '../phy/path-loss.ts';
import { requireNumber, wrong } from '../require-number.ts';
import { type HandoverConfig, requireHandover } from './handovers.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { NetworkRadio } from './links.ts';

const DEFAULT_SITES = 7;

/** Where coupled cells are and how their users move. Radio figures left out are those of the place. */
export interface CoupledCells extends Partial<NetworkRadio> {
    readonly place: PlaceName;
    /** Masts with three cells each, 1 or 7, default 7; indoors always twelve cells. */
    readonly sites?: number;
    /** Between masts, m, 10 to 5000; default 500 (uma), 200 (umi). */
    readonly distanceM?: number;
    /** Speed of all users, km/h, 0 to 500; default: they stand, and fading is that of `cell`. See src/network/walk.ts. */
    readonly speedKmh?: number;
    /** How users that walk change cells; default: they stay with the one they were dropped into. See src/network/handovers.ts. */
    readonly handover?: HandoverConfig;
    /** Interferers of each user whose fast fading is modelled, the strongest, 0 (default: their mean power counts) to 20. */
    readonly fadingInterferers?: number;
}

/** What a network is. */
export interface NetworkConfig extends CoupledCells {
    /** Users a cell, 1 to 1000. */
    readonly usersPerCell: number;
    /** What each cell is; its radio is what the place makes it. */
    readonly cell?: CellConfigInput;
    /** What every user sends and receives; `ue` is filled in. */
    readonly flows: readonly Omit<Flow, 'ue'>[];
}

/** Users that a cell of a network may have. */
export const MOST_USERS_A_CELL = 1000;

/** How many they are. */
export function cellsOf({ place, sites = DEFAULT_SITES }: CoupledCells): number {
    return place === 'inh' ? 12 : 3 * sites;
}

/** Their places. */
export function layoutFor({ place, sites = DEFAULT_SITES, distanceM }: CoupledCells): Layout {
    return layoutOf(place, sites, distanceM ?? (place === 'uma' ? 500 : 200));
}

/** Radio of the places at 4 GHz, as XR studies deploy it (TR 38.838's figures, not checked against its text). */
const RADIO: Readonly<Record<PlaceName, NetworkRadio>> = {
    uma: base('uma', { baseM: 25, baseDbm: 53, tiltDeg: 8 }),
    umi: base('umi', { baseM: 10, baseDbm: 51, tiltDeg: 6 }),
    inh: base('inh', { baseM: 3, baseDbm: 31, tiltDeg: 0 })
};

function base(place: PlaceName, changes: Partial<NetworkRadio>): NetworkRadio {
    return Object.freeze({
        place,
        carrierGhz: 4,
        baseM: 10,
        userM: 1.5,
        baseDbm: 44,
        userDbm: 23,
        baseNoiseDb: 5,
        userNoiseDb: 9,
        beamGainDb: 9,
        tiltDeg: 6,
        uplinkTargetDb: 15,
        indoorShare: 0,
        building: 'low',
        ...changes
    });
}

/** Every field of {@link CoupledCells}. */
export const COUPLED_CELL_FIELDS: readonly string[] = Object.freeze([
    ...Object.keys(RADIO.uma),
    'sites',
    'distanceM',
    'speedKmh',
    'handover',
    'fadingInterferers'
]);

/** Checks every field; the radio, complete. Throws `bad-input`. */
export function requireCoupledCells(input: CoupledCells): NetworkRadio {
    if (!Object.hasOwn(RADIO, input.place)) throw wrong('place', input.place, 'uma, umi or inh');
    const standard = RADIO[input.place];
    const { sites = DEFAULT_SITES } = input;
    if (sites !== 1 && sites !== 7) throw wrong('sites', sites, '1 or 7');
    requireNumber('distanceM', input.distanceM ?? 200, 10, 5000, false, 'm');
    const given = Object.fromEntries(
        Object.keys(standard)
            .map((key) => [key, input[key as keyof CoupledCells]])
            .filter(([, value]) => value !== undefined)
    );
    const radio = { ...standard, ...given } as NetworkRadio;
    requireNumber('carrierGhz', radio.carrierGhz, 0.5, 100, false, 'GHz');
    requireNumber('baseM', radio.baseM, 1, 150, false, 'm');
    requireNumber('userM', radio.userM, 1, 23, false, 'm');
    for (const key of ['baseDbm', 'userDbm'] as const) requireNumber(key, radio[key], -30, 80, false, 'dBm');
    for (const key of ['baseNoiseDb', 'userNoiseDb', 'beamGainDb'] as const) {
        requireNumber(key, radio[key], 0, 30, false, 'dB');
    }
    requireNumber('tiltDeg', radio.tiltDeg, 0, 45, false, 'degrees');
    requireNumber('uplinkTargetDb', radio.uplinkTargetDb, -10, 40, false, 'dB');
    requireNumber('indoorShare', radio.indoorShare, 0, radio.place === 'inh' ? 0 : 1, false, '');
    if (radio.building !== 'low' && radio.building !== 'high') throw wrong('building', radio.building, 'low or high');
    requireNumber('speedKmh', input.speedKmh ?? 0, 0, 500, false, 'km/h');
    requireNumber('fadingInterferers', input.fadingInterferers ?? 0, 0, 20, true, 'cells');
    if (input.handover !== undefined) {
        requireHandover(input.handover);
        if (!input.speedKmh) throw wrong('speedKmh', input.speedKmh, 'above 0 where there are handovers');
    }
    return radio;
}
