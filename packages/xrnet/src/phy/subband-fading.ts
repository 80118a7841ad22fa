/**
 * Frequency-selective fading, fidelity L2: a tapped delay line (src/phy/tdl.ts) whose taps fade as sums of sinusoids, so that
 * the gain of a subband at a time is a function of the user's phases and of the time alone, as in src/phy/fading.ts.
 *
 * H_b(f, t) = sum over taps of h_bl(t) e^{-j 2 pi f tau_l} for each antenna branch b; a subband's gain is the mean of |H|^2
 * over the branches at its centre. A tap is four sinusoids (a subband sums over twenty of them, so their sum is Gaussian all
 * the same); the line of sight is one more path at delay 0, its power by the K factor. Mean power over time is 1 in every
 * subband. Made in chunks of 16 steps: about 1 us a step of nine subbands and two branches.
 *
 * This is 40 % of what 21 coupled cells cost. Tried, 8 users at L2, simulated user-seconds a CPU second on a machine with other
 * work, best of three: one subband at a time 263; three at a time, with the turns of the sinusoids kept, 305, the same bytes.
 * Making subbands only of steps that are read (half of them) 324 once and 267 the next time: all branches' taps have to be
 * kept for it, 50 kB a user, and 210 users leave the caches (coupled cells: no gain). Nine mixed processes in place of 24 taps
 * would be cheaper still, but have the same covariance only, not the same profile.
 */
import type { RngStream } from '@mixreel/core';
import type { FadingConfig } from '../config.ts';
import { fadingStepNs } from './fading.ts';
import { TDL_PROFILES, type TdlName } from './tdl.ts';

