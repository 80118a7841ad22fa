/**
 * Redirected walking: how far a virtual walk may differ from the real one before people notice. Detection thresholds of
 * Steinicke, Bruder, Jerald, Frenz, Lappe, "Estimation of detection thresholds for redirected walking techniques", IEEE TVCG
 * 16(1), 17-27, 2010, its abstract: turns may be 49 % more or 20 % less than the perceived virtual ones, distances downscaled by
 * 14 % and upscaled by 26 %, and people walk a circle of radius 22 m while believing that they walk straight.
 */
import { badInput, exactCos, exactSin } from '@mixreel/core';

/** Bounds on what is done to a walk. */
export interface GainLimits {
    /** Virtual turn over real turn. */
    readonly rotation: readonly [least: number, most: number];
    /** Virtual distance over real distance. */
    readonly translation: readonly [least: number, most: number];
    /** Smallest radius of the circle really walked while virtually walking straight, metres. */
    readonly curvatureRadius: number;
}

/** See the file comment: 1 / 1.49 = 0.67 and 1 / 0.80 = 1.25, published as 0.67 and 1.24. */
export const STEINICKE_2010: GainLimits = Object.freeze({
    rotation: [0.67, 1.24],
    translation: [0.86, 1.26],
    curvatureRadius: 22
} as const);

/** Position and heading of a walker: plan metres, and radians as a yaw (0 looks along +z). */
export interface WalkerPose {
    readonly x: number;
    readonly z: number;
    readonly yaw: number;
}

/** What is applied during one real step. */
export interface StepGains {
    readonly rotation: number;
    readonly translation: number;
    /** Extra virtual turn per real metre, radians a metre; at most 1 / radius. */
    readonly curvature: number;
}

/**
 * The virtual pose after a real step. The real turn (scaled) comes first, then the real distance (scaled) along an arc: its
 * chord points half the injected turn beyond the heading before it.
 */
export function redirectedStep(from: WalkerPose, realTurn: number, realDistance: number, gains: StepGains): WalkerPose {
    const injected = gains.curvature * realDistance;
    const heading = from.yaw + gains.rotation * realTurn;
    const along = gains.translation * realDistance;
    const chord = heading + injected / 2;
    return {
        x: from.x + exactSin(chord) * along,
        z: from.z + exactCos(chord) * along,
        yaw: wrapped(heading + injected)
    };
}

/** The angle in (-pi, pi]. */
export const wrapped = (angle: number): number => angle - 2 * Math.PI * Math.ceil(angle / (2 * Math.PI) - 0.5);

/** Checks limits that a caller brings: they must contain "as it is". */
export function checkLimits(limits: GainLimits): GainLimits {
    const { rotation: r, translation: t, curvatureRadius } = limits;
    const fine = r[0] > 0 && r[0] <= 1 && r[1] >= 1 && t[0] > 0 && t[0] <= 1 && t[1] >= 1 && curvatureRadius > 0.5;
    if (fine && Number.isFinite(r[1] + t[1])) return limits;
    throw badInput(
        `the gain limits are rotation ${r.join('..')}, translation ${t.join('..')}, radius ${curvatureRadius}`,
        'ranges around 1 and a radius above 0.5 m',
        'Use STEINICKE_2010'
    );
}
