/**
 * Burst-offset advice: how much later each stream should start its bursts so that the large frames of many cameras do not meet
 * in the cell (service of network). The network knows burst arrival time and period of each stream (TSCAI, TS 23.501 5.27.2);
 * streams of one period are spread evenly over it, in the order in which they already come, so that shifts are small.
 */

/** A stream as TSCAI describes it. */
export interface BurstPattern {
    /** Time of one of its bursts, ns. */
    readonly arrivalNs: number;
    /** Time from one burst to the next, ns: for a coder with intra frames, from one intra frame to the next. */
    readonly periodNs: number;
}

/** Times are whole ns: an advice that was followed is up to one off. */
const ROUNDING_NS = 2;

/** By stream, how much later its bursts should come, ns, 0 or more and below its period. */
export function burstOffsets(streams: readonly BurstPattern[]): number[] {
    const offsets = streams.map(() => 0);
    const periods = new Set(streams.map(({ periodNs }) => periodNs));
    for (const periodNs of periods) {
        const members = streams
            .map((stream, i) => ({ i, phaseNs: stream.arrivalNs % periodNs }))
            .filter(({ i }) => streams[i]?.periodNs === periodNs)
            .sort((a, b) => a.phaseNs - b.phaseNs || a.i - b.i);
        const first = members[0]?.phaseNs ?? 0;
        for (const [place, { i, phaseNs }] of members.entries()) {
            const wanted = first + (place * periodNs) / members.length;
            const laterNs = (((wanted - phaseNs) % periodNs) + periodNs) % periodNs;
            // Who came a rounding error late is where it should be, and not to wait for a whole period.
            offsets[i] = laterNs > periodNs - ROUNDING_NS ? 0 : Math.round(laterNs);
        }
    }
    return offsets;
}
