/**
 * Frequency-selective fading, fidelity L2: the subbands of a tapped delay line (src/phy/tdl.ts), each antenna branch a sum of
 * sinusoids, so that the gain of a subband at a time is a function of the user's phases and of the time alone, as in
 * src/phy/fading.ts. A subband's gain is the mean of |H|^2 over the branches at its centre; its mean power over time is 1.
 *
 * Only subbands' centres are ever read, and there H is complex Gaussian: as many processes as subbands, mixed
 * (src/phy/subband-mixing.ts), have the law of the taps themselves. A process is four sinusoids and a subband sums over all of them.
 * They are made at every fourth step and interpolated between (src/phy/doppler-interpolation.ts). The line of sight is one more
 * path at delay 0, its power by the K factor, stepped exactly.
 *
 * Measured, 21 coupled cells (ten users each, nine subbands, four branches) against real time on two shared cores: every tap at
 * every step, three subbands at a time, 1.0x (fading is 42 % of the run); mixed processes 1.5x; mixed and interpolated 2.1x (9 %,
 * and most of that is memory). Tried before and left: making subbands only of steps that are read (half of them) saved
 * nothing, since the taps of all branches had to be kept, 50 kB a user, and 210 users leave the caches. Of 10x, which were wanted,
 * the rest is spread over reports (a quarter, most of it waiting for memory), blocks and queues: 36 us a frame where one cell alone
 * takes 7. Summing only the cells that send (src/network/coupling.ts), keeping a report's mutual information and stepping a
 * process's sinusoids together are in; they save work and hardly time, which the caches decide.
 */
import type { RngStream } from '@mixreel/core';
import type { FadingConfig } from '../config.ts';
import { type DopplerInterpolation, dopplerInterpolation, TAPS } from './doppler-interpolation.ts';
import { fadingStepNs } from './fading.ts';
import { type Mixing, subbandMixing } from './subband-mixing.ts';
import { TDL_PROFILES, type TdlName } from './tdl.ts';

const SINUSOIDS = 4;
/** Steps made at once: a multiple of the interpolation's. */
const CHUNK = 32;

/** Subbands of a carrier, and how they differ. */
export interface SubbandShape {
    /** Subbands, 1 to 19. */
    readonly count: number;
    readonly profile: TdlName;
    /** Delay spread, ns, 0 to 5000. */
    readonly delaySpreadNs: number;
    /** Whole carrier, Hz. */
    readonly bandwidthHz: number;
}

/** The gains of one user's subbands over time. */
export class SubbandFading {
    readonly #stepNs: number;
    readonly #count: number;
    readonly #branches: number;
    readonly #mixing: Mixing;
    readonly #between: DopplerInterpolation;
    /** Points of a chunk: one before it, those in it, two after it. */
    readonly #points: number;
    /** Amplitudes of a sinusoid and of the line of sight. */
    readonly #scattered: number;
    readonly #sight: number;
    /** Sinusoids by branch: the line of sight, then each process's. */
    readonly #omega: Float64Array;
    readonly #phase: Float64Array;
    /** e^{j omega t}: t a step for the line of sight, a point for the others. */
    readonly #turnCos: Float64Array;
    readonly #turnSin: Float64Array;
    /** One branch's processes by point, and its subbands by point. */
    readonly #re: Float64Array;
    readonly #im: Float64Array;
    readonly #hRe: Float64Array;
    readonly #hIm: Float64Array;
    readonly #chunks: number[] = [-1, -1];
    readonly #gains: readonly [Float64Array, Float64Array];

