/**
 * Small-scale fading as a sum of sinusoids (Jakes' spectrum; Zheng and Xiao, IEEE T-COM 51, 2003): the gain at time t is a
 * function of the user's random phases and of t alone. So nothing has to be stepped while a user is idle, and who else is in
 * the cell cannot change it: paired comparisons stay paired. An AR(1) process would cost less a step and lose both.
 *
 * Each branch is sqrt(K/(K+1)) e^{j w0 t} + sqrt(1/(K+1)) h(t), h of 8 sinusoids; the wideband gain is the mean power over the
 * branches. Values are made in chunks of 64 by complex rotation from an exactly computed start: about 0.1 us a value.
 */
import type { RngStream } from '@mixreel/core';
import type { FadingConfig } from '../config.ts';

const SINUSOIDS = 8;
/** Paths that are stepped together: a third of the eight and the line of sight. */
const TOGETHER = 3;
const CHUNK = 64;

/** The gain of one user over time. */
export class Fading {
    /** How long one value holds, ns. */
    readonly stepNs: number;
    readonly #branches: number;
    readonly #paths: number;
    readonly #omega: Float64Array;
    readonly #phase: Float64Array;
    readonly #amplitude: Float64Array;
    /** One branch's sum over a chunk. */
    readonly #re: Float64Array = new Float64Array(CHUNK);
    readonly #im: Float64Array = new Float64Array(CHUNK);
    /** Two chunks of gains in dB: the newest and the one before, since channel reports look back. */
    readonly #gainsDb: Float64Array[] = [new Float64Array(CHUNK), new Float64Array(CHUNK)];
    readonly #chunks: number[] = [-1, -1];

    constructor(config: FadingConfig, stream: RngStream) {
        this.stepNs = fadingStepNs(config.dopplerHz);
        this.#branches = config.branches;
        this.#paths = SINUSOIDS + 1;
        const count = this.#branches * this.#paths;
        this.#omega = new Float64Array(count);
        this.#phase = new Float64Array(count);
        this.#amplitude = new Float64Array(count);
        const k = 10 ** (config.kFactorDb / 10);
        const omegaMax = 2 * Math.PI * config.dopplerHz * 1e-9;
        for (let branch = 0; branch < this.#branches; branch++) {
            const turn = stream.float();
            for (let path = 0; path < this.#paths; path++) {
                const i = branch * this.#paths + path;
                const sight = path === SINUSOIDS;
                const angle = sight ? 2 * Math.PI * turn : (2 * Math.PI * (path + turn)) / SINUSOIDS;
                this.#omega[i] = omegaMax * Math.cos(angle);
                this.#phase[i] = 2 * Math.PI * stream.float();
                this.#amplitude[i] = Math.sqrt(sight ? k / (k + 1) : 1 / (k + 1) / SINUSOIDS);
            }
        }
    }

    /** Gain in dB at a time of 0 ns or later; its mean power over time is 0 dB. */
    gainDb(timeNs: number): number {
        const step = Math.floor(timeNs / this.stepNs);
        const chunk = Math.floor(step / CHUNK);
        const slot = chunk & 1;
        if (this.#chunks[slot] !== chunk) this.#fill(slot, chunk);
        return (this.#gainsDb[slot] as Float64Array)[step - chunk * CHUNK] as number;
    }

    #fill(slot: number, chunk: number): void {
        const gainsDb = this.#gainsDb[slot] as Float64Array;
        const startNs = chunk * CHUNK * this.stepNs;
        gainsDb.fill(0);
        for (let branch = 0; branch < this.#branches; branch++) {
            this.#re.fill(0);
            this.#im.fill(0);
            const first = branch * this.#paths;
            for (let path = first; path < first + this.#paths; path += TOGETHER) this.#addPaths(path, startNs);
            for (let n = 0; n < CHUNK; n++) {
                const x = this.#re[n] as number;
                const y = this.#im[n] as number;
                gainsDb[n] = (gainsDb[n] as number) + x * x + y * y;
            }
        }
        for (let n = 0; n < CHUNK; n++) {
            gainsDb[n] = 10 * Math.log10(Math.max(1e-9, (gainsDb[n] as number) / this.#branches));
        }
        this.#chunks[slot] = chunk;
    }

    /** Adds three paths' phasors over a chunk to the branch's sum: one's next step does not wait for the other's. */
    #addPaths(first: number, startNs: number): void {
        const re = this.#re;
        const im = this.#im;
        const [second, third] = [first + 1, first + 2];
        const c0 = Math.cos(this.#turn(first));
        const s0 = Math.sin(this.#turn(first));
        const c1 = Math.cos(this.#turn(second));
        const s1 = Math.sin(this.#turn(second));
        const c2 = Math.cos(this.#turn(third));
        const s2 = Math.sin(this.#turn(third));
        let x0 = (this.#amplitude[first] as number) * Math.cos(this.#angle(first, startNs));
        let y0 = (this.#amplitude[first] as number) * Math.sin(this.#angle(first, startNs));
        let x1 = (this.#amplitude[second] as number) * Math.cos(this.#angle(second, startNs));
        let y1 = (this.#amplitude[second] as number) * Math.sin(this.#angle(second, startNs));
        let x2 = (this.#amplitude[third] as number) * Math.cos(this.#angle(third, startNs));
        let y2 = (this.#amplitude[third] as number) * Math.sin(this.#angle(third, startNs));
        for (let n = 0; n < CHUNK; n++) {
            re[n] = (re[n] as number) + x0 + x1 + x2;
            im[n] = (im[n] as number) + y0 + y1 + y2;
            const a = x0 * c0 - y0 * s0;
            y0 = x0 * s0 + y0 * c0;
            x0 = a;
            const b = x1 * c1 - y1 * s1;
            y1 = x1 * s1 + y1 * c1;
            x1 = b;
            const d = x2 * c2 - y2 * s2;
            y2 = x2 * s2 + y2 * c2;
            x2 = d;
        }
    }

    #turn(path: number): number {
        return (this.#omega[path] as number) * this.stepNs;
    }

    #angle(path: number, startNs: number): number {
        return (this.#omega[path] as number) * startNs + (this.#phase[path] as number);
    }
}

/**
 * How long one value holds, ns: four a coherence time (9 / 16 pi f_d), so that the correlation from one to the next is 0.98;
 * at most one in 0.5 ms and at least one in 50 ms.
 */
export function fadingStepNs(dopplerHz: number): number {
    const coherenceNs = dopplerHz > 0 ? (9 / (16 * Math.PI * dopplerHz)) * 1e9 : Infinity;
    return Math.round(Math.min(50e6, Math.max(500_000, coherenceNs / 4)));
}
