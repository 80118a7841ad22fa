/**
 * Reads one unit of the texture layer: a run of coding tree units in raster order, with contexts and a state of its own. Bounded in
 * time by the number of samples it claims, stops early when it runs past its bytes, never throws.
 */
import { BitDecoder } from '../entropy/binary-rans.ts';
import { BlockCoder, codedContext, markCells, store } from './block-coder.ts';
import { type BlockHeader, codeHeader, codeSplit, predictMotion } from './block-syntax.ts';
import { CODED, initialContexts } from './contexts.ts';
import { CTU_SIZE, LOG2_CTU, MODE_SKIP, type TextureState } from './texture-state.ts';

/** A unit's own fields. */
export interface TextureUnit {
    readonly firstCtu: number;
    readonly ctuCount: number;
    readonly qp: number;
    readonly payload: Uint8Array;
}

/** Holds the scratch memory of one decoder. */
export class TextureDecoder {
    readonly #blocks: BlockCoder = new BlockCoder();
    readonly #initial: Uint16Array = initialContexts();
    readonly #prediction: Int16Array = new Int16Array(1024);
    readonly #levels: Int16Array = new Int16Array(1024);
    readonly #header: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };
    readonly #predicted: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };

    /**
     * @param id - Number of the unit in its frame, from 1.
     * @returns True if the unit was read to its last bit as it was written. If false, its part of the picture must be concealed.
     */
    decode(s: TextureState, unit: TextureUnit, id: number): boolean {
        const coder = new BitDecoder(this.#initial, unit.payload);
        for (let ctu = unit.firstCtu; ctu < unit.firstCtu + unit.ctuCount; ctu++) {
            s.qp[ctu] = unit.qp;
            const x = (ctu % s.ctuColumns) * CTU_SIZE;
            const y = Math.floor(ctu / s.ctuColumns) * CTU_SIZE;
            this.#tree(coder, s, id, x, y, LOG2_CTU, unit.qp);
            if (coder.overrun) return false;
        }
        return coder.intact;
    }

    #tree(coder: BitDecoder, s: TextureState, id: number, x: number, y: number, log2Size: number, qp: number): void {
        if (log2Size > 3 && codeSplit(coder, s, id, x, y, log2Size, 0)) {
            const half = 1 << (log2Size - 1);
            this.#tree(coder, s, id, x, y, log2Size - 1, qp);
            this.#tree(coder, s, id, x + half, y, log2Size - 1, qp);
            this.#tree(coder, s, id, x, y + half, log2Size - 1, qp);
            this.#tree(coder, s, id, x + half, y + half, log2Size - 1, qp);
            return;
        }
        this.#leaf(coder, s, id, x, y, log2Size, qp);
    }

    #leaf(coder: BitDecoder, s: TextureState, id: number, x: number, y: number, log2Size: number, qp: number): void {
        const size = 1 << log2Size;
        const header = this.#header;
        if (s.reference) predictMotion(s, id, x, y, size, this.#predicted);
        codeHeader(coder, s, id, x, y, header, this.#predicted);
        let coded = 0;
        for (let p = 0; p < s.planeCount; p++) {
            this.#blocks.predict(s, id, p, x, y, log2Size, header, this.#prediction);
            let residual: Int16Array | null = null;
            if (header.mode !== MODE_SKIP && coder.bit(CODED + codedContext(p, log2Size, coded), 0)) {
                coded |= 1 << p;
                const { coefficients, extent } = this.#blocks;
                coefficients.code(coder, p === 1 || p === 2 ? 1 : 0, log2Size, this.#levels, 0, size, extent);
                this.#blocks.dequantise(p, log2Size, qp, this.#levels, extent);
                for (let v = 0; v < extent.rows; v++) this.#levels.fill(0, v * size, v * size + extent.columns);
                residual = this.#blocks.residual;
            }
            store(p, size, this.#prediction, residual, s.planes[p]!, y * s.stride + x, s.stride);
        }
        markCells(s, id, x, y, log2Size, header, coded);
    }
}