    constructor(fading: FadingConfig, shape: SubbandShape, stream: RngStream) {
        const { count } = shape;
        const k = 10 ** (fading.kFactorDb / 10);
        const omegaMax = 2 * Math.PI * fading.dopplerHz * 1e-9;
        this.#stepNs = fadingStepNs(fading.dopplerHz);
        this.#count = count;
        this.#branches = fading.branches;
        this.#scattered = Math.sqrt(1 / (k + 1) / SINUSOIDS);
        this.#sight = Math.sqrt(k / (k + 1));
        this.#mixing = mixingOf(shape);
        this.#between = dopplerInterpolation(omegaMax * this.#stepNs);
        const { ratio } = this.#between;
        this.#points = CHUNK / ratio + TAPS - 1;
        const paths = this.#branches * (1 + count * SINUSOIDS);
        this.#omega = new Float64Array(paths);
        this.#phase = new Float64Array(paths);
        this.#draw(omegaMax, stream);
        const perBranch = 1 + count * SINUSOIDS;
        const spanNs = (path: number): number => this.#stepNs * (path % perBranch === 0 ? 1 : ratio);
        this.#turnCos = this.#omega.map((omega, path) => Math.cos(omega * spanNs(path)));
        this.#turnSin = this.#omega.map((omega, path) => Math.sin(omega * spanNs(path)));
        const values = count * this.#points;
        this.#re = new Float64Array(values);
        this.#im = new Float64Array(values);
        this.#hRe = new Float64Array(values);
        this.#hIm = new Float64Array(values);
        this.#gains = [new Float64Array(CHUNK * count), new Float64Array(CHUNK * count)];
    }

