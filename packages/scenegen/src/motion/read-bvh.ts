/**
 * Biovision Hierarchy files: a skeleton of offsets and Euler channels, then one line of numbers a frame. Forward kinematics
 * in the order of the channels gives joint positions. Files have no unit: the skeleton is scaled to a person's height, by
 * its own height over the lowest foot, and put on the floor.
 */
import { badInput, exactCos, exactSin } from '@mixreel/core';
import { BODY_JOINTS, type BodyJoint, MOTION_LIMITS, type MotionClip } from './motion-clip.ts';

interface Joint {
    readonly name: string;
    readonly parent: number;
    readonly offset: [number, number, number];
    channels: string[];
}

/** Names of joints in common skeletons. The first name that matches wins, so that toes do not stand in for feet. */
const NAMES: Readonly<Record<BodyJoint, readonly RegExp[]>> = {
    hips: [/^(mixamorig:?)?hips?$/i, /pelvis/i, /^root$/i],
    chest: [/chest/i, /spine[23]/i, /^(mixamorig:?)?spine1?$/i, /thorax/i],
    head: [/^(mixamorig:?)?head$/i, /head/i, /neck/i],
    leftHand: [/left_?hand$/i, /l_?hand$/i, /left_?wrist/i, /left_?forearm/i],
    rightHand: [/right_?hand$/i, /r_?hand$/i, /right_?wrist/i, /right_?forearm/i],
    leftFoot: [/left_?foot$/i, /left_?ankle/i, /l_?foot$/i, /left_?leg$/i],
    rightFoot: [/right_?foot$/i, /right_?ankle/i, /r_?foot$/i, /right_?leg$/i]
};

/**
 * Reads a BVH file.
 *
 * @param height - Height of the person, metres, 0.8 to 2.3; 1.7 if absent.
 */
export function readBvh(text: string, height = 1.7): MotionClip {
    if (!(height >= 0.8 && height <= 2.3)) throw badInput(`height is ${height}`, '0.8 to 2.3 metres', 'Leave it out');
    if (text.length > MOTION_LIMITS.textBytes)
        throw badInput(`the file has ${text.length} characters`, `at most ${MOTION_LIMITS.textBytes}`, 'Cut it');
    const split = text.search(/\bMOTION\b/);
    if (!/^\s*HIERARCHY/.test(text) || split < 0)
        throw badInput('the text is not a BVH file', 'HIERARCHY and MOTION', 'Export the motion as BVH');
    const skeleton = hierarchy(text.slice(0, split));
    const { frames, frameTime, values } = motion(text.slice(split), skeleton);
    const roles = rolesOf(skeleton);
    const joints = Object.fromEntries(BODY_JOINTS.map((j) => [j, new Float32Array(3 * frames)])) as Record<
        BodyJoint,
        Float32Array
    >;
    const width = skeleton.reduce((sum, j) => sum + j.channels.length, 0);
    const scale = height / standingHeight(skeleton);
    let floor = Infinity;
    for (let f = 0; f < frames; f++) {
        const at = kinematics(skeleton, values, f * width);
        for (const joint of BODY_JOINTS) {
            const p = at[roles[joint]]!;
            joints[joint].set([p[0] * scale, p[1] * scale, p[2] * scale], 3 * f);
        }
        for (const p of at) floor = Math.min(floor, p[1] * scale);
    }
    for (const joint of BODY_JOINTS) for (let f = 0; f < frames; f++) joints[joint][3 * f + 1]! -= floor;
    return { frameTime, frames, joints, height };
}

function hierarchy(text: string): Joint[] {
    const words = text.split(/\s+/).filter(Boolean);
    const joints: Joint[] = [];
    const stack: number[] = [];
    let at = 1;
    const number = (): number => {
        const value = Number(words[at++]);
        if (!Number.isFinite(value))
            throw badInput(`"${words[at - 1]}" stands for a number`, 'a finite number', 'Export the file again');
        return value;
    };
    while (at < words.length) {
        const word = words[at++]!;
        if (word === 'ROOT' || word === 'JOINT' || word === 'End') {
            if (joints.length >= MOTION_LIMITS.joints)
                throw badInput('the skeleton is too large', `at most ${MOTION_LIMITS.joints} joints`, 'Reduce it');
            joints.push({
                name: word === 'End' ? 'End' : words[at]!,
                parent: stack.at(-1) ?? -1,
                offset: [0, 0, 0],
                channels: []
            });
            at++;
        } else if (word === '{') stack.push(joints.length - 1);
        else if (word === '}') stack.pop();
        else if (word === 'OFFSET') joints.at(-1)?.offset.splice(0, 3, number(), number(), number());
        else if (word === 'CHANNELS') {
            const count = number();
            const channels = words.slice(at, at + count);
            if (channels.length !== count || channels.some((c) => !/^[XYZ](position|rotation)$/i.test(c)))
                throw badInput(
                    `the channels of ${joints.at(-1)?.name} are ${channels.join(' ')}`,
                    'X, Y, Z position or rotation',
                    'Export the file again'
                );
            joints.at(-1)!.channels = channels.map((c) => c.toLowerCase());
            at += count;
        } else
            throw badInput(
                `"${word.slice(0, 40)}" stands in the hierarchy`,
                'ROOT, JOINT, End, OFFSET, CHANNELS',
                'Export the file again'
            );
    }
    if (joints.length < 2 || stack.length !== 0)
        throw badInput('the hierarchy is not closed', 'as many } as {', 'Export the file again');
    return joints;
}

