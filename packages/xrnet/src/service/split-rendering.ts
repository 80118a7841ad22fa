/**
 * Dynamic split rendering: which of device and edge renders the next frames, by what each is expected to take. On the device a
 * frame takes its rendering time; on the edge rendering, coding, the network's delay (told by network states) and decoding.
 * The faster one is taken, with a preference for the edge (whose picture is better and whose power is not the headset's) and
 * with hysteresis, so that a delay that swings around the boundary does not switch at every frame.
 */
import { badInput, type NetworkState } from '@mixreel/core';

/** Where frames are rendered. */
export type RenderSite = 'device' | 'edge';

/** What is known beforehand. */
export interface SplitOptions {
    /** Time of one frame on the device, ns, 0 to 1 s. */
    readonly deviceRenderNs: number;
    /** On the edge, ns, 0 to 1 s. */
    readonly edgeRenderNs: number;
    /** Coding and decoding together, ns, 0 to 1 s. */
    readonly codingNs: number;
    /** Bit rate that frames of the edge need, bit/s, above 0. */
    readonly edgeRateBps: number;
    /** Time from pose to picture that is good enough, ns, above 0 to 1 s. */
    readonly budgetNs: number;
    /** What the edge may be slower than the device within the budget before the device is taken, ns, 0 to 1 s. */
    readonly preferenceNs: number;
    /** States in a row that must ask for the other site before it is taken, 1 to 1000. */
    readonly patience: number;
}

export const SPLIT_DEFAULTS: SplitOptions = Object.freeze({
    deviceRenderNs: 14_000_000,
    edgeRenderNs: 4_000_000,
    codingNs: 5_000_000,
    edgeRateBps: 30e6,
    budgetNs: 20_000_000,
    preferenceNs: 4_000_000,
    patience: 2
});

/** Weight of the newest delay in the mean, as TCP's smoothed round trip has it (RFC 6298). */
const NEWEST = 1 / 8;

/** See the file comment. Feed it network states; ask {@link SplitController.site} before each frame. */
export class SplitController {
    readonly #options: SplitOptions;
    #site: RenderSite = 'edge';
    #delayNs: number | null = null;
    #deviationNs = 0;
    #rateBps = Infinity;
    #asking = 0;
    #switches = 0;

    constructor(options: Partial<SplitOptions> = {}) {
        this.#options = { ...SPLIT_DEFAULTS, ...options };
        requireSplit(this.#options);
    }

    /** Who renders the next frame. */
    get site(): RenderSite {
        return this.#site;
    }

    /** How often the site changed. */
    get switches(): number {
        return this.#switches;
    }

    /** What a frame is expected to take at a site, pose to picture, ns: for the edge the mean delay and four deviations. */
    expectedNs(site: RenderSite): number {
        const { deviceRenderNs, edgeRenderNs, codingNs, edgeRateBps } = this.#options;
        if (site === 'device') return deviceRenderNs;
        // Too little rate makes queues that no measured delay shows yet.
        if (this.#rateBps < edgeRateBps) return Infinity;
        return edgeRenderNs + codingNs + (this.#delayNs ?? 0) + 4 * this.#deviationNs;
    }

    /** Takes a state in and may change the site. */
    onState({ frameDelayNs, recommendedRateBps }: Pick<NetworkState, 'frameDelayNs' | 'recommendedRateBps'>): void {
        this.#rateBps = recommendedRateBps;
        if (frameDelayNs !== null) {
            if (this.#delayNs === null) this.#deviationNs = frameDelayNs / 8;
            const error = frameDelayNs - (this.#delayNs ?? frameDelayNs);
            this.#delayNs = (this.#delayNs ?? frameDelayNs) + NEWEST * error;
            this.#deviationNs += 2 * NEWEST * (Math.abs(error) - this.#deviationNs);
        }
        this.#asking = this.#wanted() === this.#site ? 0 : this.#asking + 1;
        if (this.#asking < this.#options.patience) return;
        this.#site = this.#site === 'edge' ? 'device' : 'edge';
        this.#asking = 0;
        this.#switches++;
    }

    #wanted(): RenderSite {
        const { budgetNs, preferenceNs } = this.#options;
        const edgeNs = this.expectedNs('edge');
        const deviceNs = this.expectedNs('device');
        // Back to the edge only with room to spare, or it would be left again at once.
        const limitNs = this.#site === 'edge' ? budgetNs : 0.9 * budgetNs;
        if (edgeNs <= limitNs && edgeNs <= deviceNs + preferenceNs) return 'edge';
        return deviceNs <= edgeNs ? 'device' : 'edge';
    }
}

function requireSplit(options: SplitOptions): void {
    const check = (name: keyof SplitOptions, low: number, high: number): void => {
        const value = options[name];
        if (value >= low && value <= high && (name !== 'patience' || Number.isInteger(value))) return;
        throw badInput(`${name} of split rendering is ${value}`, `${low} to ${high}`, `Correct ${name}`);
    };
    for (const name of ['deviceRenderNs', 'edgeRenderNs', 'codingNs', 'preferenceNs'] as const) check(name, 0, 1e9);
    check('edgeRateBps', 1, 1e12);
    check('budgetNs', 1, 1e9);
    check('patience', 1, 1000);
}
