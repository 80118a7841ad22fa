/**
 * A person's movement as joint positions over time: metres, y up, the floor at y = 0. Read from BVH files and from pose
 * tracks (JSON of a headset's or a camera's body tracking), or synthesised. Only the joints that contacts need are named.
 */
import { badInput } from '@mixreel/core';

/** Joints that contacts are found from. */
export const BODY_JOINTS: readonly BodyJoint[] = Object.freeze([
    'hips',
    'chest',
    'head',
    'leftHand',
    'rightHand',
    'leftFoot',
    'rightFoot'
]);

/** See {@link BODY_JOINTS}. */
export type BodyJoint = 'hips' | 'chest' | 'head' | 'leftHand' | 'rightHand' | 'leftFoot' | 'rightFoot';

/** See the file comment. */
export interface MotionClip {
    /** Seconds between frames. */
    readonly frameTime: number;
    readonly frames: number;
    /** x, y, z of each frame of each joint. */
    readonly joints: Readonly<Record<BodyJoint, Float32Array>>;
    /** Height of the standing person, metres. */
    readonly height: number;
}

/** Longest clip that is read. */
export const MOTION_LIMITS: Readonly<{ frames: number; textBytes: number; joints: number }> = Object.freeze({
    frames: 200_000,
    textBytes: 64 * 2 ** 20,
    joints: 512
});

/** A joint's position in a frame. */
export function jointAt(clip: MotionClip, joint: BodyJoint, frame: number): readonly [number, number, number] {
    const p = clip.joints[joint];
    return [p[3 * frame]!, p[3 * frame + 1]!, p[3 * frame + 2]!];
}

/**
 * Reads a pose track: `{ frameTime, joints: { hips: [[x, y, z], …], … } }` with all of {@link BODY_JOINTS}, metres, y up.
 *
 * @param height - Height of the person; the head's 95th percentile and a forehead if absent.
 */
export function readPoseTrack(json: unknown, height?: number): MotionClip {
    const value = typeof json === 'string' ? parsed(json) : json;
    const track = value as { frameTime?: unknown; joints?: Record<string, unknown> } | null;
    const frameTime = track?.frameTime;
    if (!(typeof frameTime === 'number' && frameTime > 0 && frameTime <= 1))
        throw badInput(
            `frameTime is ${String(frameTime)}`,
            'seconds, above 0 and at most 1',
            'Write the time between frames'
        );
    const frames = Array.isArray(track?.joints?.['hips']) ? track.joints['hips'].length : 0;
    if (frames < 1 || frames > MOTION_LIMITS.frames)
        throw badInput(`the track has ${frames} frames of hips`, `1 to ${MOTION_LIMITS.frames}`, 'Cut it');
    const joints = Object.fromEntries(
        BODY_JOINTS.map((joint) => [joint, pointsOf(track!.joints![joint], joint, frames)])
    ) as unknown as Record<BodyJoint, Float32Array>;
    return { frameTime, frames, joints, height: height ?? heightOf(joints.head) };
}

function parsed(text: string): unknown {
    if (text.length > MOTION_LIMITS.textBytes)
        throw badInput(`the track has ${text.length} characters`, `at most ${MOTION_LIMITS.textBytes}`, 'Cut it');
    try {
        return JSON.parse(text);
    } catch (cause) {
        throw badInput('the pose track is not JSON', '{ frameTime, joints }', 'Export it again', cause);
    }
}

function pointsOf(list: unknown, joint: string, frames: number): Float32Array {
    if (!Array.isArray(list) || list.length !== frames)
        throw badInput(
            `joint ${joint} has ${Array.isArray(list) ? list.length : 'no'} frames`,
            `${frames}, as many as the hips`,
            `Give every joint: ${BODY_JOINTS.join(', ')}`
        );
    const out = new Float32Array(3 * frames);
    list.forEach((p: unknown, i) => {
        const fine = Array.isArray(p) && p.length === 3 && p.every((v) => typeof v === 'number' && Math.abs(v) < 1000);
        if (!fine) throw badInput(`frame ${i} of ${joint} is not [x, y, z]`, 'three finite metres', 'Fill the gap');
        out.set(p as number[], 3 * i);
    });
    return out;
}

/** A forehead above the head joint's 95th percentile. */
export function heightOf(head: Float32Array): number {
    const ys = Array.from({ length: head.length / 3 }, (_, i) => head[3 * i + 1]!).sort((a, b) => a - b);
    return Math.max(0.8, Math.min(2.3, ys[Math.floor(0.95 * (ys.length - 1))]! + 0.12));
}
