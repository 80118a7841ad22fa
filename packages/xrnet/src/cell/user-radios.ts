/**
 * A user's two radios: one channel seen from both ends, so both directions have the same draws; at fidelity L2 the same fading
 * object, and other cells' interference where there is a coupling.
 */
import type { Rng } from '@mixreel/core';
import type { CellConfig, RadioConfig } from '../config.ts';
import type { SubbandGrid } from '../mac/subband-grid.ts';
import type { Carrier } from '../phy/carrier.ts';
import { type Radio, UserRadio } from '../phy/radio.ts';
import { SubbandFading } from '../phy/subband-fading.ts';
import { type NoiseRise, SubbandRadio } from '../phy/subband-radio.ts';
import type { Direction } from '../phy/tdd.ts';

/** What a cell and the cells around it do to each other, fidelity L2; see src/network/coupling.ts. */
export interface CellCoupling {
    /** A user takes resource blocks of this slot: those that `grid` has picked. */
    taken(direction: Direction, ue: number, grid: SubbandGrid): void;
    /** Interference over noise of a user's subbands. */
    rise(direction: Direction, ue: number): NoiseRise;
}

/** The radios of user `ue`. `rng`: the cell's root. */
export function userRadios(
    ue: number,
    config: CellConfig,
    carriers: Readonly<Record<Direction, Carrier>>,
    rng: Rng,
    coupling: CellCoupling | null
): Record<Direction, Radio> {
    const radio: RadioConfig = { ...config.radio, ...config.users[ue] };
    const own = rng.child('ue', ue, 'radio');
    const { subbands } = config;
    if (!subbands) {
        return {
            downlink: new UserRadio(radio, config, carriers.downlink, own),
            uplink: new UserRadio(radio, config, carriers.uplink, own, true)
        };
    }
    const bandwidthHz = config.bandwidthPrb * 12 * 15_000 * 2 ** config.numerology;
    const fading = radio.fading && new SubbandFading(radio.fading, { ...subbands, bandwidthHz }, own.stream('fading'));
    const of = (direction: Direction): Radio => {
        const rise = coupling?.rise(direction, ue) ?? null;
        const uplink = direction === 'uplink';
        return new SubbandRadio(radio, config, subbands, carriers[direction], own, fading, uplink, rise);
    };
    return { downlink: of('downlink'), uplink: of('uplink') };
}