function motion(text: string, skeleton: readonly Joint[]): { frames: number; frameTime: number; values: Float64Array } {
    const head = /MOTION\s+Frames:\s*(\d+)\s+Frame Time:\s*([\d.eE+-]+)\s/.exec(text);
    const frames = Number(head?.[1]);
    const frameTime = Number(head?.[2]);
    if (!(frames >= 1 && frames <= MOTION_LIMITS.frames && frameTime > 0 && frameTime <= 1))
        throw badInput(
            `the motion has ${head?.[1]} frames of ${head?.[2]} s`,
            `1 to ${MOTION_LIMITS.frames} frames of at most 1 s`,
            'Cut it'
        );
    const width = skeleton.reduce((sum, j) => sum + j.channels.length, 0);
    const words = text.slice(head![0].length).trim().split(/\s+/);
    if (words.length < frames * width)
        throw badInput(
            `the motion has ${words.length} numbers`,
            `${frames} frames of ${width}`,
            'The file is cut short: export it again'
        );
    const values = new Float64Array(frames * width);
    for (let i = 0; i < values.length; i++) {
        const value = Number(words[i]);
        if (!Number.isFinite(value))
            throw badInput(
                `number ${i} of the motion is "${words[i]?.slice(0, 20)}"`,
                'a finite number',
                'Export it again'
            );
        values[i] = value;
    }
    return { frames, frameTime, values };
}

type Matrix = readonly number[];
type Point = readonly [number, number, number];

/** World positions of all joints in the frame whose numbers start at `from`. */
function kinematics(skeleton: readonly Joint[], values: Float64Array, from: number): Point[] {
    const turns: Matrix[] = [];
    const out: Point[] = [];
    let at = from;
    for (const [k, joint] of skeleton.entries()) {
        const up = joint.parent >= 0 ? turns[joint.parent]! : [1, 0, 0, 0, 1, 0, 0, 0, 1];
        const base = joint.parent >= 0 ? out[joint.parent]! : [0, 0, 0];
        let local: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        const move = [...joint.offset];
        let moved = false;
        for (const channel of joint.channels) {
            const value = values[at++]!;
            const axis = channel.charCodeAt(0) - 120;
            if (channel.endsWith('position')) {
                // Positions replace the offset.
                if (!moved) move.fill(0);
                moved = true;
                move[axis] = value;
            } else local = times(local, rotation(axis, (value * Math.PI) / 180));
        }
        out[k] = [0, 1, 2].map(
            (r) => base[r]! + up[3 * r]! * move[0]! + up[3 * r + 1]! * move[1]! + up[3 * r + 2]! * move[2]!
        ) as unknown as Point;
        turns[k] = times(up, local);
    }
    return out;
}

/** Row-major rotation about x, y or z. */
function rotation(axis: number, angle: number): Matrix {
    const [s, c] = [exactSin(angle), exactCos(angle)];
    if (axis === 0) return [1, 0, 0, 0, c, -s, 0, s, c];
    return axis === 1 ? [c, 0, s, 0, 1, 0, -s, 0, c] : [c, -s, 0, s, c, 0, 0, 0, 1];
}

function times(a: Matrix, b: Matrix): Matrix {
    const out: number[] = [];
    for (let r = 0; r < 3; r++)
        for (let c = 0; c < 3; c++) out.push(a[3 * r]! * b[c]! + a[3 * r + 1]! * b[3 + c]! + a[3 * r + 2]! * b[6 + c]!);
    return out;
}

/** Height of the unposed skeleton: most of them stand in a T. */
function standingHeight(skeleton: readonly Joint[]): number {
    const ys: number[] = [];
    skeleton.forEach((j, k) => {
        ys[k] = j.parent >= 0 ? ys[j.parent]! + j.offset[1] : 0;
    });
    const height = Math.max(...ys) - Math.min(...ys);
    if (height > 1e-6) return height;
    throw badInput('the skeleton has no height', 'offsets along y', 'Export it with its rest pose');
}

function rolesOf(skeleton: readonly Joint[]): Record<BodyJoint, number> {
    return Object.fromEntries(
        BODY_JOINTS.map((role) => {
            for (const pattern of NAMES[role]) {
                const found = skeleton.findIndex((j) => pattern.test(j.name));
                if (found >= 0) return [role, found];
            }
            throw badInput(
                `no joint is the ${role}`,
                `names like Hips, Spine, Head, LeftHand, LeftFoot; there are ${skeleton
                    .map((j) => j.name)
                    .join(', ')
                    .slice(0, 300)}`,
                'Rename the joints'
            );
        })
    ) as Record<BodyJoint, number>;
}
