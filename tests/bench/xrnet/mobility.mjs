/** Users that drive through 21 coupled cells: who stays with its cell, ordinary handovers of 45 ms, DAPS. Same users, same ways. */
import { Rng } from '@mixreel/core';
import { simulateNetwork, trafficModel } from '@mixreel/xrnet';

export default async function mobility({ quick, log }) {
    const seconds = quick ? 2 : 10;
    const run = (handover) => {
        const { cells, handovers } = simulateNetwork(
            {
                place: 'umi',
                usersPerCell: 2,
                speedKmh: 60,
                ...(handover ? { handover } : {}),
                cell: { durationNs: seconds * 1e9, coreDelayNs: 0, statePeriodNs: 1e9 },
                flows: [{ traffic: trafficModel('cg-8') }]
            },
            { rng: Rng.create(1) }
        );
        const flows = cells.flatMap(({ users }) => users.map((user) => user.flows[0]));
        const sum = (of) => flows.reduce((total, flow) => total + of(flow), 0);
        const share = (100 * sum(({ inTime }) => inTime)) / sum(({ sets }) => sets);
        log(`mobility: ${handover?.kind ?? 'none'}: ${share.toFixed(2)} %, ${handovers} handovers`);
        return { share, handovers };
    };
    const none = run(null);
    const ordinary = run({ kind: 'ordinary' });
    const daps = run({ kind: 'daps' });
    const figure = (name, { share, handovers }, against) => ({
        name: `mobility/${name}-in-time`,
        value: share,
        unit: '%',
        better: 'higher',
        ...(against ? { against } : {}),
        note: `42 users at 60 km/h, ${seconds} s, frames of CG within 15 ms; ${handovers} handovers`
    });
    return [
        figure('no-handover', none),
        figure('ordinary', ordinary, { name: 'none', value: none.share }),
        figure('daps', daps, { name: 'ordinary', value: ordinary.share })
    ];
}
