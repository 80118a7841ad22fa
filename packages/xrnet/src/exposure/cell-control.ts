/** A cell as {@link QosOnDemand} controls it: devices are named by the caller, states come from the cell's `onState`. */
import type { Cell } from '../cell/cell.ts';
import type { UserState } from '../cell/network-state.ts';
import type { QosControl } from './qos-on-demand.ts';

/** @param devices - User number by device identifier. */
export function cellControl(
    cell: Cell,
    devices: ReadonlyMap<string, number>
): QosControl & { onState(state: UserState): void } {
    const states = new Map<number, UserState>();
    return {
        userOf: (device) => devices.get(device) ?? null,
        aloneRateBps: (ue, direction) => cell.aloneRateBps(ue, direction),
        setPriorityLevel: (ue, direction, level) => cell.setPriorityLevel(ue, direction, level),
        stateOf: (ue) => states.get(ue) ?? null,
        onState: (state) => void states.set(state.ue, state)
    };
}
