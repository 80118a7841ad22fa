/** What the certificate finds wrong: one record for each broken rule. */

/** One broken rule. */
export interface Violation {
    readonly rule:
        | 'collision'
        | 'out-of-bounds'
        | 'blocked-opening'
        | 'keep-out'
        | 'unsupported'
        | 'unreachable'
        | 'uncovered'
        | 'unknown-parent';
    /** The node at fault; of two, the one with the lower priority. */
    readonly node: string;
    /** The other party: a node, an opening, a keep-out or a room. */
    readonly other: string;
    /** By how much, metres or m2. */
    readonly amount: number;
}
