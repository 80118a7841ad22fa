/**
 * A simulated user, live: a real connection takes the place of one user of one run of a study. Its radio, the other users and all
 * that they draw are those of the run, since streams are named by user and not by what else happens; only its own packets are
 * new. The others go on for an hour.
 */
import { badInput } from '@mixreel/core';
import type { LiveModel } from '../live/live-model.ts';
import type { NetworkScenario } from './scenario.ts';
import { flowsOf } from './scenario-flow.ts';
import { rngNames, type StudyRun } from './world.ts';

/** Longest simulated time, ns: the most that a configuration takes. */
const LIVE_NS = 3.6e12;

/** The network around user `ue` of a run. @throws MixreelError `bad-input` for a user or a variant that the run lacks. */
export function replayUser(scenario: NetworkScenario, run: StudyRun, ue: number): LiveModel {
    const variant = scenario.variants[run.variant];
    if (!variant || !(Number.isInteger(ue) && ue >= 0 && ue < run.users)) {
        throw badInput(
            `user ${ue} of variant ${run.variant} with ${run.users} users is to be replayed`,
            `a variant from 0 to ${scenario.variants.length - 1}, a user from 0 to ${run.users - 1}`,
            'Name one of them'
        );
    }
    if (variant.network) {
        throw badInput(
            `variant "${variant.name}" has coupled cells`,
            'a variant of one cell',
            'Name another, or set "network": null in it'
        );
    }
    return {
        kind: 'cell',
        config: { ...variant.cell, durationNs: LIVE_NS },
        seed: scenario.seed,
        names: rngNames(run.seed),
        background: flowsOf(variant.flows, run.users).filter((flow) => flow.ue !== ue),
        ue
    };
}
