/**
 * What a slot can carry: transport block sizes and code blocks by MCS and PRBs, made for the symbol counts that the frame structure
 * and the MCS that are used (about 30 us for each), and the SINR each MCS needs.
 *
 * Sizes never change, so cells of one kind share them, the next run of a study too: a run of ten seconds with two users takes some
 * ten milliseconds, of which one or two went into them.
 */
import type { CellConfig } from '../config.ts';
import type { BlerModel } from './bler.ts';
import { type Mcs, type McsTableName, mcsTable } from './mcs.ts';
import { codeBlocks, resourceElementsPerPrb, transportBlockBits } from './tbs.ts';
import { type Direction, SYMBOLS_PER_SLOT, type TddPattern } from './tdd.ts';

/** Sizes of one MCS for one number of symbols, by units: PRBs, or symbols where users share time. */
export interface SizeRow {
    /** Transport block bytes. */
    readonly bytes: Int32Array;
    /** Code blocks of it, and bits of each. */
    readonly blocks: Uint16Array;
    readonly blockBits: Uint16Array;
}

/** Sizes for one number of symbols. Rows are made when first used. */
export interface SlotSizes {
    /** Units that the slot has to share out, and resource elements of each. */
    readonly units: number;
    readonly perUnit: number;
    readonly rows: (SizeRow | null)[];
}

/** Kinds of cells whose rows are kept: 60 kB each. */
const MOST_KINDS = 64;
const ROWS = new Map<string, (SizeRow | null)[]>();

/** Rows by MCS, those that somebody used. */
function sharedRows(table: McsTableName, layers: number, units: number, perUnit: number): (SizeRow | null)[] {
    const kind = `${table} ${layers} ${units} ${perUnit}`;
    const known = ROWS.get(kind);
    if (known) return known;
    const [oldest] = ROWS.keys();
    if (ROWS.size === MOST_KINDS && oldest !== undefined) ROWS.delete(oldest);
    const rows = mcsTable(table).map(() => null);
    ROWS.set(kind, rows);
    return rows;
}

/** One direction's sizes and error rates. */
export class Carrier {
    readonly table: readonly Mcs[];
    readonly bler: BlerModel;
    /** SINR in dB at which a large block of each MCS reaches the target error rate. */
    readonly requiredSinrDb: Float64Array;
    readonly #layers: number;
    readonly #sizes: (SlotSizes | null)[] = new Array(SYMBOLS_PER_SLOT + 1).fill(null);

    constructor(config: CellConfig, direction: Direction, tdd: TddPattern, bler: BlerModel) {
        this.table = mcsTable(config.mcsTable);
        this.bler = bler;
        this.#layers = config.layers[direction];
        this.requiredSinrDb = bler.thresholdsDb(config.linkAdaptation.targetErrorRate);
        for (let i = 0; i < tdd.periodSlots; i++) {
            const symbols = tdd.symbols(direction, i);
            // Control sits in the downlink part of a slot; an uplink part keeps all its symbols.
            const usable = direction === 'downlink' ? symbols - config.controlSymbols : symbols;
            const perPrb = usable > 0 ? resourceElementsPerPrb(usable, config.dmrsRe) : 0;
            if (perPrb === 0) continue;
            const inTime = config.multiplexing === 'time';
            const units = inTime ? usable : config.bandwidthPrb;
            const perUnit = inTime ? Math.floor((perPrb * config.bandwidthPrb) / usable) : perPrb;
            this.#sizes[symbols] ??= {
                units,
                perUnit,
                rows: sharedRows(config.mcsTable, this.#layers, units, perUnit)
            };
        }
    }

    /** Sizes of a slot part with that many symbols; null if it is too short for data. */
    sizes(symbols: number): SlotSizes | null {
        return this.#sizes[symbols] ?? null;
    }

    /** Sizes of an MCS, by units from 0 to `sizes.units`. */
    row(sizes: SlotSizes, mcs: number): SizeRow {
        return (sizes.rows[mcs] ??= this.#build(sizes, this.table[mcs] as Mcs));
    }

    /** The highest MCS whose required SINR is at most `sinrDb`; 0 if none is. */
    mcsFor(sinrDb: number): number {
        const required = this.requiredSinrDb;
        let low = 0;
        let high = required.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if ((required[middle] as number) <= sinrDb) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    #build({ units, perUnit }: SlotSizes, mcs: Mcs): SizeRow {
        const bytes = new Int32Array(units + 1);
        const blocks = new Uint16Array(units + 1);
        const blockBits = new Uint16Array(units + 1);
        for (let n = 1; n <= units; n++) {
            const bits = transportBlockBits(perUnit * n, mcs.codeRate, mcs.modulationOrder, this.#layers);
            const cut = codeBlocks(bits, mcs.codeRate);
            bytes[n] = bits / 8;
            blocks[n] = cut.count;
            blockBits[n] = cut.bits;
        }
        return { bytes, blocks, blockBits };
    }
}

/** The fewest units whose block holds `bytes`, at most `available`. */
export function unitsFor(row: SizeRow, bytes: number, available: number): number {
    if ((row.bytes[available] as number) <= bytes) return available;
    let low = 1;
    let high = available;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((row.bytes[middle] as number) >= bytes) high = middle;
        else low = middle + 1;
    }
    return low;
}
