/**
 * A live network as data: what a thread is sent to make the model itself. In the caller's thread and in a worker the same function
 * makes the same model object, so both give a packet the same fate.
 */
import { badInput, Rng } from '@mixreel/core';
import type { Flow } from '../cell/flow.ts';
import type { UserState } from '../cell/network-state.ts';
import type { CellConfigInput } from '../config.ts';
import { resolveCellConfig } from '../resolve-config.ts';
import { LiveCell } from './cell-path.ts';
import { DelayLine, type DelayLineOptions } from './delay-line.ts';
import type { PacketPath } from './packet-path.ts';
import { TracePath } from './trace-path.ts';

/** A place in a cell (L1 or L2), a line of given numbers or a recorded link (L0). */
export type LiveModel =
    | {
          readonly kind: 'cell';
          readonly config: CellConfigInput;
          /** Root of all randomness. */
          readonly seed: number | string;
          /** Names of the cell's randomness below the root; default `live`, `cell`. */
          readonly names?: readonly (string | number)[];
          /** Flows of the other users. Default: none. */
          readonly background?: readonly Flow[];
          /** The user whose place is taken, 0 to 9999; default 0. */
          readonly ue?: number;
          /** Delay budget of the packets, ns; default 100 ms. */
          readonly deadlineNs?: number;
      }
    | {
          readonly kind: 'line';
          readonly toServer: Partial<DelayLineOptions>;
          readonly toClient: Partial<DelayLineOptions>;
          readonly seed: number | string;
      }
    /** Opportunities of 1500 bytes, ms, rising: from `readMahimahiTrace` or `readCsvTrace`. */
    | { readonly kind: 'trace'; readonly toServer: Float64Array; readonly toClient: Float64Array };

/** The two ways of a connection. */
export interface LiveWays {
    readonly toServer: PacketPath;
    readonly toClient: PacketPath;
    /** The cell, where the model is one and runs in this thread. */
    readonly cell?: LiveCell;
}

/**
 * The model itself, in this thread.
 *
 * @param onState - Is told the network states of the user, where the model is a cell.
 * @throws MixreelError `bad-input` for what is out of range.
 */
export function openLiveModel(model: LiveModel, onState: (state: UserState) => void = () => {}): LiveWays {
    if (model.kind === 'trace') {
        return { toServer: new TracePath(model.toServer), toClient: new TracePath(model.toClient) };
    }
    if (model.kind !== 'line' && model.kind !== 'cell') {
        throw badInput(
            `the live model is ${JSON.stringify((model as { kind: unknown }).kind)}`,
            'cell, line or trace',
            'Name one of them'
        );
    }
    if (model.kind === 'line') {
        const rng = Rng.create(model.seed).child('live');
        return {
            toServer: new DelayLine(model.toServer, rng.child('to-server')),
            toClient: new DelayLine(model.toClient, rng.child('to-client'))
        };
    }
    const { config, seed, names = ['live', 'cell'], background, ue, deadlineNs } = model;
    const cell = new LiveCell(resolveCellConfig(config), Rng.create(seed).child(...names), {
        onState,
        ...(background === undefined ? {} : { background }),
        ...(ue === undefined ? {} : { ue }),
        ...(deadlineNs === undefined ? {} : { deadlineNs })
    });
    return { toServer: cell.path('uplink'), toClient: cell.path('downlink'), cell };
}
