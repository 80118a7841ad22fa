import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { type CellResult, simulateCell } from '../../src/cell/simulate-cell.ts';
import { type CarrierConfig, type CellConfigInput, SUBBAND_DEFAULTS } from '../../src/config.ts';
import { SubbandGrid } from '../../src/mac/subband-grid.ts';
import { InterferenceBoard } from '../../src/network/coupling.ts';
import { InterfererFading } from '../../src/network/interferer-fading.ts';
import { layoutOf } from '../../src/network/layout.ts';
import type { DroppedUser } from '../../src/network/links.ts';
import type { NetworkConfig } from '../../src/network/network-config.ts';
import { elementGainDb } from '../../src/network/propagation.ts';
import { type NetworkResult, simulateNetwork } from '../../src/network/simulate-network.ts';
import { SubbandFading } from '../../src/phy/subband-fading.ts';
import { trafficModel } from '../../src/traffic/models.ts';

const dropped = (cell: number, hears: number[], heardBy: number[]): DroppedUser => ({
    xM: 0,
    yM: 0,
    cell,
    ue: 0,
    los: true,
    indoor: false,
    snrDb: 20,
    uplinkSnrDb: 15,
    hears: Float64Array.from(hears),
    heardBy: Float64Array.from(heardBy)
});

describe('a cell of subbands', () => {
    const run = (config: CellConfigInput, seed = 2): CellResult =>
        simulateCell({ coreDelayNs: 0, durationNs: 1e9, ...config }, [{ ue: 0, traffic: trafficModel('vr-30') }], {
            rng: Rng.create(seed)
        });

    it.each(['miesm', 'eesm'] as const)('without fading is the wideband cell to the nanosecond (%s)', (mapping) => {
        const radio = { sinrDb: 13, fading: null };
        const wide = run({ radio });
        const split = run({ radio, subbands: { mapping } });
        expect(split.fidelity).toBe('L2');
        expect(split.users).toEqual(wide.users);
        expect(split.counters).toEqual(wide.counters);
    });

    it('keeps its block error rate near the target where subbands fade', () => {
        const { counters } = run({ radio: { sinrDb: 14 }, subbands: {}, durationNs: 4e9 });
        const { firstFailures, firstTransmissions } = counters.downlink;
        // The outer loop steers to 0.1; some hundred blocks.
        expect(firstFailures / firstTransmissions).toBeGreaterThan(0.04);
        expect(firstFailures / firstTransmissions).toBeLessThan(0.18);
    });

    it('refuses what is out of range', () => {
        expect(() => run({ subbands: { count: 40 } })).toThrow(/subbands.count is 40/);
        expect(() => run({ subbands: { profile: 'tdl-z' as 'tdl-a' } })).toThrow(/tdl-a, tdl-b/);
        expect(() => run({ subbands: {}, multiplexing: 'time' })).toThrow(/multiplexing/);
    });
});

describe('the interference of one slot', () => {
    it('is the share of each subband that others use times how strongly they are heard', () => {
        const users = [
            [dropped(0, [0, 5, 2], [0, 0, 0])],
            [dropped(1, [1, 0, 1], [3, 0, 7])],
            [dropped(2, [0, 0, 0], [0, 0, 0])]
        ];
        const board = new InterferenceBoard(users, 3);
        const grid = new SubbandGrid(30, 3);
        const taken = (cell: number, direction: 'downlink' | 'uplink', prbs: number): void => {
            grid.clear();
            grid.choose(Uint8Array.of(0, 1, 2), prbs);
            board.of(cell).taken(direction, 0, grid);
        };
        const rise = (cell: number, direction: 'downlink' | 'uplink', smoothed: boolean): number[] => {
            const out = new Float64Array(3);
            board.of(cell).rise(direction, 0)(out, smoothed);
            return [...out];
        };
        board.next(true, true, 0);
        taken(1, 'downlink', 15);
        taken(2, 'downlink', 30);
        taken(1, 'uplink', 10);
        // Cell 1 uses subband 0 whole and half of subband 1; cell 2 everything.
        expect(rise(0, 'downlink', false)).toEqual([1 + 5 + 2, 1 + 2.5 + 2, 1 + 2]);
        expect(rise(0, 'uplink', false)).toEqual([1 + 3, 1, 1]);
        expect(rise(1, 'uplink', false)).toEqual([1, 1, 1]);
        expect(rise(2, 'uplink', false)).toEqual([1 + 7, 1, 1]);
        expect(rise(0, 'downlink', true)).toEqual([1, 1, 1]);
        board.next(true, true, 500_000);
        // A twentieth of the slot before.
        expect(rise(0, 'downlink', true)[0]).toBeCloseTo(1 + 0.05 * 7, 12);
        expect(rise(0, 'downlink', false)).toEqual([1, 1, 1]);
    });
});

