/** A capacity curve as `mixreel emulate` makes it: 10 loads, 20 seeds, 10 s each, on two worker threads. */
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
            wanted: 20,
            note: `wall time of 10 loads x ${seeds} seeds x 10 s, two threads; ${users?.toFixed(2)} users of VR at 30 Mbit/s`
        }
    ];
}
