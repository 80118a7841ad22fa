/**
 * Block error rate by MCS, code block size and SINR: the link-to-system map.
 *
 * At the points measured by Sionna (AWGN, LDPC) the rate is theirs. Between two of them the probit z = Phi^-1(1 - BLER) is
 * linear in dB. Outside (and where a curve falls from 1 to 0 within one 1.6 to 1.8 dB step of the grid) its slope is that of
 * the normal approximation of Polyanskiy, Poor and Verdu (IEEE T-IT 56, 2010), dz/dSNR = c 0.2303 sqrt(n s / (2 + s)) per
 * dB, n = bits / spectral efficiency, s = linear SNR; c is the median ratio of measured to approximated slope over the pairs
 * of points that the tables hold (0.87 at 24 bits, 0.81 at 100, 0.73 from 500 on; 268 pairs). Rates below 3.3e-4, the lowest
 * measured, are therefore an extrapolation. Sizes between the measured ones interpolate z over log2(bits); above 2000 bits
 * the curve keeps its centre and steepens with sqrt(bits). MCS without a curve shift the lowest one by Shannon's distance.
 *
 * About 0.1 us an evaluation: Phi comes from a table of cubic pieces 1/64 apart, whose error of 2e-10 is below the step of the
 * 32-bit draws that it is compared with.
 */
import { normalCdf, normalQuantile } from '@mixreel/core';
import { BLER_POINTS, type BlerPoints } from './bler-points.ts';
import { type McsTableName, mcsTable } from './mcs.ts';
import { type CodeBlocks, codeBlocks, transportBlockBits } from './tbs.ts';

const SIZES_BITS: readonly number[] = [24, 100, 500, 1000, 2000];
/** c of the file comment, by size. */
const SLOPE_FACTORS: readonly number[] = [0.87, 0.81, 0.73, 0.73, 0.73];

/** Resource elements of the block that thresholds are for: 20 PRB. */
const LARGE_BLOCK_RE = 144 * 20;

interface Curve {
    /** Knots, SNR rising. */
    readonly snrDb: Float64Array;
    /** Probit of success at the knots, rising. */
    readonly z: Float64Array;
    /** dz/dSNR below the first and above the last knot, 1/dB. */
    readonly slopeBelow: number;
    readonly slopeAbove: number;
    /** SNR of z = 0. */
    readonly centreDb: number;
}

/** Error rates for one MCS table. Pure once built; building takes about 1 ms. */
export class BlerModel {
    readonly #curves: readonly (readonly Curve[])[];
    readonly #table: McsTableName;
    readonly #required = new Map<number, Float64Array>();