describe('fast fading of interferers', () => {
    const users = [[dropped(0, [0, 5, 2, 0.5], [0, 4, 1, 1])], [dropped(1, [1, 0, 1, 1], [1, 0, 1, 1])], [], []];
    const shape = { count: 3, profile: 'tdl-c', delaySpreadNs: 1000, bandwidthHz: 98_280_000 } as const;
    const config = { kFactorDb: -40, dopplerHz: 50, branches: 1 };
    const make = (cell: number, ue: number, other: number): SubbandFading =>
        new SubbandFading(config, shape, Rng.create(8).stream(cell, ue, other));

    it('has mean 1 and the spread of Rayleigh, on the strongest links only', () => {
        const fading = new InterfererFading(users, 2, make);
        const out = new Float64Array(3);
        expect(fading.read(0, 0, 3, 0, out)).toBe(false);
        expect(fading.read(0, 0, 0, 0, out)).toBe(false);
        const powers: number[] = [];
        for (let i = 0; i < 3000; i++) {
            // 0.1 s apart: ten coherence times of 50 Hz.
            expect(fading.read(0, 0, 1, i * 1e8, out)).toBe(true);
            powers.push(...out);
        }
        const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
        const square = powers.reduce((sum, power) => sum + power ** 2, 0) / powers.length;
        // One realisation of 96 sinusoids: its own mean differs from 1 by some percent; E[p^2] = 2 for an exponential.
        expect(Math.abs(mean - 1)).toBeLessThan(0.1);
        expect(Math.abs(square / mean ** 2 - 2)).toBeLessThan(0.25);
    });

    it('multiplies what the slot hears of them, both ways, and leaves the mean of the weaker ones', () => {
        const fading = new InterfererFading(users, 2, make);
        const board = new InterferenceBoard(users, 3, fading);
        const grid = new SubbandGrid(30, 3);
        const all = (cell: number, direction: 'downlink' | 'uplink'): void => {
            grid.clear();
            grid.choose(Uint8Array.of(0, 1, 2), 30);
            board.of(cell).taken(direction, 0, grid);
        };
        const timeNs = 3e8;
        const gains = (other: number): number[] => {
            const out = new Float64Array(3);
            make(0, 0, other).read(timeNs, out);
            return [...out];
        };
        board.next(true, true, timeNs);
        for (const cell of [1, 2, 3]) all(cell, 'downlink');
        const out = new Float64Array(3);
        board.of(0).rise('downlink', 0)(out, false);
        for (let s = 0; s < 3; s++) {
            const [one, two] = [gains(1)[s] as number, gains(2)[s] as number];
            expect(out[s]).toBeCloseTo(1 + 5 * one + 2 * two + 0.5, 9);
        }
        all(0, 'uplink');
        board.of(1).rise('uplink', 0)(out, false);
        for (let s = 0; s < 3; s++) expect(out[s]).toBeCloseTo(1 + 4 * (gains(1)[s] as number), 9);
        board.of(3).rise('uplink', 0)(out, false);
        expect([...out]).toEqual([2, 2, 2]);
    });
});

describe('a layout', () => {
    it('of seven sites looks the same from every site', () => {
        const layout = layoutOf('uma', 7, 500);
        expect(layout.cells).toHaveLength(21);
        const distances = (from: number): number[] =>
            layout.cells
                .map((cell) => {
                    const way = layout.toward(layout.cells[from] as { xM: number; yM: number }, cell);
                    return Math.round(Math.hypot(way.xM, way.yM));
                })
                .sort((a, b) => a - b);
        // Wrapped around, every mast has six neighbours at one site distance.
        for (let cell = 0; cell < 21; cell++) expect(distances(cell)).toEqual(distances(0));
        expect(distances(0)).toEqual([...Array(3).fill(0), ...Array(18).fill(500)]);
    });

    it('has sectors of 65 degrees and 30 dB', () => {
        expect(elementGainDb(0, 0)).toBe(8);
        // Half of the beam width off the axis costs 3 dB.
        expect(elementGainDb((32.5 * Math.PI) / 180, 0)).toBeCloseTo(5, 9);
        expect(elementGainDb(Math.PI, 0)).toBe(-22);
    });
});

