/**
 * Writes src/phy/bler-points.ts from the PDSCH block error tables of NVIDIA Sionna (Apache-2.0, commit 20d2bcae):
 * `node tools/make-bler-points.mjs ../../../shared/network/sionna`. Of each curve it keeps the points strictly between 0 and
 * 1 from the first one on after which the measured rate only falls (before it, noise within 0.013 of 1).
 */
import { readFileSync, writeFileSync } from 'node:fs';

const folder = process.argv[2];
if (!folder) {
    console.error('Give the folder that holds PDSCH_table1.json and PDSCH_table2.json.');
    process.exit(2);
}
const lines = [];
for (const table of [1, 2]) {
    const data = JSON.parse(readFileSync(`${folder}/PDSCH_table${table}.json`, 'utf8'));
    const rows = [];
    let grid;
    for (const [mcs, { CBS, SNR_db }] of Object.entries(data.category['1'].index[String(table)].MCS)) {
        grid = SNR_db;
        for (const [bits, { BLER }] of Object.entries(CBS)) {
            let first = BLER.length;
            while (
                first > 0 &&
                BLER[first - 1] < 1 &&
                (first === BLER.length || BLER[first - 1] > BLER[first] || BLER[first - 1] === 0)
            )
                first--;
            const kept = BLER.slice(first)
                .filter((value) => value > 0)
                .map((value) => Number(value.toPrecision(7)));
            rows.push(`        [${[mcs, bits, first, ...kept].join(', ')}]`);
        }
    }
    const name = table === 1 ? 'qam64' : 'qam256';
    lines.push(
        `    ${name}: { firstSnrDb: ${grid[0]}, stepDb: ${(grid.at(-1) - grid[0]) / (grid.length - 1)}, curves: [\n${rows.join(',\n')}\n    ] }`
    );
}
writeFileSync(
    new URL('../src/phy/bler-points.ts', import.meta.url),
    `/**
 * Measured code block error rates of the 5G LDPC code over AWGN. Figures from NVIDIA Sionna (Apache-2.0, commit 20d2bcae,
 * PDSCH tables 1 and 2); written by tools/make-bler-points.mjs, not by hand.
 */

/** One MCS table: curves on a grid of SNR in dB. */
export interface BlerPoints {
    readonly firstSnrDb: number;
    readonly stepDb: number;
    /** MCS index, code block bits, index on the grid of the first point, then the rates strictly between 1 and 0. */
    readonly curves: readonly (readonly number[])[];
}

/** By MCS table. */
export const BLER_POINTS: { readonly qam64: BlerPoints; readonly qam256: BlerPoints } = {
${lines.join(',\n')}
};
`
);