    constructor(table: McsTableName) {
        const rows = mcsTable(table);
        this.#table = table;
        // The low spectral efficiency table shares its modulations and, shifted, its rates with the 64QAM one.
        const points = table === 'qam256' ? BLER_POINTS.qam256 : BLER_POINTS.qam64;
        const measured = mcsTable(table === 'qam256' ? 'qam256' : 'qam64');
        const known = measured.map((mcs) => curvesOf(points, mcs.index, mcs.spectralEfficiency));
        this.#curves = rows.map((row) => {
            const nearest = measured
                .filter((mcs) => (known[mcs.index] as Curve[]).length > 0)
                .reduce((best, mcs) =>
                    distance(mcs.spectralEfficiency, row.spectralEfficiency) <
                    distance(best.spectralEfficiency, row.spectralEfficiency)
                        ? mcs
                        : best
                );
            const shiftDb = shannonSnrDb(row.spectralEfficiency) - shannonSnrDb(nearest.spectralEfficiency);
            return (known[nearest.index] as Curve[]).map((curve) => shifted(curve, shiftDb));
        });
    }

    /** Code block error rate, 0 to 1. `bits`: code block size, above 0. `sinrDb`: any finite number. */
    codeBlockErrorRate(mcs: number, bits: number, sinrDb: number): number {
        return normalCdf(-this.#probit(mcs, bits, sinrDb));
    }

    /** Error rate of a transport block of `count` code blocks of `bits` each: one of them lost loses it. */
    transportBlockErrorRate(mcs: number, count: number, bits: number, sinrDb: number): number {
        const z = this.#probit(mcs, bits, sinrDb);
        if (z > 8) return 0;
        if (z < -8) return 1;
        const p = lossShare(z);
        return count === 1 ? p : -Math.expm1(count * Math.log1p(-p));
    }

    /** The lowest SINR in dB at which the transport block error rate is at most `target` (bisection to 0.001 dB). */
    requiredSinrDb(mcs: number, blocks: CodeBlocks, target: number): number {
        let low = -20;
        let high = 60;
        while (high - low > 0.001) {
            const middle = (low + high) / 2;
            if (this.transportBlockErrorRate(mcs, blocks.count, blocks.bits, middle) > target) low = middle;
            else high = middle;
        }
        return high;
    }

    /**
     * SINR in dB, by MCS, at which a large block reaches the target error rate; rising, because noise of the measurements must
     * not make a faster scheme look easier than a slower one. Kept: every cell of a study asks for the same.
     */
    thresholdsDb(target: number): Float64Array {
        let required = this.#required.get(target);
        if (required) return required;
        required = Float64Array.from(mcsTable(this.#table), (mcs) => {
            const bits = transportBlockBits(LARGE_BLOCK_RE, mcs.codeRate, mcs.modulationOrder, 1);
            return this.requiredSinrDb(mcs.index, codeBlocks(bits, mcs.codeRate), target);
        });
        for (let i = required.length - 2; i >= 0; i--) {
            required[i] = Math.min(required[i] as number, required[i + 1] as number);
        }
        this.#required.set(target, required);
        return required;
    }

    #probit(mcs: number, bits: number, sinrDb: number): number {
        const curves = this.#curves[mcs] as readonly Curve[];
        const last = SIZES_BITS.length - 1;
        if (bits >= (SIZES_BITS[last] as number)) {
            const curve = curves[last] as Curve;
            const centre = curve.centreDb;
            const steeper = Math.sqrt(bits / (SIZES_BITS[last] as number));
            return evaluate(curve, centre + (sinrDb - centre) * steeper);
        }
        if (bits <= (SIZES_BITS[0] as number)) return evaluate(curves[0] as Curve, sinrDb);
        let i = 0;
        while ((SIZES_BITS[i + 1] as number) <= bits) i++;
        const t =
            Math.log(bits / (SIZES_BITS[i] as number)) /
            Math.log((SIZES_BITS[i + 1] as number) / (SIZES_BITS[i] as number));
        return (1 - t) * evaluate(curves[i] as Curve, sinrDb) + t * evaluate(curves[i + 1] as Curve, sinrDb);
    }
}

const MODELS = new Map<McsTableName, BlerModel>();

/** The model of a table; built once, since it never changes. */
export function blerModel(table: McsTableName): BlerModel {
    let model = MODELS.get(table);
    if (!model) {
        model = new BlerModel(table);
        MODELS.set(table, model);
    }
    return model;
}

/** The SNR at which spectral efficiency `se` is the capacity of the AWGN channel, dB. */
function shannonSnrDb(se: number): number {
    return 10 * Math.log10(2 ** se - 1);
}

function distance(a: number, b: number): number {
    return Math.abs(Math.log(a / b));
}

function slopePerDb(se: number, sizeIndex: number, snrDb: number): number {
    const s = 10 ** (snrDb / 10);
    const uses = (SIZES_BITS[sizeIndex] as number) / se;
    return (SLOPE_FACTORS[sizeIndex] as number) * 0.2303 * Math.sqrt((uses * s) / (2 + s));
}

