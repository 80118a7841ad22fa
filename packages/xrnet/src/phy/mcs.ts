/**
 * Modulation and coding schemes of TS 38.214: tables 5.1.3.1-1 (64QAM), -2 (256QAM) and -3 (64QAM, low spectral
 * efficiency). A row is modulation order Qm and target code rate R x 1024; spectral efficiency is Qm R bits a resource
 * element and layer. Reserved rows (retransmission with the first rate) are left out: HARQ here keeps the first rate.
 */
import { badInput } from '@mixreel/core';

/** Which table of TS 38.214 5.1.3.1. */
export type McsTableName = 'qam64' | 'qam256' | 'qam64-low-se';

/** One row. */
export interface Mcs {
    /** Index in its table. */
    readonly index: number;
    /** Modulation order Qm, bits a symbol: 2, 4, 6 or 8. */
    readonly modulationOrder: number;
    /** Target code rate, 0 to 1. */
    readonly codeRate: number;
    /** Bits a resource element and layer. */
    readonly spectralEfficiency: number;
}

type Row = readonly [modulationOrder: number, ratesX1024: readonly number[]];

const ROWS: Readonly<Record<McsTableName, readonly Row[]>> = {
    qam64: [
        [2, [120, 157, 193, 251, 308, 379, 449, 526, 602, 679]],
        [4, [340, 378, 434, 490, 553, 616, 658]],
        [6, [438, 466, 517, 567, 616, 666, 719, 772, 822, 873, 910, 948]]
    ],
    qam256: [
        [2, [120, 193, 308, 449, 602]],
        [4, [378, 434, 490, 553, 616, 658]],
        [6, [466, 517, 567, 616, 666, 719, 772, 822, 873]],
        [8, [682.5, 711, 754, 797, 841, 885, 916.5, 948]]
    ],
    'qam64-low-se': [
        [2, [30, 40, 50, 64, 78, 99, 120, 157, 193, 251, 308, 379, 449, 526, 602]],
        [4, [340, 378, 434, 490, 553, 616]],
        [6, [438, 466, 517, 567, 616, 666, 719, 772]]
    ]
};

function build(rows: readonly Row[]): readonly Mcs[] {
    const table: Mcs[] = [];
    for (const [modulationOrder, rates] of rows) {
        for (const rate of rates) {
            const codeRate = rate / 1024;
            const spectralEfficiency = modulationOrder * codeRate;
            table.push(Object.freeze({ index: table.length, modulationOrder, codeRate, spectralEfficiency }));
        }
    }
    return Object.freeze(table);
}

const TABLES: Readonly<Record<McsTableName, readonly Mcs[]>> = {
    qam64: build(ROWS.qam64),
    qam256: build(ROWS.qam256),
    'qam64-low-se': build(ROWS['qam64-low-se'])
};

/** The rows of a table, by index: 29, 28 and 29 of them. */
export function mcsTable(name: McsTableName): readonly Mcs[] {
    const table = TABLES[name];
    if (table === undefined) {
        throw badInput(`mcsTable is ${String(name)}`, Object.keys(TABLES).join(', '), 'Name one of the three tables');
    }
    return table;
}
