/**
 * Motion made of parameters, with exact truth: somebody walks, sits, lies, touches, as a script says. Public motion sets are
 * gated or huge and none says where the furniture was; this one does, so contact detection can be tested to the frame.
 */

import { badInput, exactAtan2, exactCos, exactSin, type RngStream } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import { BODY_JOINTS, type BodyJoint, type MotionClip } from './motion-clip.ts';

/** One thing to do. */
export type MotionStep =
    /** Walk to a plan point at `speed` metres a second (1.2 if absent). */
    | { readonly do: 'walk'; readonly to: readonly [number, number]; readonly speed?: number }
    /** Stand. */
    | { readonly do: 'stand'; readonly seconds: number }
    /** Sit down behind one's feet, looking along `yaw`: the hips go back by 0.27 of the height. */
    | { readonly do: 'sit'; readonly seat: number; readonly yaw: number; readonly seconds: number }
    /** Lie down beside one's feet, head along `yaw`: the hips go 0.35 of the height to the right. */
    | { readonly do: 'lie'; readonly bed: number; readonly yaw: number; readonly seconds: number }
    /** Hold the right hand on a point. */
    | { readonly do: 'touch'; readonly at: readonly [number, number, number]; readonly seconds: number };

/** What a frame of a synthetic motion is. */
export type MotionLabel = 'walk' | 'stand' | 'sit' | 'lie' | 'touch' | 'between';

/** See the file comment. */
export interface SyntheticMotion {
    readonly clip: MotionClip;
    /** One for each frame. */
    readonly labels: readonly MotionLabel[];
}

type Body = Record<BodyJoint, [number, number, number]>;

/** Time to sit down, lie down, get up and reach, seconds. */
const CHANGE = 0.8;

/**
 * Plays a script from a plan point.
 *
 * @param options.noise - Standard deviation of every coordinate, metres; 0 if absent.
 */
export function synthesizeMotion(
    start: readonly [number, number],
    script: readonly MotionStep[],
    options: {
        readonly rate?: number;
        readonly height?: number;
        readonly noise?: number;
        readonly stream?: RngStream;
    } = {}
): SyntheticMotion {
    const { rate = 30, height = 1.7, noise = 0, stream } = options;
    if (!(rate >= 5 && rate <= 240 && height >= 0.8 && height <= 2.3))
        throw badInput(`rate is ${rate}, height ${height}`, '5 to 240 frames a second, 0.8 to 2.3 m', 'Leave them out');
    const player = new Player(start, height, rate);
    for (const step of script) player.play(step);
    const joints = Object.fromEntries(
        BODY_JOINTS.map((j) => [j, new Float32Array(3 * player.frames.length)])
    ) as Record<BodyJoint, Float32Array>;
    player.frames.forEach((body, f) => {
        for (const j of BODY_JOINTS)
            joints[j].set(stream && noise > 0 ? body[j].map((v) => v + noise * stream.normal()) : body[j], 3 * f);
    });
    return { clip: { frameTime: 1 / rate, frames: player.frames.length, joints, height }, labels: player.labels };
}

class Player {
    readonly frames: Body[] = [];
    readonly labels: MotionLabel[] = [];
    readonly #height: number;
    readonly #rate: number;
    #x: number;
    #z: number;
    #yaw = 0;
    #phase = 0;

    constructor(start: readonly [number, number], height: number, rate: number) {
        [this.#x, this.#z] = start;
        this.#height = height;
        this.#rate = rate;
    }

    play(step: MotionStep): void {
        if (step.do === 'walk') this.#walk(step.to, step.speed ?? 1.2);
        else if (step.do === 'stand') this.#hold(this.#standing(), step.seconds, 'stand');
        else {
            const pose =
                step.do === 'sit'
                    ? this.#sitting(step.seat, step.yaw)
                    : step.do === 'lie'
                      ? this.#lying(step.bed, step.yaw)
                      : this.#touching(step.at);
            const before = this.#standing();
            this.#change(before, pose);
            this.#hold(pose, step.seconds, step.do);
            this.#change(pose, this.#standing());
        }
    }

    #emit(body: Body, label: MotionLabel): void {
        this.frames.push(structuredClone(body));
        this.labels.push(label);
    }

