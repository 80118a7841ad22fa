/**
 * Asynchronous time warp: what the display shows when frames are late. At every refresh the newest frame that has arrived is
 * turned to where the head looks by then (van Waveren 2016, "The asynchronous time warp for virtual reality on consumer
 * hardware"), so that a late frame costs what rotation cannot mend: its age, and black edges where the head has turned past
 * what was drawn. Only rotation is warped; what moves, and the parallax of a head that moves, stay as old as the frame is.
 */
import { badInput, quantile, type Rng } from '@mixreel/core';

/** Yaw to the left and pitch upwards, radians. */
export type Gaze = readonly [yawRad: number, pitchRad: number];

/** Where a head looks over time. */
export type HeadTrack = (timeNs: number) => Gaze;

/** One frame as the display gets it. */
export interface DisplayedFrame {
    /** The time whose gaze it was rendered for, ns. */
    readonly poseNs: number;
    /** When it can first be shown, ns; null if it never came. */
    readonly readyNs: number | null;
}

/** How the display works. */
export interface DisplayOptions {
    /** Refreshes a second, 1 to 1000. */
    readonly refreshHz: number;
    /** Whether frames are turned to the newest gaze. */
    readonly warp: boolean;
    /** Age of the newest gaze at the moment light leaves the display, ns, 0 to 1 s: with warp what is left of its error. */
    readonly sensorNs: number;
    /** Horizontal and vertical field of view, radians, 0.001 to pi. */
    readonly fovRad: readonly [number, number];
    /** Angle that frames are drawn wider than that on every side, radians, 0 to 1. */
    readonly marginRad: number;
}

export const DISPLAY_DEFAULTS: DisplayOptions = Object.freeze({
    refreshHz: 90,
    warp: true,
    sensorNs: 2_000_000,
    fovRad: Object.freeze([1.745, 1.571] as const),
    marginRad: 0
});

/** What was seen over a run. */
export interface DisplayResult {
    /** Refreshes from the first frame that was ready on. */
    readonly refreshes: number;
    /** Share of them that repeat the frame before, above what the frame rate itself leaves empty; 0 to 1. */
    readonly repeatedShare: number;
    /** Angle between where the picture says one looks and where one does, radians. */
    readonly meanErrorRad: number;
    readonly p99ErrorRad: number;
    /** Mean and largest share of the view without content, 0 to 1. */
    readonly blackShare: number;
    readonly worstBlackShare: number;
    /** Age of the world in the picture: refresh time less `poseNs`, ns, mean. What warp does not mend. */
    readonly meanAgeNs: number;
}

/**
 * Shows frames on a display.
 *
 * @param frames - In order of `poseNs`.
 * @throws MixreelError `bad-input` for bad options, or if no frame ever came.
 */
export function displayFrames(
    frames: readonly DisplayedFrame[],
    track: HeadTrack,
    options: Partial<DisplayOptions> = {}
): DisplayResult {
    const settled = requireDisplay({ ...DISPLAY_DEFAULTS, ...options });
    const ready = frames.filter((frame) => frame.readyNs !== null);
    const firstNs = Math.min(...ready.map(({ readyNs }) => readyNs as number));
    const lastNs = Math.max(...frames.map(({ poseNs }) => poseNs));
    if (!(firstNs < lastNs)) {
        throw badInput(
            `${ready.length} of ${frames.length} frames came in time to be shown`,
            'at least one',
            'Send more'
        );
    }
    const periodNs = 1e9 / settled.refreshHz;
    const errors: number[] = [];
    let [black, worst, ages, fresh] = [0, 0, 0, 0];
    let shown: DisplayedFrame | null = null;
    for (let timeNs = Math.ceil(firstNs / periodNs) * periodNs; timeNs <= lastNs; timeNs += periodNs) {
        const newest = newestAt(ready, timeNs);
        if (!newest) continue;
        if (newest !== shown) fresh++;
        shown = newest;
        const looked = track(timeNs);
        const drawn = track(newest.poseNs);
        const aimed = settled.warp ? track(timeNs - settled.sensorNs) : drawn;
        errors.push(Math.hypot(looked[0] - aimed[0], looked[1] - aimed[1]));
        const bare = settled.warp ? uncovered(aimed, drawn, settled) : 0;
        black += bare;
        worst = Math.max(worst, bare);
        ages += timeNs - newest.poseNs;
    }
    const refreshes = errors.length;
    // A slower source leaves refreshes without a new frame however well the network does.
    const possible = Math.min(refreshes, frames.filter(({ poseNs }) => poseNs >= firstNs && poseNs <= lastNs).length);
    return {
        refreshes,
        repeatedShare: Math.max(0, (possible - fresh) / Math.max(1, possible)),
        meanErrorRad: errors.reduce((sum, error) => sum + error, 0) / Math.max(1, refreshes),
        p99ErrorRad: refreshes === 0 ? 0 : quantile(errors, 0.99),
        blackShare: black / Math.max(1, refreshes),
        worstBlackShare: worst,
        meanAgeNs: ages / Math.max(1, refreshes)
    };
}