/** The five curves of one MCS, or none if it was not measured. */
function curvesOf(points: BlerPoints, mcs: number, se: number): Curve[] {
    const curves: Curve[] = [];
    let previous: Curve | null = null;
    for (const [sizeIndex, bits] of SIZES_BITS.entries()) {
        const row = points.curves.find((candidate) => candidate[0] === mcs && candidate[1] === bits);
        if (!row) return [];
        const first = row[2] as number;
        const at = (index: number): number => points.firstSnrDb + index * points.stepDb;
        const rates = row.slice(3);
        let snrDb = rates.map((_, i) => at(first + i));
        let z = rates.map((rate) => -normalQuantile(rate));
        if (rates.length === 0) {
            // 1 at one grid point and 0 at the next: the centre of the next smaller size, if the bracket allows it.
            const centre = previous ? previous.centreDb : at(first - 0.5);
            snrDb = [Math.min(at(first) - 0.3, Math.max(at(first - 1) + 0.3, centre))];
            z = [0];
        }
        const curve: Curve = withCentre({
            snrDb: Float64Array.from(snrDb),
            z: Float64Array.from(z),
            slopeBelow: slopePerDb(se, sizeIndex, snrDb[0] as number),
            slopeAbove: slopePerDb(se, sizeIndex, snrDb.at(-1) as number)
        });
        curves.push(curve);
        previous = curve;
    }
    return curves;
}

function shifted(curve: Curve, shiftDb: number): Curve {
    if (shiftDb === 0) return curve;
    return { ...curve, snrDb: curve.snrDb.map((value) => value + shiftDb), centreDb: curve.centreDb + shiftDb };
}

function withCentre(curve: Omit<Curve, 'centreDb'>): Curve {
    return { ...curve, centreDb: centreOf(curve) };
}

function centreOf(curve: Omit<Curve, 'centreDb'>): number {
    const { snrDb, z, slopeBelow, slopeAbove } = curve;
    const last = z.length - 1;
    if ((z[0] as number) >= 0) return (snrDb[0] as number) - (z[0] as number) / slopeBelow;
    if ((z[last] as number) <= 0) return (snrDb[last] as number) - (z[last] as number) / slopeAbove;
    let i = 0;
    while ((z[i + 1] as number) < 0) i++;
    const t = -(z[i] as number) / ((z[i + 1] as number) - (z[i] as number));
    return (snrDb[i] as number) + t * ((snrDb[i + 1] as number) - (snrDb[i] as number));
}

function evaluate(curve: Curve, sinrDb: number): number {
    const { snrDb, z } = curve;
    const last = z.length - 1;
    if (sinrDb <= (snrDb[0] as number)) return (z[0] as number) + (sinrDb - (snrDb[0] as number)) * curve.slopeBelow;
    if (sinrDb >= (snrDb[last] as number)) {
        return (z[last] as number) + (sinrDb - (snrDb[last] as number)) * curve.slopeAbove;
    }
    let i = 0;
    while ((snrDb[i + 1] as number) <= sinrDb) i++;
    const t = (sinrDb - (snrDb[i] as number)) / ((snrDb[i + 1] as number) - (snrDb[i] as number));
    return (z[i] as number) + t * ((z[i + 1] as number) - (z[i] as number));
}

/** Pieces of the table of 1 - Phi from -8 to 8. */
const PIECES_PER_UNIT = 64;
const PIECES = 16 * PIECES_PER_UNIT;
const LOSS: Float64Array = Float64Array.from({ length: PIECES + 2 }, (_, i) => normalCdf(8 - i / PIECES_PER_UNIT));
/** Its slope over a piece: minus the density, divided by the pieces a unit. */
const LOSS_SLOPE: Float64Array = Float64Array.from({ length: PIECES + 2 }, (_, i) => {
    const z = i / PIECES_PER_UNIT - 8;
    return -Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / PIECES_PER_UNIT;
});

/** 1 - Phi(z) for z from -8 to 8, by cubic Hermite interpolation. */
function lossShare(z: number): number {
    const place = (z + 8) * PIECES_PER_UNIT;
    const i = Math.floor(place);
    const t = place - i;
    const a = LOSS[i] as number;
    const b = LOSS[i + 1] as number;
    const u = LOSS_SLOPE[i] as number;
    const v = LOSS_SLOPE[i + 1] as number;
    const d = b - a;
    return a + t * (u + t * (3 * d - 2 * u - v + t * (u + v - 2 * d)));
}
