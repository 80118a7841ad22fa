/** L4S: delay of a VR stream beside a download of the same user, behind three queues, and who gets how much. */
import { Rng } from '@mixreel/core';
import { cellPreset, simulateCell, trafficModel } from '@mixreel/xrnet';

export default async function l4s({ quick, log }) {
    const seconds = quick ? 5 : 20;
    const figures = [];
    const runs = {};
    for (const discipline of ['tail-drop', 'single', 'dual']) {
        const config = cellPreset('city', {
            bandwidthPrb: 106,
            scheduler: 'pf',
            coreDelayNs: 5e6,
            discard: { expired: false, integrated: false },
            aqm: { discipline },
            durationNs: seconds * 1e9
        });
        const flows = [
            { ue: 0, name: 'vr', traffic: trafficModel('vr-30'), sender: 'scream' },
            { ue: 0, name: 'download', traffic: trafficModel('download'), sender: 'reno' }
        ];
        const [vr, download] = simulateCell(config, flows, { rng: Rng.create(1) }).users[0].flows;
        runs[discipline] = vr;
        const mbps = ({ deliveredBytes }) => (deliveredBytes * 8) / seconds / 1e6;
        log(`l4s: ${discipline}: vr p99 ${vr.p99DelayNs / 1e6} ms, download ${mbps(download).toFixed(1)} Mbit/s`);
        figures.push({
            name: `l4s/${discipline}-vr-p99`,
            value: vr.p99DelayNs / 1e6,
            unit: 'ms',
            better: 'lower',
            ...(discipline === 'dual'
                ? { against: { name: 'tail drop', value: runs['tail-drop'].p99DelayNs / 1e6 } }
                : {}),
            note: `queueing ${(vr.meanCausesNs.queueing / 1e6).toFixed(2)} ms; vr ${mbps(vr).toFixed(1)}, Reno download ${mbps(download).toFixed(1)} Mbit/s`
        });
    }
    return figures;
}