const SINUSOIDS = 4;
const CHUNK = 16;

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
    readonly #taps: number;
    /** Sinusoids, by branch, then tap. */
    readonly #omega: Float64Array;
    readonly #phase: Float64Array;
    /** e^{-j 2 pi f tau} by subband and tap, amplitudes included. */
    readonly #cos: Float64Array;
    readonly #sin: Float64Array;
    /** e^{j omega step} of each sinusoid. */
    readonly #turnCos: Float64Array;
    readonly #turnSin: Float64Array;
    readonly #re: Float64Array;
    readonly #im: Float64Array;
    readonly #chunks: number[] = [-1, -1];
    readonly #gains: readonly [Float64Array, Float64Array];

    constructor(fading: FadingConfig, shape: SubbandShape, stream: RngStream) {
        const { delays, powersDb, sight } = TDL_PROFILES[shape.profile];
        // The profile's own line of sight gives way to the K factor of the configuration.
        const first = sight ? 1 : 0;
        const linear = powersDb.slice(first).map((db) => 10 ** (db / 10));
        const total = linear.reduce((sum, power) => sum + power, 0);
        const k = 10 ** (fading.kFactorDb / 10);
        const powers = [k / (k + 1), ...linear.map((power) => power / total / (k + 1))];
        const delaysNs = [0, ...delays.slice(first).map((delay) => delay * shape.delaySpreadNs)];
        this.#stepNs = fadingStepNs(fading.dopplerHz);
        this.#count = shape.count;
        this.#branches = fading.branches;
        this.#taps = powers.length;
        const paths = this.#branches * this.#taps * SINUSOIDS;
        this.#omega = new Float64Array(paths);
        this.#phase = new Float64Array(paths);
        this.#draw(2 * Math.PI * fading.dopplerHz * 1e-9, stream);
        this.#cos = new Float64Array(shape.count * this.#taps);
        this.#sin = new Float64Array(shape.count * this.#taps);
        for (let s = 0; s < shape.count; s++) {
            const hz = ((s + 0.5) / shape.count - 0.5) * shape.bandwidthHz;
            for (let tap = 0; tap < this.#taps; tap++) {
                const angle = -2 * Math.PI * hz * (delaysNs[tap] as number) * 1e-9;
                // The line of sight is one sinusoid, a tap four.
                const amplitude = Math.sqrt((powers[tap] as number) / (tap === 0 ? 1 : SINUSOIDS));
                this.#cos[s * this.#taps + tap] = amplitude * Math.cos(angle);
                this.#sin[s * this.#taps + tap] = amplitude * Math.sin(angle);
            }
        }
        this.#turnCos = this.#omega.map((omega) => Math.cos(omega * this.#stepNs));
        this.#turnSin = this.#omega.map((omega) => Math.sin(omega * this.#stepNs));
        this.#re = new Float64Array(this.#taps * CHUNK);
        this.#im = new Float64Array(this.#taps * CHUNK);
        this.#gains = [new Float64Array(CHUNK * shape.count), new Float64Array(CHUNK * shape.count)];
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
            for (let tap = 0; tap < this.#taps; tap++) {
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
        for (let branch = 0; branch < this.#branches; branch++) {
            for (let tap = 0; tap < this.#taps; tap++) this.#fillTap(branch, tap, chunk * CHUNK * this.#stepNs);
            this.#combine(gains);
        }
        this.#chunks[half] = chunk;
    }

    /** One tap's phasor over a chunk. */
    #fillTap(branch: number, tap: number, startNs: number): void {
        const re = this.#re;
        const im = this.#im;
        const taps = this.#taps;
        for (let n = tap; n < CHUNK * taps; n += taps) {
            re[n] = 0;
            im[n] = 0;
        }
        const first = (branch * taps + tap) * SINUSOIDS;
        const paths = tap === 0 ? 1 : SINUSOIDS;
        for (let path = first; path < first + paths; path++) {
            const angle = (this.#omega[path] as number) * startNs + (this.#phase[path] as number);
            const c = this.#turnCos[path] as number;
            const s = this.#turnSin[path] as number;
            let x = Math.cos(angle);
            let y = Math.sin(angle);
            for (let n = tap; n < CHUNK * taps; n += taps) {
                re[n] = (re[n] as number) + x;
                im[n] = (im[n] as number) + y;
                const next = x * c - y * s;
                y = x * s + y * c;
                x = next;
            }
        }
    }

    /** Adds one branch's |H|^2 to the gains: this is most of the work. */
    #combine(gains: Float64Array): void {
        const count = this.#count;
        const threes = count - (count % 3);
        for (let n = 0; n < CHUNK; n++) {
            for (let s = 0; s < threes; s += 3) this.#addThree(gains, n, s);
            for (let s = threes; s < count; s++) this.#addOne(gains, n, s);
        }
    }

    #addOne(gains: Float64Array, n: number, s: number): void {
        const taps = this.#taps;
        const re = this.#re;
        const im = this.#im;
        let x = 0;
        let y = 0;
        let u = s * taps;
        for (let tap = n * taps; tap < (n + 1) * taps; tap++, u++) {
            const a = re[tap] as number;
            const b = im[tap] as number;
            const c = this.#cos[u] as number;
            const d = this.#sin[u] as number;
            x += a * c - b * d;
            y += a * d + b * c;
        }
        const place = n * this.#count + s;
        gains[place] = (gains[place] as number) + (x * x + y * y) * (1 / this.#branches);
    }

    /** Three subbands from `s` on: the taps are read once for all of them. */
    #addThree(gains: Float64Array, n: number, s: number): void {
        const taps = this.#taps;
        const re = this.#re;
        const im = this.#im;
        const cos = this.#cos;
        const sin = this.#sin;
        let [x0, y0, x1, y1, x2, y2] = [0, 0, 0, 0, 0, 0];
        let u = s * taps;
        for (let tap = n * taps; tap < (n + 1) * taps; tap++, u++) {
            const a = re[tap] as number;
            const b = im[tap] as number;
            const c0 = cos[u] as number;
            const d0 = sin[u] as number;
            const c1 = cos[u + taps] as number;
            const d1 = sin[u + taps] as number;
            const c2 = cos[u + 2 * taps] as number;
            const d2 = sin[u + 2 * taps] as number;
            x0 += a * c0 - b * d0;
            y0 += a * d0 + b * c0;
            x1 += a * c1 - b * d1;
            y1 += a * d1 + b * c1;
            x2 += a * c2 - b * d2;
            y2 += a * d2 + b * c2;
        }
        const share = 1 / this.#branches;
        const place = n * this.#count + s;
        gains[place] = (gains[place] as number) + (x0 * x0 + y0 * y0) * share;
        gains[place + 1] = (gains[place + 1] as number) + (x1 * x1 + y1 * y1) * share;
        gains[place + 2] = (gains[place + 2] as number) + (x2 * x2 + y2 * y2) * share;
    }
}