/** The newest frame by its pose that is ready; frames that come after a newer one are never shown. */
function newestAt(ready: readonly DisplayedFrame[], timeNs: number): DisplayedFrame | null {
    for (let i = ready.length - 1; i >= 0; i--) {
        const frame = ready[i] as DisplayedFrame;
        if ((frame.readyNs as number) <= timeNs) return frame;
    }
    return null;
}

/** Share of the view that lies outside of what was drawn, both as rectangles of angles. */
function uncovered(aimed: Gaze, drawn: Gaze, { fovRad, marginRad }: DisplayOptions): number {
    const covered = (axis: 0 | 1): number => {
        const turned = Math.max(0, Math.abs(aimed[axis] - drawn[axis]) - marginRad);
        return Math.max(0, 1 - turned / fovRad[axis]);
    };
    return 1 - covered(0) * covered(1);
}

function requireDisplay(options: DisplayOptions): DisplayOptions {
    const { refreshHz, sensorNs, fovRad, marginRad } = options;
    const check = (name: string, value: number, low: number, high: number): void => {
        if (value >= low && value <= high) return;
        throw badInput(`${name} of the display is ${value}`, `${low} to ${high}`, `Correct ${name}`);
    };
    check('refreshHz', refreshHz, 1, 1000);
    check('sensorNs', sensorNs, 0, 1e9);
    check('fovRad[0]', fovRad[0], 1e-3, Math.PI);
    check('fovRad[1]', fovRad[1], 1e-3, Math.PI);
    check('marginRad', marginRad, 0, 1);
    return options;
}

/**
 * A head that looks around: for each angle five sines of random phase from 0.1 to 1.6 Hz, each an octave above the last, with
 * equal speeds, so that the speed of the head has the deviation given. Made up for comparisons; no recording of a person.
 *
 * @param speedRadPerS - Standard deviation of each angle's speed, 0 to 20; 0.5 is calm looking, 2 a game.
 */
export function lookingAround(rng: Rng, speedRadPerS: number): HeadTrack {
    if (!(speedRadPerS >= 0 && speedRadPerS <= 20)) {
        throw badInput(`the head's speed is ${speedRadPerS} rad/s`, '0 to 20', 'Correct it');
    }
    const waves = [0, 1].map((angle) => {
        const phases = rng.stream('gaze', angle);
        return Array.from({ length: 5 }, (_, octave) => {
            const rate = 2 * Math.PI * 0.1 * 2 ** octave;
            // A sine of amplitude a has the speed a rate / sqrt 2.
            return {
                rate,
                phase: 2 * Math.PI * phases.float(),
                amplitude: (speedRadPerS * Math.SQRT2) / rate / Math.sqrt(5)
            };
        });
    });
    const at = (angle: 0 | 1, seconds: number): number =>
        (waves[angle] as NonNullable<(typeof waves)[number]>).reduce(
            (sum, { rate, phase, amplitude }) => sum + amplitude * Math.sin(rate * seconds + phase),
            0
        );
    return (timeNs) => [at(0, timeNs / 1e9), at(1, timeNs / 1e9)];
}
