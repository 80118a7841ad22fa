/**
 * What mechanisms outside the cell are worth: quality on demand in an overloaded cell, who renders as a cell gets crowded, and
 * time warp where frames are late or lost.
 */
import { Rng, VirtualClock } from '@mixreel/core';
import {
    Cell,
    cellControl,
    cellPreset,
    displayFrames,
    lookingAround,
    QosOnDemand,
    SplitController,
    trafficModel,
    videoModel
} from '@mixreel/xrnet';

/** Seven streams of 30 Mbit/s into a carrier that holds about five; the worst served user asks for a session. */
function qualityOnDemand() {
    const shares = (asking) => {
        const changes = { bandwidthPrb: 80, scheduler: 'pf', durationNs: 4e9, discard: { expired: false } };
        const cell = new Cell(cellPreset('city', changes), Rng.create(5));
        const devices = new Map();
        for (let ue = 0; ue < 7; ue++) {
            cell.addFlow({ ue, traffic: trafficModel('vr-30') });
            devices.set(`ue-${ue}`, ue);
        }
        if (asking !== null) {
            const qos = new QosOnDemand(cellControl(cell, devices), new VirtualClock(), Rng.create(1));
            const ask = { device: `ue-${asking}`, qosProfile: 'QOS_L', durationS: 60 };
            const { status } = qos.create(ask);
            if (status !== 'AVAILABLE') throw new Error(`the session is ${status}`);
        }
        while (cell.pending > 0) cell.advanceTo(cell.nowNs + 1e8);
        return cell.kpis().map(({ inTimeShare }) => inTimeShare);
    };
    const without = shares(null);
    const asking = without.indexOf(Math.min(...without));
    return {
        name: 'service/quality-on-demand-in-time',
        value: 100 * shares(asking)[asking],
        unit: '%',
        better: 'higher',
        against: { name: 'no session', value: 100 * without[asking] },
        note: 'the worst served of seven users of VR at 30 Mbit/s on 80 PRB'
    };
}

/** From the third second on twelve more users: frames of the edge queue, the device always takes 18 ms. */
function splitRendering() {
    const budgetNs = 20e6;
    const deviceNs = 18e6;
    const split = new SplitController({ deviceRenderNs: deviceNs, budgetNs });
    const sites = [];
    const config = cellPreset('congested', { bandwidthPrb: 60, durationNs: 6e9, discard: { expired: false } });
    const cell = new Cell(config, Rng.create(2), {
        onState: (told) => {
            if (told.ue !== 0) return;
            split.onState(told);
            sites.push(split.site);
        }
    });
    cell.addFlow({ ue: 0, traffic: trafficModel('vr-30') });
    while (cell.nowNs < 3e9) cell.advanceTo(cell.nowNs + 1e8);
    const crowd = { ...videoModel('vr-30'), rateBps: 12e6 };
    for (let ue = 1; ue <= 12; ue++) cell.addFlow({ ue, traffic: crowd, offsetNs: 3e9 + ue * 1e6 });
    while (cell.nowNs < 6e9) cell.advanceTo(cell.nowNs + 1e8);
    // Frames in order of completion, sites every tenth of a second: 4 ms to render and 5 ms to code on the edge.
    const edgeMs = Array.from(cell.delaysNs(0), (ns) => ns / 1e6 + 9);
    const siteOf = (i) => sites[Math.min(sites.length - 1, Math.floor((i * sites.length) / edgeMs.length))];
    const inBudget = (of) => (100 * edgeMs.filter((ms, i) => of(ms, i) <= budgetNs / 1e6).length) / edgeMs.length;
    return {
        name: 'service/split-rendering-in-budget',
        value: inBudget((ms, i) => (siteOf(i) === 'edge' ? ms : deviceNs / 1e6)),
        unit: '%',
        better: 'higher',
        against: { name: 'edge only', value: inBudget((ms) => ms) },
        note: `pose to picture in 20 ms while a cell gets crowded; on the edge ${((100 * sites.filter((site) => site === 'edge').length) / sites.length).toFixed(0)} % of the time, its better pictures`
    };
}

/** Nine seconds of a head that looks around at 90 Hz; a tenth of the frames are lost, the others 8 ms old. */
function timeWarp() {
    const draws = Rng.create(3).stream('lost');
    const frames = Array.from({ length: 810 }, (_, i) => {
        const poseNs = Math.round((i * 1e9) / 90);
        return { poseNs, readyNs: i > 0 && draws.chance(0.1) ? null : poseNs + 8e6 };
    });
    const track = lookingAround(Rng.create(1), 9);
    const [warped, plain] = [true, false].map((warp) => displayFrames(frames, track, { warp }));
    return {
        name: 'service/time-warp-error',
        value: 1000 * warped.meanErrorRad,
        unit: 'mrad',
        better: 'lower',
        against: { name: 'no warp', value: 1000 * plain.meanErrorRad },
        note: `10 % of frames lost; black edges ${(100 * warped.blackShare).toFixed(2)} % of the picture`
    };
}

export default async function service() {
    return [qualityOnDemand(), splitRendering(), timeWarp()];
}
