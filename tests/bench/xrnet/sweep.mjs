/**
 * A capacity curve as `mixreel emulate` makes it: 10 loads, 20 seeds, 10 s each, on two worker threads. 13.4 s beside other work on
 * the two cores; the start of the threads and their first runs, which compile, are in it, so that two seeds do not tell of twenty.
 *
 * Tried, all to the same bytes: network states that nobody hears are not made, and sizes of transport blocks are shared by the
 * cells of a thread (together 0 to 19 % of the CPU, three pairs of five seeds); what a cell runs in every slot left alone where it
 * is empty, numbers that decide nothing not drawn (src/cell/cell.ts). Not done: keeping a user's fading and frame sizes from one
 * load to the next, about an eighth of the profile.
 */
import { performance } from 'node:perf_hooks';
import { readScenario, studyResult } from '@mixreel/xrnet';
import { runStudy } from '@mixreel/xrnet/node';

export default async function sweep({ quick }) {
    const seeds = quick ? 2 : 20;
    const scenario = readScenario({
        format: 'mixreel-network/1',
        preset: 'city',
        seconds: 10,
        users: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
        seeds,
        flows: [{ traffic: 'vr-30' }],
        variants: { 'psdb-aware': {} }
    });
    const start = performance.now();
    const outcomes = await runStudy(scenario, { workers: 2 });
    const seconds = (performance.now() - start) / 1000;
    const [{ users }] = studyResult(scenario, outcomes).capacities;
    return [
        {
            name: 'speed/capacity-curve',
            value: seconds,
            unit: 's',
            better: 'lower',
            ...(quick ? {} : { wanted: 20 }),
            note: `wall time of 10 loads x ${seeds} seeds x 10 s, two threads; ${users?.toFixed(2)} users of VR at 30 Mbit/s`
        }
    ];
}