    #walk([tx, tz]: readonly [number, number], speed: number): void {
        const far = hypot(tx - this.#x, tz - this.#z);
        if (far < 1e-6) return;
        this.#yaw = exactAtan2(tx - this.#x, tz - this.#z);
        const count = Math.max(1, Math.round((far / speed) * this.#rate));
        const [x0, z0] = [this.#x, this.#z];
        for (let k = 1; k <= count; k++) {
            this.#x = x0 + ((tx - x0) * k) / count;
            this.#z = z0 + ((tz - z0) * k) / count;
            this.#phase += (far / count / (0.42 * this.#height)) * Math.PI;
            this.#emit(this.#striding(), 'walk');
        }
    }

    #hold(body: Body, seconds: number, label: MotionLabel): void {
        for (let k = 0; k < Math.round(seconds * this.#rate); k++) this.#emit(body, label);
    }

    #change(from: Body, to: Body): void {
        const count = Math.round(CHANGE * this.#rate);
        for (let k = 1; k < count; k++) {
            const t = k / count;
            const s = t * t * (3 - 2 * t);
            const mixed = Object.fromEntries(
                BODY_JOINTS.map((j) => [j, from[j].map((v, a) => v + s * (to[j][a]! - v))])
            );
            this.#emit(mixed as Body, 'between');
        }
    }

    /** A point `right`, `up`, `ahead` of the feet, in shares of the height. */
    #at(right: number, up: number, ahead: number, yaw: number = this.#yaw): [number, number, number] {
        const [s, c, h] = [exactSin(yaw), exactCos(yaw), this.#height];
        return [this.#x + h * (ahead * s - right * c), h * up, this.#z + h * (ahead * c + right * s)];
    }

    #standing(): Body {
        return {
            hips: this.#at(0, 0.53, 0),
            chest: this.#at(0, 0.72, 0),
            head: this.#at(0, 0.93, 0),
            leftHand: this.#at(-0.13, 0.47, 0.02),
            rightHand: this.#at(0.13, 0.47, 0.02),
            leftFoot: this.#at(-0.06, 0.03, 0),
            rightFoot: this.#at(0.06, 0.03, 0)
        };
    }

    #striding(): Body {
        const swing = exactSin(this.#phase);
        const body = this.#standing();
        const lift = (s: number): number => 0.03 + 0.05 * Math.max(0, s);
        body.leftFoot = this.#at(-0.06, lift(exactCos(this.#phase)), 0.2 * swing);
        body.rightFoot = this.#at(0.06, lift(-exactCos(this.#phase)), -0.2 * swing);
        body.leftHand = this.#at(-0.13, 0.48, -0.13 * swing);
        body.rightHand = this.#at(0.13, 0.48, 0.13 * swing);
        return body;
    }

    #sitting(seat: number, yaw: number): Body {
        this.#yaw = yaw;
        const up = (seat + 0.09) / this.#height;
        return {
            hips: this.#at(0, up, -0.27),
            chest: this.#at(0, up + 0.19, -0.29),
            head: this.#at(0, up + 0.4, -0.27),
            leftHand: this.#at(-0.08, up + 0.04, -0.1),
            rightHand: this.#at(0.08, up + 0.04, -0.1),
            leftFoot: this.#at(-0.07, 0.03, 0),
            rightFoot: this.#at(0.07, 0.03, 0)
        };
    }

    #lying(bed: number, yaw: number): Body {
        const up = (bed + 0.1) / this.#height;
        return {
            hips: this.#at(0.35, up, 0, yaw),
            chest: this.#at(0.35, up + 0.01, 0.19, yaw),
            head: this.#at(0.35, up + 0.03, 0.4, yaw),
            leftHand: this.#at(0.21, up, -0.02, yaw),
            rightHand: this.#at(0.49, up, -0.02, yaw),
            leftFoot: this.#at(0.29, up - 0.02, -0.5, yaw),
            rightFoot: this.#at(0.41, up - 0.02, -0.5, yaw)
        };
    }

    #touching(at: readonly [number, number, number]): Body {
        this.#yaw = exactAtan2(at[0] - this.#x, at[2] - this.#z);
        return { ...this.#standing(), rightHand: [...at] };
    }
}
