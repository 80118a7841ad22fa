/**
 * Transport blocks between their first transmission and their fate, and the stretches of PDU Sets they carry: two pools over
 * typed arrays, recycled like the sets.
 */

/** See the file comment. Columns are public: the link's inner loop reads them. */
export class BlockStore {
    /** The user whose block it is; -1: the row is free, -2: it was cancelled and goes when its turn comes. */
    user: Int32Array = new Int32Array(0);
    mcs: Uint8Array = new Uint8Array(0);
    /** Resource elements of the first transmission: a retransmission takes as many. */
    resourceElements: Int32Array = new Int32Array(0);
    /** Code blocks, and bits of each. */
    codeBlocks: Uint16Array = new Uint16Array(0);
    codeBlockBits: Uint16Array = new Uint16Array(0);
    /** HARQ process of the user. */
    process: Uint8Array = new Uint8Array(0);
    /** Times that RLC has started it anew. */
    restarts: Uint8Array = new Uint8Array(0);
    /** Transmissions so far. */
    transmissions: Uint8Array = new Uint8Array(0);
    /** Sum of linear SINRs over the transmissions (chase combining). */
    sinr: Float64Array = new Float64Array(0);
    /** Number of the block among the user's, for its random draws. */
    index: Float64Array = new Float64Array(0);
    /** Slot and end of the first transmission. */
    firstSlot: Int32Array = new Int32Array(0);
    firstEndNs: Float64Array = new Float64Array(0);
    /** Resource blocks by subband, `subbands` numbers a block. */
    prbs: Uint16Array = new Uint16Array(0);
    readonly subbands: number;
    /** First segment, or -1. */
    segments: Int32Array = new Int32Array(0);
    /** Blocks in use. */
    size = 0;
    #free = -1;
    #freeNext: Int32Array = new Int32Array(0);

    /** Segment columns: the set's row, its bytes [from, to), its served time when it was sent, the next segment. */
    segmentSet: Int32Array = new Int32Array(0);
    segmentFrom: Int32Array = new Int32Array(0);
    segmentTo: Int32Array = new Int32Array(0);
    segmentServedNs: Float64Array = new Float64Array(0);
    segmentNext: Int32Array = new Int32Array(0);
    #freeSegment = -1;

    /** @param subbands - Of the carrier; 0 at fidelity L1. */
    constructor(subbands: number) {
        this.subbands = subbands;
    }

    /** A row for a block without segments. */
    allocate(): number {
        if (this.#free < 0) this.#grow();
        const row = this.#free;
        this.#free = this.#freeNext[row] as number;
        this.segments[row] = -1;
        this.transmissions[row] = 0;
        this.restarts[row] = 0;
        this.sinr[row] = 0;
        this.size++;
        return row;
    }

    /** Adds a stretch of a set to a block. */
    addSegment(row: number, set: number, from: number, to: number, servedNs: number): void {
        if (this.#freeSegment < 0) this.#growSegments();
        const segment = this.#freeSegment;
        this.#freeSegment = this.segmentNext[segment] as number;
        this.segmentSet[segment] = set;
        this.segmentFrom[segment] = from;
        this.segmentTo[segment] = to;
        this.segmentServedNs[segment] = servedNs;
        this.segmentNext[segment] = this.segments[row] as number;
        this.segments[row] = segment;
    }

    /** Gives a block and its segments back. */
    release(row: number): void {
        let segment = this.segments[row] as number;
        while (segment >= 0) {
            const next = this.segmentNext[segment] as number;
            this.segmentNext[segment] = this.#freeSegment;
            this.#freeSegment = segment;
            segment = next;
        }
        this.user[row] = -1;
        this.#freeNext[row] = this.#free;
        this.#free = row;
        this.size--;
    }

    /** Cancels a user's blocks; `onSegment` is told of every stretch that was under way. Costs a look at every row. */
    cancel(user: number, onSegment: (set: number, from: number) => void): void {
        for (let row = 0; row < this.user.length; row++) {
            if (this.user[row] !== user) continue;
            this.user[row] = -2;
            for (let i = this.segments[row] as number; i >= 0; i = this.segmentNext[i] as number) {
                onSegment(this.segmentSet[i] as number, this.segmentFrom[i] as number);
            }
        }
    }

    #grow(): void {
        const old = this.user.length;
        const capacity = Math.max(256, old * 2);
        this.user = larger(new Int32Array(capacity).fill(-1), this.user);
        this.mcs = larger(new Uint8Array(capacity), this.mcs);
        this.resourceElements = larger(new Int32Array(capacity), this.resourceElements);
        this.codeBlocks = larger(new Uint16Array(capacity), this.codeBlocks);
        this.codeBlockBits = larger(new Uint16Array(capacity), this.codeBlockBits);
        this.process = larger(new Uint8Array(capacity), this.process);
        this.restarts = larger(new Uint8Array(capacity), this.restarts);
        this.transmissions = larger(new Uint8Array(capacity), this.transmissions);
        this.sinr = larger(new Float64Array(capacity), this.sinr);
        this.index = larger(new Float64Array(capacity), this.index);
        this.firstSlot = larger(new Int32Array(capacity), this.firstSlot);
        this.firstEndNs = larger(new Float64Array(capacity), this.firstEndNs);
        this.prbs = larger(new Uint16Array(capacity * this.subbands), this.prbs);
        this.segments = larger(new Int32Array(capacity), this.segments);
        this.#freeNext = larger(new Int32Array(capacity), this.#freeNext);
        for (let row = capacity - 1; row >= old; row--) {
            this.#freeNext[row] = this.#free;
            this.#free = row;
        }
    }

    #growSegments(): void {
        const old = this.segmentSet.length;
        const capacity = Math.max(512, old * 2);
        this.segmentSet = larger(new Int32Array(capacity), this.segmentSet);
        this.segmentFrom = larger(new Int32Array(capacity), this.segmentFrom);
        this.segmentTo = larger(new Int32Array(capacity), this.segmentTo);
        this.segmentServedNs = larger(new Float64Array(capacity), this.segmentServedNs);
        this.segmentNext = larger(new Int32Array(capacity), this.segmentNext);
        for (let segment = capacity - 1; segment >= old; segment--) {
            this.segmentNext[segment] = this.#freeSegment;
            this.#freeSegment = segment;
        }
    }
}

function larger<T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(array: T, smaller: T): T {
    array.set(smaller);
    return array;
}
