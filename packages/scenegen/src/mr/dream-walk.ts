/**
 * A real way through a town, walked inside a virtual one (Yang, Holz, Ofek, Wilson, "DreamWalker", UIST 2019). The real way
 * is given (a route of a few hundred metres); a virtual way that one would like to see is given too. At every real step the
 * gains are chosen, within the published limits, that bring the virtual walker back to the virtual way, by pure pursuit
 * (Coulter 1992): the feet never leave the real way, so it is safe whatever the gains can achieve, and what they cannot is
 * reported as the distance from the virtual way. Things detected on the real way become virtual ones at the place where the
 * walker meets them.
 *
 * The free space around the virtual walk, with the detected things in it, is what a city is built around: `corridor`.
 */

import { badInput, exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import { distance, round } from '../geometry/polygon.ts';
import type { PlanPoint, SceneNode } from '../graph/scene-graph.ts';
import {
    checkLimits,
    type GainLimits,
    redirectedStep,
    STEINICKE_2010,
    type StepGains,
    type WalkerPose,
    wrapped
} from './redirected-walking.ts';

/** Options of {@link dreamWalk}. */
export interface DreamOptions {
    /** Steinicke 2010 if absent. */
    readonly limits?: GainLimits;
    /** Length of a step, metres, 0.05 to 2; 0.25 if absent. */
    readonly step?: number;
    /** Half the width of the way that is known to be free, metres; 1 if absent. */
    readonly halfWidth?: number;
}

/** One real step. */
export interface DreamStep {
    readonly real: WalkerPose;
    readonly virtual: WalkerPose;
    readonly gains: StepGains;
    /** From the virtual way, metres. */
    readonly deviation: number;
}

/** A walk, planned. */
export interface DreamWalk {
    readonly steps: readonly DreamStep[];
    /** Left and right edge of the free virtual way, one point a step. */
    readonly corridor: { readonly left: readonly PlanPoint[]; readonly right: readonly PlanPoint[] };
    readonly meanDeviation: number;
    readonly largestDeviation: number;
    /** Length of the virtual walk over that of the real one. */
    readonly lengthRatio: number;
}

/** Something that a camera found on or beside the real way. */
export interface DetectedObstacle {
    readonly id: string;
    /** `person`, `car`, `pole`, `box` … */
    readonly label: string;
    readonly x: number;
    readonly z: number;
    readonly radius: number;
    readonly height: number;
}

/** How far ahead on the virtual way the walker may be led, metres: the best for the whole walk is taken. */
const LOOK_AHEAD: readonly number[] = [0.5, 1, 2, 4, 8];

/** Where a real turn leaves the walker looking: this far on along the virtual way, metres. */
const AIM = 4;

/** Plans the gains of a whole walk. Both ways are polylines of plan points in metres. O(steps). */
export function dreamWalk(
    realWay: readonly PlanPoint[],
    virtualWay: readonly PlanPoint[],
    options: DreamOptions = {}
): DreamWalk {
    const { step = 0.25, halfWidth = 1 } = options;
    const limits = checkLimits(options.limits ?? STEINICKE_2010);
    if (!(step >= 0.05 && step <= 2)) throw badInput(`step is ${step}`, '0.05 to 2 metres', 'Leave it out');
    const feet = resampled(checkWay(realWay, 'real'), step);
    const wish = new Way(checkWay(virtualWay, 'virtual'));
    const squares = (steps: readonly DreamStep[]): number =>
        steps.reduce((sum, s) => sum + s.deviation * s.deviation, 0);
    const walks = LOOK_AHEAD.map((ahead) => walked(feet, wish, limits, ahead));
    const steps = walks.reduce((a, b) => (squares(b) < squares(a) ? b : a));
    return {
        steps,
        corridor: corridorOf(steps, halfWidth),
        meanDeviation: steps.reduce((sum, s) => sum + s.deviation, 0) / steps.length,
        largestDeviation: steps.reduce((most, s) => Math.max(most, s.deviation), 0),
        lengthRatio: lengthOf(steps.map((s) => s.virtual)) / lengthOf(steps.map((s) => s.real))
    };
}

/** The walk with one look-ahead. */
function walked(feet: readonly PlanPoint[], wish: Way, limits: GainLimits, lookAhead: number): DreamStep[] {
    let real: WalkerPose = { x: feet[0]![0], z: feet[0]![1], yaw: heading(feet[0]!, feet[1]!) };
    const start = wish.at(0);
    let virtual: WalkerPose = { x: start[0], z: start[1], yaw: heading(start, wish.at(0.5)) };
    let along = 0;
    const steps: DreamStep[] = [{ real, virtual, gains: { rotation: 1, translation: 1, curvature: 0 }, deviation: 0 }];
    let toGo = feet.reduce((sum, p, i) => (i === 0 ? 0 : sum + distance(feet[i - 1]!, p)), 0);
    for (let i = 1; i < feet.length; i++) {
        const yaw = heading(feet[i - 1]!, feet[i]!);
        const turn = wrapped(yaw - real.yaw);
        const far = distance(feet[i - 1]!, feet[i]!);
        // What is left of the virtual way is spread over what is left of the real one.
        const translation = clamp((wish.length - along) / toGo, limits.translation);
        toGo -= far;
        const gains = steer(
            virtual,
            turn,
            far,
            translation,
            [wish.at(along + lookAhead), wish.at(along + AIM)],
            limits
        );
        virtual = redirectedStep(virtual, turn, far, gains);
        real = { x: feet[i]![0], z: feet[i]![1], yaw };
        along = wish.nearest(virtual.x, virtual.z, along);
        const [wx, wz] = wish.at(along);
        steps.push({ real, virtual, gains, deviation: hypot(virtual.x - wx, virtual.z - wz) });
    }
    return steps;
}

/**
 * Gains that turn the virtual walker to the way. A real turn is scaled so that the walker looks along the way afterwards, at
 * the point `aims[1]` some metres on; what is left is bent away by curvature towards `aims[0]`.
 */
function steer(
    at: WalkerPose,
    turn: number,
    far: number,
    translation: number,
    aims: readonly [near: PlanPoint, far: PlanPoint],
    limits: GainLimits
): StepGains {
    const off = (aim: PlanPoint, yaw: number): number => wrapped(exactAtan2(aim[0] - at.x, aim[1] - at.z) - yaw);
    const rotation = Math.abs(turn) < 0.02 ? 1 : clamp(off(aims[1], at.yaw) / turn, limits.rotation);
    const error = off(aims[0], at.yaw + rotation * turn);
    const reach = Math.max(0.5, hypot(aims[0][0] - at.x, aims[0][1] - at.z));
    // Pure pursuit: the arc through the aim has curvature 2 sin(error) / reach; an aim behind asks for a full turn.
    const bend = (2 * translation * (Math.abs(error) > Math.PI / 2 ? Math.sign(error) : exactSin(error))) / reach;
    const most = Math.min(1 / limits.curvatureRadius, Math.abs(error) / far);
    return { rotation, translation, curvature: Math.max(-most, Math.min(most, bend)) };
}

/**
 * What is detected on the real way, as virtual things where the walker meets them: each is carried over by the step that is
 * nearest to it, so its distance from the virtual feet is its distance from the real ones, and its size is real.
 */
export function obstaclesInDream(walk: DreamWalk, obstacles: readonly DetectedObstacle[], room: string): SceneNode[] {
    return obstacles.map((o): SceneNode => {
        if (!(o.radius > 0.02 && o.radius < 10 && o.height > 0.05 && o.height < 10 && Number.isFinite(o.x + o.z))) {
            throw badInput(
                `the obstacle ${o.id} has radius ${o.radius}, height ${o.height} at (${o.x}, ${o.z})`,
                'a radius of 0.02 to 10 m and a height of 0.05 to 10 m',
                'Leave it out until it is tracked'
            );
        }
        const near = walk.steps.reduce((a, b) =>
            hypot(b.real.x - o.x, b.real.z - o.z) < hypot(a.real.x - o.x, a.real.z - o.z) ? b : a
        );
        const [x, z] = inDream(near, [o.x, o.z]);
        const side = round(2 * o.radius);
        return {
            id: `dream-${o.id}`,
            class: dreamClass(o),
            room,
            dims: { width: side, height: round(o.height), depth: side },
            pose: { x: round(x), y: 0, z: round(z), yaw: round(near.virtual.yaw) },
            support: { kind: 'floor', parent: `floor-${room}` },
            variant: 0,
            locked: true,
            real: false,
            priority: 1,
            provenance: { generator: 'dream-walk', source: `${o.label} ${o.id}` }
        };
    });
}

/** A real point in the virtual world as the walker at a step meets it. */
export function inDream(step: DreamStep, [x, z]: PlanPoint): PlanPoint {
    const turn = step.virtual.yaw - step.real.yaw;
    const [s, c] = [exactSin(turn), exactCos(turn)];
    const [dx, dz] = [x - step.real.x, z - step.real.z];
    return [step.virtual.x + dx * c + dz * s, step.virtual.z - dx * s + dz * c];
}

function dreamClass(o: DetectedObstacle): string {
    if (o.height > 1.2) return o.radius > 0.35 ? 'wardrobe' : 'floor_lamp';
    if (o.height > 0.6) return o.radius > 0.4 ? 'cabinet' : 'plant';
    return o.radius > 0.4 ? 'bench' : 'pouf';
}

function corridorOf(steps: readonly DreamStep[], half: number): DreamWalk['corridor'] {
    const edge = (side: number): PlanPoint[] =>
        steps.map(({ virtual: v }) => [
            round(v.x + side * half * exactCos(v.yaw)),
            round(v.z - side * half * exactSin(v.yaw))
        ]);
    return { left: edge(1), right: edge(-1) };
}

/** A polyline by arc length. */
class Way {
    readonly length: number;
    readonly #points: readonly PlanPoint[];
    readonly #marks: number[] = [0];

    constructor(points: readonly PlanPoint[]) {
        this.#points = points;
        for (let i = 1; i < points.length; i++)
            this.#marks.push(this.#marks[i - 1]! + distance(points[i - 1]!, points[i]!));
        this.length = this.#marks[points.length - 1]!;
    }

    /** The point at an arc length; beyond the end the last piece goes on. */
    at(s: number): PlanPoint {
        let i = 1;
        for (let high = this.#points.length - 1; i < high; ) {
            const middle = (i + high) >> 1;
            if (this.#marks[middle]! < s) i = middle + 1;
            else high = middle;
        }
        const [a, b] = [this.#points[i - 1]!, this.#points[i]!];
        const t = (s - this.#marks[i - 1]!) / (this.#marks[i]! - this.#marks[i - 1]!);
        return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    }

    /** Arc length of the nearest point within the next 4 m. */
    nearest(x: number, z: number, from: number): number {
        let best = from;
        let least = Infinity;
        for (let s = from; s <= Math.min(this.length, from + 4); s += 0.1) {
            const [px, pz] = this.at(s);
            const d = (px - x) * (px - x) + (pz - z) * (pz - z);
            if (d < least) [best, least] = [s, d];
        }
        return best;
    }
}

/** Points every `step` metres, corners kept. */
function resampled(way: readonly PlanPoint[], step: number): PlanPoint[] {
    const out: PlanPoint[] = [way[0]!];
    for (let i = 1; i < way.length; i++) {
        const [a, b] = [way[i - 1]!, way[i]!];
        const n = Math.max(1, Math.round(distance(a, b) / step));
        for (let k = 1; k <= n; k++) out.push([a[0] + ((b[0] - a[0]) * k) / n, a[1] + ((b[1] - a[1]) * k) / n]);
    }
    return out;
}

function checkWay(way: readonly PlanPoint[], name: string): readonly PlanPoint[] {
    const finite = way.every(([x, z]) => Number.isFinite(x) && Number.isFinite(z) && Math.abs(x) + Math.abs(z) < 1e5);
    const moves = way.every((p, i) => i === 0 || distance(p, way[i - 1]!) > 1e-3);
    if (finite && moves && way.length >= 2 && way.length <= 100_000) return way;
    throw badInput(
        `the ${name} way has ${way.length} points${finite ? '' : ', not all finite'}${moves ? '' : ', some repeated'}`,
        '2 to 100,000 different plan points in metres',
        'Drop repeated fixes and project to metres first'
    );
}

const heading = (a: PlanPoint, b: PlanPoint): number => exactAtan2(b[0] - a[0], b[1] - a[1]);
const clamp = (v: number, [low, high]: readonly [number, number]): number => Math.max(low, Math.min(high, v));
const lengthOf = (poses: readonly WalkerPose[]): number =>
    poses.reduce((sum, p, i) => (i === 0 ? 0 : sum + hypot(p.x - poses[i - 1]!.x, p.z - poses[i - 1]!.z)), 0);
