/** What the certificate finds wrong: one record for each broken rule. */

/** One broken rule. */
export interface Violation {
    readonly rule:
        | 'collision'
        | 'out-of-bounds'
        | 'blocked-opening'
        | 'unsupported'
        | 'unreachable'
        | 'uncovered'
        | 'unknown-parent';
    /** The node at fault; of two, the one with the lower priority. */
    readonly node: string;
    /** The other party: a node, an opening or a room. */
    readonly other: string;
    /** By how much, metres or m2. */
    readonly amount: number;
}