describe('a network', () => {
    const run = (changes: Partial<NetworkConfig> = {}, seed = 1): NetworkResult =>
        simulateNetwork(
            {
                place: 'umi',
                sites: 1,
                usersPerCell: 2,
                cell: { durationNs: 3e8, coreDelayNs: 0 },
                flows: [{ traffic: trafficModel('vr-30') }],
                ...changes
            },
            { rng: Rng.create(seed) }
        );

    it('gives every cell its users, served by the cell they hear best', () => {
        const { cells, dropped: users } = run();
        expect(cells.map((cell) => cell.users.length)).toEqual([2, 2, 2]);
        for (const [c, list] of users.entries()) {
            for (const user of list) {
                expect(user.hears[c]).toBe(0);
                for (const other of user.hears) expect(10 * Math.log10(other)).toBeLessThan(user.snrDb);
            }
        }
    });

    it('is the same again with the same seed, and its users stay where they are when more come', () => {
        expect(run()).toEqual(run());
        const more = run({ usersPerCell: 3 });
        for (const [c, list] of run().dropped.entries()) expect(more.dropped[c]?.slice(0, 2)).toEqual(list);
    });

    it('suffers from its own load: alone, a cell serves the same users faster', () => {
        const quiet = run({ flows: [{ traffic: trafficModel('pose') }], usersPerCell: 3 }, 5);
        const loaded = run(
            {
                flows: [{ traffic: trafficModel('pose') }, { traffic: trafficModel('full-buffer') }],
                cell: { durationNs: 3e8, coreDelayNs: 0, scheduler: 'edf' },
                usersPerCell: 3
            },
            5
        );
        const transmissionNs = ({ cells }: NetworkResult): number =>
            cells.flatMap(({ users }) => users).reduce((sum, { flows }) => sum + (flows[0]?.meanCausesNs.harq ?? 0), 0);
        expect(transmissionNs(loaded)).toBeGreaterThan(transmissionNs(quiet));
        expect(loaded.cells[0]?.downlinkLoad).toBeGreaterThan(0.9);
        expect(loaded.fidelity).toBe('L2');
    });

    it('hears its interferers fade when told to, the same way with the same seed', () => {
        const busy = {
            flows: [{ traffic: trafficModel('full-buffer') }, { direction: 'uplink', traffic: trafficModel('pose') }]
        } as const;
        const mean = run(busy);
        const fading = run({ ...busy, fadingInterferers: 3 });
        expect(run({ ...busy, fadingInterferers: 3 })).toEqual(fading);
        expect(fading.cells).not.toEqual(mean.cells);
        expect(fading.dropped).toEqual(mean.dropped);
    });

    it('aggregates carriers in coupled cells, each with an interference of its own', () => {
        const delivered = (carriers: readonly CarrierConfig[]): number =>
            run({
                flows: [{ traffic: trafficModel('full-buffer') }],
                cell: { durationNs: 2e8, coreDelayNs: 0, bandwidthPrb: 106, carriers }
            })
                .cells.flatMap(({ users }) => users)
                .reduce((sum, { flows: [kpi] }) => sum + (kpi?.deliveredBytes ?? 0), 0);
        const one = delivered([]);
        const twin = { bandwidthPrb: 106, pattern: 'DDDSU', sinrOffsetDb: 0 };
        // Fading and errors differ from carrier to carrier; half a window more is delivered after the end.
        expect(delivered([twin]) / one).toBeGreaterThan(1.7);
        expect(delivered([twin]) / one).toBeLessThan(2.3);
        // 60 dB less reaches the users of that carrier, and as much less its neighbours.
        expect(delivered([{ ...twin, sinrOffsetDb: -60 }]) / one).toBeLessThan(1.05);
    });

    it('works indoors and for uplinks', () => {
        const { cells } = run({
            place: 'inh',
            usersPerCell: 1,
            flows: [{ direction: 'uplink', traffic: trafficModel('ar-uplink-10') }]
        });
        expect(cells).toHaveLength(12);
        expect(cells.every(({ users }) => users[0]?.flows[0]?.complete !== 0)).toBe(true);
    });

    it('refuses what is out of range', () => {
        expect(() => run({ sites: 3 })).toThrow(/sites is 3/);
        expect(() => run({ usersPerCell: 0 })).toThrow(/usersPerCell is 0/);
        expect(() => run({ place: 'sea' as 'uma' })).toThrow(/uma, umi or inh/);
    });

    it('has the subbands it is given', () => {
        expect(run({ cell: { durationNs: 1e8, subbands: { ...SUBBAND_DEFAULTS, count: 4 } } }).events).toBeGreaterThan(
            0
        );
    });
});
