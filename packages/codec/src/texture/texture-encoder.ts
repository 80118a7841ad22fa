/**
 * Chooses how each block is coded and writes the units of the texture layer. A coding tree unit is searched as a whole (32, 16, 8;
 * prediction; residual or none) by Lagrangian cost: squared error + lambda * bits, the bits priced by the contexts as they stand. A unit ends
 * where its bytes would pass the limit: the CTU that did not fit is undone and opens the next unit.
 */
import { BitEncoder, COST_ONE_BIT, type EncoderSnapshot } from '../entropy/binary-rans.ts';
import { clearCells, codedContext, markCells } from './block-coder.ts';
import { BlockSearch } from './block-search.ts';
import { type BlockHeader, codeHeader, codeSplit, predictMotion } from './block-syntax.ts';
import { CODED, initialContexts } from './contexts.ts';
import { LARGEST_QP } from './quantiser.ts';
import type { TextureUnit } from './texture-decoder.ts';
import { CTU_SIZE, LOG2_CTU, MODE_SKIP, type TextureState } from './texture-state.ts';

/** What the encoder is told about one frame. */
export interface TextureInput {
    /** Planes of the source, in the state's layout. */
    readonly source: readonly Int16Array[];
    readonly qp: number;
    /** Most bytes of a unit's payload. */
    readonly payloadBytes: number;
    /** Motion of the renderer: displacement to the reference in quarter samples at each cell, or null. */
    readonly hintX: Int16Array | null;
    readonly hintY: Int16Array | null;
}

/** Bytes that the final state of the entropy coder may add to its measured cost. */
const STATE_BYTES = 6;

/** Holds the scratch memory of one encoder. */
export class TextureEncoder {
    readonly #coder: BitEncoder = new BitEncoder(initialContexts());
    readonly #search: BlockSearch = new BlockSearch();
    readonly #header: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };
    readonly #predicted: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };
    #snapshot: EncoderSnapshot | undefined;

    /** Yields after every row of CTUs the share done, 0 to 1; returns the units. The state's planes then hold the decoder's picture before deblocking. */
    *encode(s: TextureState, input: TextureInput): Generator<number, TextureUnit[]> {
        const units: TextureUnit[] = [];
        const limit = (input.payloadBytes - STATE_BYTES) * 8 * COST_ONE_BIT;
        this.#search.begin(s, input);
        let first = 0;
        let ctu = 0;
        let qp = input.qp;
        this.#coder.reset();
        while (ctu < s.ctuCount) {
            const id = units.length + 1;
            this.#snapshot = this.#coder.save(this.#snapshot);
            this.#codeCtu(s, id, ctu, qp);
            if (this.#coder.cost <= limit) {
                ctu++;
                if (ctu % s.ctuColumns === 0) yield ctu / s.ctuCount;
                if (ctu < s.ctuCount) continue;
            } else if (ctu === first && qp < LARGEST_QP) {
                // Not even one CTU fits: coarser, until it does.
                qp = Math.min(LARGEST_QP, qp + 4);
                this.#coder.reset();
                continue;
            } else if (ctu === first) {
                ctu++;
            } else {
                this.#coder.restore(this.#snapshot);
            }
            units.push({ firstCtu: first, ctuCount: ctu - first, qp, payload: this.#coder.finish() });
            first = ctu;
            qp = input.qp;
            this.#coder.reset();
        }
        return units;
    }

    #codeCtu(s: TextureState, id: number, ctu: number, qp: number): void {
        const x = (ctu % s.ctuColumns) * CTU_SIZE;
        const y = Math.floor(ctu / s.ctuColumns) * CTU_SIZE;
        s.qp[ctu] = qp;
        clearCells(s, x, y, LOG2_CTU);
        this.#search.searchCtu(this.#coder, id, x, y, qp);
        clearCells(s, x, y, LOG2_CTU);
        this.#write(s, id, x, y, LOG2_CTU);
    }

    #write(s: TextureState, id: number, x: number, y: number, log2Size: number): void {
        const coder = this.#coder;
        const cell = (y >> 3) * s.cellStride + (x >> 3);
        if (log2Size > 3 && codeSplit(coder, s, id, x, y, log2Size, s.log2Size[cell]! < log2Size ? 1 : 0)) {
            const half = 1 << (log2Size - 1);
            this.#write(s, id, x, y, log2Size - 1);
            this.#write(s, id, x + half, y, log2Size - 1);
            this.#write(s, id, x, y + half, log2Size - 1);
            this.#write(s, id, x + half, y + half, log2Size - 1);
            return;
        }
        const header = this.#header;
        header.mode = s.mode[cell]!;
        header.motionX = s.motionX[cell]!;
        header.motionY = s.motionY[cell]!;
        const mask = s.coded[cell]!;
        if (s.reference) predictMotion(s, id, x, y, 1 << log2Size, this.#predicted);
        codeHeader(coder, s, id, x, y, header, this.#predicted);
        if (header.mode !== MODE_SKIP) {
            const { coefficients, extent } = this.#search.blocks;
            let coded = 0;
            for (let p = 0; p < s.planeCount; p++) {
                if (!coder.bit(CODED + codedContext(p, log2Size, coded), (mask >> p) & 1)) continue;
                coded |= 1 << p;
                const levels = this.#search.levels[p]!;
                coefficients.code(
                    coder,
                    p === 1 || p === 2 ? 1 : 0,
                    log2Size,
                    levels,
                    y * s.stride + x,
                    s.stride,
                    extent
                );
            }
        }
        markCells(s, id, x, y, log2Size, header, mask);
    }
}