    /** Linear gains at a time of 0 ns or later, into `out`, one a subband. */
    read(timeNs: number, out: Float64Array): void {
        const step = Math.floor(timeNs / this.#stepNs);
        const chunk = Math.floor(step / CHUNK);
        const half = (chunk & 1) as 0 | 1;
        if (this.#chunks[half] !== chunk) this.#fill(half, chunk);
        const gains = this.#gains[half];
        const from = (step - chunk * CHUNK) * this.#count;
        for (let s = 0; s < this.#count; s++) out[s] = gains[from + s] as number;
    }

    #draw(omegaMax: number, stream: RngStream): void {
        let i = 0;
        for (let branch = 0; branch < this.#branches; branch++) {
            this.#omega[i] = omegaMax * Math.cos(2 * Math.PI * stream.float());
            this.#phase[i++] = 2 * Math.PI * stream.float();
            for (let process = 0; process < this.#count; process++) {
                const turn = stream.float();
                for (let path = 0; path < SINUSOIDS; path++) {
                    this.#omega[i] = omegaMax * Math.cos((2 * Math.PI * (path + turn)) / SINUSOIDS);
                    this.#phase[i++] = 2 * Math.PI * stream.float();
                }
            }
        }
    }

    #fill(half: 0 | 1, chunk: number): void {
        const gains = this.#gains[half].fill(0);
        const startNs = chunk * CHUNK * this.#stepNs;
        for (let branch = 0; branch < this.#branches; branch++) {
            for (let process = 0; process < this.#count; process++) this.#fillProcess(branch, process, startNs);
            this.#mix();
            this.#addPower(branch, startNs, gains);
        }
        this.#chunks[half] = chunk;
    }

    /** One process at all points of a chunk: its four sinusoids together, so that none waits for another's next step. */
    #fillProcess(branch: number, process: number, startNs: number): void {
        const re = this.#re;
        const im = this.#im;
        const count = this.#count;
        const end = count * this.#points;
        const fromNs = startNs - this.#between.ratio * this.#stepNs;
        const first = branch * (1 + count * SINUSOIDS) + 1 + process * SINUSOIDS;
        const angle = (path: number): number => (this.#omega[path] as number) * fromNs + (this.#phase[path] as number);
        const [second, third, fourth] = [first + 1, first + 2, first + 3];
        const c0 = this.#turnCos[first] as number;
        const s0 = this.#turnSin[first] as number;
        const c1 = this.#turnCos[second] as number;
        const s1 = this.#turnSin[second] as number;
        const c2 = this.#turnCos[third] as number;
        const s2 = this.#turnSin[third] as number;
        const c3 = this.#turnCos[fourth] as number;
        const s3 = this.#turnSin[fourth] as number;
        let x0 = this.#scattered * Math.cos(angle(first));
        let y0 = this.#scattered * Math.sin(angle(first));
        let x1 = this.#scattered * Math.cos(angle(second));
        let y1 = this.#scattered * Math.sin(angle(second));
        let x2 = this.#scattered * Math.cos(angle(third));
        let y2 = this.#scattered * Math.sin(angle(third));
        let x3 = this.#scattered * Math.cos(angle(fourth));
        let y3 = this.#scattered * Math.sin(angle(fourth));
        for (let n = process; n < end; n += count) {
            re[n] = x0 + x1 + x2 + x3;
            im[n] = y0 + y1 + y2 + y3;
            const a = x0 * c0 - y0 * s0;
            y0 = x0 * s0 + y0 * c0;
            x0 = a;
            const b = x1 * c1 - y1 * s1;
            y1 = x1 * s1 + y1 * c1;
            x1 = b;
            const c = x2 * c2 - y2 * s2;
            y2 = x2 * s2 + y2 * c2;
            x2 = c;
            const d = x3 * c3 - y3 * s3;
            y3 = x3 * s3 + y3 * c3;
            x3 = d;
        }
    }

    /** Subbands from processes, at all points. */
    #mix(): void {
        const count = this.#count;
        const { re, im } = this.#mixing;
        const zRe = this.#re;
        const zIm = this.#im;
        for (let from = 0; from < count * this.#points; from += count) {
            for (let s = 0; s < count; s++) {
                let x = 0;
                let y = 0;
                for (let p = 0, m = s * count; p < count; p++, m++) {
                    const a = zRe[from + p] as number;
                    const b = zIm[from + p] as number;
                    const c = re[m] as number;
                    const d = im[m] as number;
                    x += a * c - b * d;
                    y += a * d + b * c;
                }
                this.#hRe[from + s] = x;
                this.#hIm[from + s] = y;
            }
        }
    }

    /** Adds one branch's share of |H|^2 to the gains of every step. */
    #addPower(branch: number, startNs: number, gains: Float64Array): void {
        const count = this.#count;
        const { ratio, weights } = this.#between;
        const sight = branch * (1 + count * SINUSOIDS);
        const angle = (this.#omega[sight] as number) * startNs + (this.#phase[sight] as number);
        const c = this.#turnCos[sight] as number;
        const d = this.#turnSin[sight] as number;
        const share = 1 / this.#branches;
        const hRe = this.#hRe;
        const hIm = this.#hIm;
        let lineX = this.#sight * Math.cos(angle);
        let lineY = this.#sight * Math.sin(angle);
        for (let step = 0; step < CHUNK; step++) {
            const part = step % ratio;
            const first = ((step - part) / ratio) * count;
            const w0 = weights[part * TAPS] as number;
            const w1 = weights[part * TAPS + 1] as number;
            const w2 = weights[part * TAPS + 2] as number;
            const w3 = weights[part * TAPS + 3] as number;
            for (let s = 0, i = first, place = step * count; s < count; s++, i++, place++) {
                const j = i + count;
                const k = j + count;
                const l = k + count;
                const x =
                    lineX +
                    w0 * (hRe[i] as number) +
                    w1 * (hRe[j] as number) +
                    w2 * (hRe[k] as number) +
                    w3 * (hRe[l] as number);
                const y =
                    lineY +
                    w0 * (hIm[i] as number) +
                    w1 * (hIm[j] as number) +
                    w2 * (hIm[k] as number) +
                    w3 * (hIm[l] as number);
                gains[place] = (gains[place] as number) + (x * x + y * y) * share;
            }
            const next = lineX * c - lineY * d;
            lineY = lineX * d + lineY * c;
            lineX = next;
        }
    }
}

/** The newest mixing: users of one cell share its shape, and it costs 100 us. */
let kept: { readonly shape: SubbandShape; readonly mixing: Mixing } | null = null;

/** The profile's own line of sight gives way to the K factor of the configuration. */
function mixingOf(shape: SubbandShape): Mixing {
    const { count, profile, delaySpreadNs, bandwidthHz } = shape;
    const old = kept?.shape;
    const same = old?.profile === profile && old.delaySpreadNs === delaySpreadNs && old.bandwidthHz === bandwidthHz;
    if (kept && same && old.count === count) return kept.mixing;
    const { delays, powersDb, sight } = TDL_PROFILES[profile];
    const first = sight ? 1 : 0;
    const linear = powersDb.slice(first).map((db) => 10 ** (db / 10));
    const total = linear.reduce((sum, power) => sum + power, 0);
    const mixing = subbandMixing(count, bandwidthHz, {
        powers: linear.map((power) => power / total),
        delaysNs: delays.slice(first).map((delay) => delay * delaySpreadNs)
    });
    kept = { shape: { count, profile, delaySpreadNs, bandwidthHz }, mixing };
    return mixing;
}
