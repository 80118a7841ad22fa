/**
 * From PDU Sets to frames, and from frames to what XRMI asks for. The sets of one frame are those handed over at one time;
 * the most important of them is the base without which nothing new can be shown.
 */
import { badInput, type PduSetArrival } from '@mixreel/core';
import { XRMI_V1, type Xrmi, type XrmiCoefficients, type XrmiInput, type XrmiScenario, xrmi } from './xrmi.ts';

/** What one frame's sets did together. */
export interface FrameOutcome {
    readonly timeNs: number;
    /** When the last part that arrived in time did, or null. */
    readonly arrivedNs: number | null;
    /** Bytes sent and received in time. */
    readonly sentBytes: number;
    readonly receivedBytes: number;
    /** `shown` whole, `corrupt` with parts missing or late, `stalled` without its base. */
    readonly outcome: 'shown' | 'corrupt' | 'stalled';
}

/** What the receiver shows, for the parts of XRMI that the network does not know. */
export interface DisplayConditions {
    /** Pixels of a frame, both eyes. */
    readonly pixels: number;
    /** Time from an action to the frame's hand-over to the network, ns: pose uplink, rendering, coding. */
    readonly beforeNs?: number;
    /** Time from arrival to light, ns: decoding, reprojection, scan-out. */
    readonly afterNs?: number;
    /** Mean share of the picture without content, 0 to 1. */
    readonly blackShare?: number;
    /** Distance of sound and picture, ns. */
    readonly avOffsetNs?: number;
}

/** Groups arrivals into frames by hand-over time, in order of time. */
export function frameOutcomes(arrivals: readonly PduSetArrival[]): FrameOutcome[] {
    const groups = new Map<number, PduSetArrival[]>();
    for (const arrival of arrivals) {
        const group = groups.get(arrival.set.timeNs);
        if (group) group.push(arrival);
        else groups.set(arrival.set.timeNs, [arrival]);
    }
    return [...groups].sort(([a], [b]) => a - b).map(([timeNs, group]) => frameOf(timeNs, group));
}

function frameOf(timeNs: number, group: readonly PduSetArrival[]): FrameOutcome {
    const base = Math.min(...group.map((arrival) => arrival.set.importance));
    let sentBytes = 0;
    let receivedBytes = 0;
    let arrivedNs: number | null = null;
    let whole = true;
    let based = true;
    for (const arrival of group) {
        const good = arrival.outcome === 'complete' && !arrival.late;
        for (const unit of arrival.set.units) sentBytes += unit.length;
        if (!arrival.late) {
            for (const unit of arrival.received) receivedBytes += unit?.length ?? 0;
            if (arrival.arrivedNs !== null) arrivedNs = Math.max(arrivedNs ?? 0, arrival.arrivedNs);
        }
        whole &&= good;
        if (arrival.set.importance === base) based &&= good;
    }
    return { timeNs, arrivedNs, sentBytes, receivedBytes, outcome: whole ? 'shown' : based ? 'corrupt' : 'stalled' };
}

/** What XRMI asks for, from arrivals of one user over at least two frames. */
export function xrmiInputOf(arrivals: readonly PduSetArrival[], display: DisplayConditions): XrmiInput {
    const frames = frameOutcomes(arrivals);
    const first = frames[0];
    const last = frames.at(-1);
    if (!first || !last || frames.length < 2) {
        throw badInput(`there are ${frames.length} frames to judge`, 'at least 2', 'Send more frames through the cell');
    }
    const periodNs = (last.timeNs - first.timeNs) / (frames.length - 1);
    const shown = frames.filter((frame) => frame.outcome !== 'stalled' && frame.arrivedNs !== null);
    const delays = shown.map((frame) => (frame.arrivedNs as number) - frame.timeNs);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / Math.max(1, delays.length);
    const variance = delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / Math.max(1, delays.length);
    const stallShare = 1 - shown.length / frames.length;
    const bytes = frames.reduce((sum, frame) => sum + frame.receivedBytes, 0);
    return {
        stallShare,
        corruptShare: frames.filter((frame) => frame.outcome === 'corrupt').length / frames.length,
        blackShare: display.blackShare ?? 0,
        // A stalled frame is answered by the next one that comes: each adds its share of a period.
        responseNs: (display.beforeNs ?? 0) + mean + stallShare * periodNs + (display.afterNs ?? 0),
        jitterNs: Math.sqrt(variance),
        avOffsetNs: display.avOffsetNs ?? 0,
        bitrateBps: (bytes * 8e9) / (periodNs * frames.length),
        fps: (shown.length / frames.length) * (1e9 / periodNs),
        pixels: display.pixels
    };
}

/** XRMI of one user's arrivals. */
export function xrmiOf(
    arrivals: readonly PduSetArrival[],
    display: DisplayConditions,
    scenario: XrmiScenario,
    coefficients: XrmiCoefficients = XRMI_V1
): Xrmi {
    return xrmi(xrmiInputOf(arrivals, display), scenario, coefficients);
}
