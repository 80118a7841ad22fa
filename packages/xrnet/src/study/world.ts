/** What a run of a study simulates, ready to advance: a cell, or coupled ones in step, with their users. */
import { badInput, Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import { Network, type NetworkHooks } from '../network/network.ts';
import type { NetworkScenario, ScenarioVariant } from './scenario.ts';
import { flowsOf } from './scenario-flow.ts';

/** One run of a study. */
export interface StudyRun {
    /** Place in {@link studyRuns}. */
    readonly run: number;
    /** Index of the variant. */
    readonly variant: number;
    /** In the cell; of coupled cells in each. */
    readonly users: number;
    /** 0 to `seeds` - 1. */
    readonly seed: number;
}

/** See the file comment. */
export interface World {
    readonly cells: readonly Cell[];
    /** Start of the next slot that was not run yet, ns. */
    readonly nowNs: number;
    /** Sets that are inside, or wait for their slot. */
    readonly pending: number;
    /** Runs every slot that starts before `timeNs`. */
    advanceTo(timeNs: number): void;
}

/** The world of a run at time 0. */
export function openWorld(scenario: NetworkScenario, run: StudyRun, hooks: NetworkHooks = {}): World {
    const { cell: config, flows: all, network } = variantOf(scenario, run.variant);
    const rng = rngOf(scenario, run.seed);
    const flows: Flow[] = flowsOf(all, 1);
    if (network) return new Network({ ...network, usersPerCell: run.users, cell: config, flows }, rng, hooks);
    const { onArrival, flowsOf: flowsOfUser = () => flows } = hooks;
    const cell = new Cell(config, rng, onArrival ? { onArrival } : {});
    for (let ue = 0; ue < run.users; ue++) for (const flow of flowsOfUser(0, ue)) cell.addFlow({ ...flow, ue });
    return {
        cells: [cell],
        get nowNs() {
            return cell.nowNs;
        },
        get pending() {
            return cell.pending;
        },
        advanceTo: (timeNs) => cell.advanceTo(timeNs)
    };
}

/** The randomness of a seed: the same for every variant and load, so that users are the same users. */
export function rngOf(scenario: NetworkScenario, seed: number): Rng {
    return Rng.create(scenario.seed).child(...rngNames(seed));
}

/** The names of {@link rngOf} below the scenario's seed. */
export function rngNames(seed: number): readonly [string, number] {
    return ['study', seed];
}

/** A variant by its index. @throws MixreelError `bad-input` */
export function variantOf(scenario: NetworkScenario, index: number): ScenarioVariant {
    const variant = scenario.variants[index];
    if (variant) return variant;
    throw badInput(`a run names variant ${index}`, `0 to ${scenario.variants.length - 1}`, 'Use runs of this scenario');
}
