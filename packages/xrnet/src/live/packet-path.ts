/**
 * What stands between two ends of a live connection: packets go in, and it says when each comes out, or that it does not.
 * It knows no sockets and no real time, so the same path is tested on virtual time and driven by a relay on a real clock.
 */

/** What became of a packet: the time at which it leaves, ns, or null if it was lost. May lie ahead of now. */
export type PacketFate = (packet: number, leavesNs: number | null) => void;

/** See the file comment. */
export interface PacketPath {
    /** Takes a packet of `sizeBytes` at `nowNs`; times never decrease. `packet` is the caller's number for it. */
    enter(packet: number, sizeBytes: number, nowNs: number): void;
    /** Runs to `nowNs` and tells every fate decided on the way, once. */
    advanceTo(nowNs: number, fate: PacketFate): void;
    /** When `advanceTo` must be called next, ns; Infinity while nothing is inside. */
    nextNs(): number;
    /** Of a path that another thread runs: `wake` is called when fates have come, and `advanceTo` is to be called. */
    onFates?(wake: () => void): void;
}
