/**
 * What of a video stream is useless once a PDU Set of it is lost or late, and need not be sent: the rules of the source paper
 * for PSIHI and the reference structure.
 *
 * | lost part in | PSIHI false | PSIHI true |
 * | --- | --- | --- |
 * | I frame | the rest of it, and all P to the next I | the whole frame, and all P to the next I |
 * | P, not a reference | the rest of it | the whole frame |
 * | P, a reference | the rest of it, and all P to the next I | the whole frame, and all P to the next I |
 *
 * "The whole frame" differs from "the rest of it" in what the receiver may use, not in what can still be saved: what was sent
 * is sent. A B frame is a P that is no reference.
 */

/** What a set is to the sets after it. */
export type FrameKind = 'intra' | 'reference' | 'disposable';

/** What to do after a loss in a set. */
export interface DropRule {
    /** Drop what of the set was not sent. */
    readonly rest: boolean;
    /** Bytes of the set that arrived are useless to the receiver. */
    readonly whole: boolean;
    /** Drop everything up to the next intra frame. */
    readonly untilIntra: boolean;
}

/** The row of the table. */
export function dropRule(kind: FrameKind, integrated: boolean): DropRule {
    return { rest: true, whole: integrated, untilIntra: kind !== 'disposable' };
}

/** Follows one stream: which of its sets still make sense. Sets are known by their sequence numbers. */
export class ReferenceChain {
    #intra = 0;
    #broken = false;

    /** Tells the chain that a set was lost or late. Losses before the newest intra frame matter no more. */
    lost(kind: FrameKind, sequence: number): void {
        if (sequence >= this.#intra && dropRule(kind, true).untilIntra) this.#broken = true;
    }

    /** True if a set that comes now can be decoded. An intra frame mends the chain. */
    enters(kind: FrameKind, sequence: number): boolean {
        if (kind === 'intra') {
            this.#intra = sequence;
            this.#broken = false;
        }
        return !this.#broken;
    }
}
