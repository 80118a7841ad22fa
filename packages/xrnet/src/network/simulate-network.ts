/** One run of coupled cells on virtual time: configuration in, figures out. What happens: src/network/network.ts. */
import { type Progress, type Rng, throwIfAborted } from '@mixreel/core';
import { type UserResult, usersOf } from '../cell/simulate-cell.ts';
import type { DroppedUser } from './links.ts';
import { Network } from './network.ts';
import type { NetworkConfig } from './network-config.ts';

/** What one cell did. */
export interface NetworkCellResult {
    readonly users: readonly UserResult[];
    /** Share of its downlink slots that was used. */
    readonly downlinkLoad: number;
}

/** What a network did. */
export interface NetworkResult {
    readonly fidelity: 'L2';
    readonly cells: readonly NetworkCellResult[];
    /** Times that users changed cells. A user counts in the cell that has it at the end. */
    readonly handovers: number;
    /** Where users were dropped and how they hear, by cell. */
    readonly dropped: readonly (readonly DroppedUser[])[];
    /** Share of all users that are satisfied. */
    readonly satisfied: number;
    readonly events: number;
    readonly endNs: number;
}

const REPORT_NS = 100_000_000;

/** See the file comment. @throws MixreelError `bad-input`, `aborted`. */
export function simulateNetwork(
    input: NetworkConfig,
    { rng, progress }: { readonly rng: Rng; readonly progress?: Progress }
): NetworkResult {
    const network = new Network(input, rng);
    const lastNs = network.durationNs;
    while (network.pending > 0) {
        throwIfAborted(progress, 'simulating the network');
        network.advanceTo(network.nowNs + REPORT_NS);
        progress?.report?.(Math.min(network.nowNs, lastNs) / 1e9, lastNs / 1e9, 'simulating the network');
    }
    return resultOf(network);
}

function resultOf(network: Network): NetworkResult {
    const cells = network.cells.map((cell): NetworkCellResult => {
        const { slots, usedSlots } = cell.counters('downlink');
        const total = network.durationNs / cell.tdd.slotNs;
        const share = [...cell.tdd.downlinkSymbols].filter((n) => n > 0).length / cell.tdd.periodSlots;
        return {
            users: usersOf(cell.kpis(), cell),
            downlinkLoad: slots === 0 ? 0 : Math.min(1, usedSlots / (total * share))
        };
    });
    const users = cells.flatMap((cell) => cell.users);
    return {
        fidelity: 'L2',
        cells,
        handovers: network.handovers,
        dropped: network.dropped,
        satisfied: users.filter(({ satisfied }) => satisfied).length / Math.max(1, users.length),
        events: network.cells.reduce((sum, cell) => sum + cell.events, 0),
        endNs: network.nowNs
    };
}
