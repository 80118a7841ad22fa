/**
 * Contacts from motion: where somebody sat, lay, touched and walked. Heights and speeds decide (the measures are those of
 * Pose2Room, MOVER and SUMMON: a body at rest below its standing height is carried by something): hips low and still with
 * the trunk upright is sitting, with the trunk level lying; a hand that rests away from the body touches; upright frames are
 * walking, and what they sweep is free.
 */

import { exactAtan2 } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { type BodyJoint, jointAt, type MotionClip } from './motion-clip.ts';

/** One contact, over some frames. */
export interface Contact {
    readonly kind: 'sit' | 'lie' | 'touch';
    /** First frame and the one after the last. */
    readonly from: number;
    readonly to: number;
    /** Where the body or hand is, metres, mean over the frames. */
    readonly x: number;
    readonly z: number;
    /** Height of what carries or is touched, metres. */
    readonly height: number;
    /** Where a sitter or toucher looks; where the head of one who lies is. */
    readonly yaw: number;
}

/** See the file comment. */
export interface MotionContacts {
    readonly contacts: readonly Contact[];
    /** What each frame is. */
    readonly labels: readonly ('upright' | 'sit' | 'lie' | 'between')[];
    /** Plan positions of upright frames, metres, and how far the body reaches around them. */
    readonly passed: readonly PlanPoint[];
    readonly reach: number;
}

/** Shorter rests are passing moments, seconds. */
const SHORTEST: Readonly<Record<Contact['kind'], number>> = { sit: 0.5, lie: 0.5, touch: 0.35 };
/** Slower than this is rest, metres a second. */
const STILL = 0.12;
/** Hips above this share of their standing height are upright. */
const UPRIGHT = 0.85;
/** From the hips down to what is sat on, and from the trunk down to what is lain on, metres. */
const FLESH: Readonly<Record<'sit' | 'lie', number>> = { sit: 0.09, lie: 0.1 };
/** Sitting down and getting up take this long, with a step, seconds. */
const BESIDE = 1.3;
/** Half a body's width, metres. */
const BODY_REACH = 0.25;

/** Finds all contacts of a clip. O(frames). */
export function findContacts(clip: MotionClip): MotionContacts {
    const standing = clip.height * 0.53;
    const labels = Array.from({ length: clip.frames }, (_, f) => {
        const hips = jointAt(clip, 'hips', f);
        const head = jointAt(clip, 'head', f);
        if (hips[1] > UPRIGHT * standing) return 'upright' as const;
        if (speed(clip, 'hips', f) > STILL || speed(clip, 'head', f) > 2 * STILL) return 'between' as const;
        const level = hypot(head[0] - hips[0], head[2] - hips[2]);
        return exactAtan2(head[1] - hips[1], level) < Math.PI / 6 ? ('lie' as const) : ('sit' as const);
    });
    const contacts = [...bodyContacts(clip, labels), ...handContacts(clip, labels)].sort((a, b) => a.from - b.from);
    const passed: PlanPoint[] = [];
    // Beside what one sits and lies on the body stands at its edge: those moments free no floor.
    const near = Math.round(BESIDE / clip.frameTime);
    const beside = (f: number): boolean =>
        contacts.some((c) => c.kind !== 'touch' && f > c.from - near && f < c.to + near);
    labels.forEach((label, f) => {
        if (label !== 'upright' || beside(f)) return;
        const [x, , z] = jointAt(clip, 'hips', f);
        const last = passed.at(-1);
        if (!last || hypot(last[0] - x, last[1] - z) > 0.05) passed.push([x, z]);
    });
    return { contacts, labels, passed, reach: BODY_REACH };
}

function bodyContacts(clip: MotionClip, labels: readonly string[]): Contact[] {
    return (['sit', 'lie'] as const).flatMap((kind) =>
        runs(labels.length, (f) => labels[f] === kind, SHORTEST[kind] / clip.frameTime).map(([from, to]): Contact => {
            const hips = mean(clip, 'hips', from, to);
            const head = mean(clip, 'head', from, to);
            const feet = [mean(clip, 'leftFoot', from, to), mean(clip, 'rightFoot', from, to)] as const;
            const ahead = [(feet[0][0] + feet[1][0]) / 2 - hips[0], (feet[0][2] + feet[1][2]) / 2 - hips[2]] as const;
            const yaw =
                kind === 'sit' ? exactAtan2(ahead[0], ahead[1]) : exactAtan2(head[0] - hips[0], head[2] - hips[2]);
            return { kind, from, to, x: hips[0], z: hips[2], height: Math.max(0.05, hips[1] - FLESH[kind]), yaw };
        })
    );
}

/** Hands at rest, away from the trunk and not hanging. */
function handContacts(clip: MotionClip, labels: readonly string[]): Contact[] {
    return (['leftHand', 'rightHand'] as const).flatMap((hand) => {
        const rests = (f: number): boolean => {
            if (labels[f] === 'lie' || labels[f] === 'between' || speed(clip, hand, f) > STILL) return false;
            const [hx, hy, hz] = jointAt(clip, hand, f);
            const [x, y, z] = jointAt(clip, 'hips', f);
            // A sitter's hands lie in the lap: those do not count.
            const away = hypot(hx - x, hz - z) > 0.22 * clip.height;
            return away && hy > (labels[f] === 'sit' ? y + 0.1 : 0.3);
        };
        return runs(clip.frames, rests, SHORTEST.touch / clip.frameTime).map(([from, to]): Contact => {
            const p = mean(clip, hand, from, to);
            const hips = mean(clip, 'hips', from, to);
            return {
                kind: 'touch',
                from,
                to,
                x: p[0],
                z: p[2],
                height: p[1],
                yaw: exactAtan2(p[0] - hips[0], p[2] - hips[2])
            };
        });
    });
}

/** Metres a second of a joint around a frame: over a fifth of a second, so that tracking noise does not count. */
function speed(clip: MotionClip, joint: BodyJoint, f: number): number {
    const half = Math.max(1, Math.round(0.1 / clip.frameTime));
    const [a, b] = [Math.max(0, f - half), Math.min(clip.frames - 1, f + half)];
    if (a === b) return 0;
    const [p, q] = [jointAt(clip, joint, a), jointAt(clip, joint, b)];
    return hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]) / ((b - a) * clip.frameTime);
}

function mean(clip: MotionClip, joint: BodyJoint, from: number, to: number): [number, number, number] {
    const sum: [number, number, number] = [0, 0, 0];
    for (let f = from; f < to; f++) {
        const p = jointAt(clip, joint, f);
        for (const k of [0, 1, 2] as const) sum[k] += p[k] / (to - from);
    }
    return sum;
}

/** Runs of at least `shortest` frames for which something holds; gaps of less than a third of that are noise. */
function runs(count: number, holds: (f: number) => boolean, shortest: number): (readonly [number, number])[] {
    const out: (readonly [number, number])[] = [];
    let start = -1;
    let last = -1;
    for (let f = 0; f <= count; f++) {
        if (f < count && holds(f)) {
            if (start < 0) start = f;
            last = f;
        } else if (start >= 0 && (f === count || f - last > shortest / 3)) {
            if (last + 1 - start >= shortest) out.push([start, last + 1]);
            start = -1;
        }
    }
    return out;
}
