/** glTF animations at a moment (glTF 2.0, 3.11 and appendix C): node transforms and morph weights from keyframes. */
import type { Animation, AnimationChannel, Node } from '@gltf-transform/core';
import { floats } from './gltf-primitive.ts';

/** What an animation sets of a node; what it leaves out is as in the document. */
export interface AnimatedNode {
    translation?: readonly number[];
    /** Quaternion x, y, z, w. */
    rotation?: readonly number[];
    scale?: readonly number[];
    weights?: readonly number[];
}

/** When the last keyframe is, seconds. */
export function animationDuration(animation: Animation): number {
    let end = 0;
    for (const sampler of animation.listSamplers()) {
        const input = sampler.getInput();
        if (input && input.getCount() > 0) end = Math.max(end, input.getElement(input.getCount() - 1, [])[0]!);
    }
    return end;
}

/** The nodes that an animation moves, as they stand at a time. Before the first and after the last keyframe they rest. */
export function nodesAt(animation: Animation, timeS: number): Map<Node, AnimatedNode> {
    const nodes = new Map<Node, AnimatedNode>();
    for (const channel of animation.listChannels()) {
        const node = channel.getTargetNode();
        const path = channel.getTargetPath();
        const value = channelAt(channel, timeS);
        if (!node || !path || !value) continue;
        const animated = nodes.get(node) ?? {};
        animated[path] = value;
        nodes.set(node, animated);
    }
    return nodes;
}

function channelAt(channel: AnimationChannel, timeS: number): number[] | null {
    const sampler = channel.getSampler();
    const [input, output] = [sampler?.getInput(), sampler?.getOutput()];
    if (!sampler || !input?.getArray() || !output?.getArray() || input.getCount() === 0) return null;
    const times = floats(input, 1);
    const cubic = sampler.getInterpolation() === 'CUBICSPLINE';
    const values = floats(output, output.getElementSize());
    // Weights are scalars, as many a keyframe as there are targets; cubic keyframes have a tangent on either side.
    const width = values.length / times.length / (cubic ? 3 : 1);
    const at = (key: number, part = 0): number[] => {
        const from = (cubic ? key * 3 + part : key) * width;
        return [...values.subarray(from, from + width)];
    };
    const value = cubic ? 1 : 0;
    let key = 0;
    while (key < times.length - 1 && times[key + 1]! <= timeS) key++;
    const rotation = channel.getTargetPath() === 'rotation';
    if (key === times.length - 1 || timeS <= times[0]!) return at(key, value);
    const span = times[key + 1]! - times[key]!;
    const t = (timeS - times[key]!) / span;
    if (sampler.getInterpolation() === 'STEP') return at(key);
    if (cubic) {
        const spline = hermite(at(key, 1), at(key, 2), at(key + 1, 0), at(key + 1, 1), t, span);
        return rotation ? unit(spline) : spline;
    }
    return rotation ? slerp(at(key), at(key + 1), t) : at(key).map((x, i) => x + t * (at(key + 1)[i]! - x));
}

/** Appendix C.5: values and tangents, the latter per second. */
function hermite(p: number[], out: number[], into: number[], q: number[], t: number, span: number): number[] {
    const [t2, t3] = [t * t, t * t * t];
    return p.map(
        (x, i) =>
            (2 * t3 - 3 * t2 + 1) * x +
            span * (t3 - 2 * t2 + t) * out[i]! +
            (3 * t2 - 2 * t3) * q[i]! +
            span * (t3 - t2) * into[i]!
    );
}

/** Appendix C.4, along the shorter way. */
function slerp(a: number[], b: number[], t: number): number[] {
    const cosine = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const sign = cosine < 0 ? -1 : 1;
    const angle = Math.acos(Math.min(1, Math.abs(cosine)));
    if (angle < 1e-4) return unit(a.map((x, i) => x + t * (sign * b[i]! - x)));
    const [from, to] = [Math.sin((1 - t) * angle) / Math.sin(angle), (sign * Math.sin(t * angle)) / Math.sin(angle)];
    return a.map((x, i) => from * x + to * b[i]!);
}

function unit(q: number[]): number[] {
    const length = Math.hypot(...q);
    return q.map((x) => x / length);
}
