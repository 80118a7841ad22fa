/** Collects what a scenario captures. Everything is checked here, at the border, so that a bad capture names its own line. */
import { badInput } from '@mixreel/core';
import { Frame, type Rgba8Image } from '@mixreel/image';
import type { Capture, CaptureData, Judge } from '../verdict/capture.ts';
import { checkJudge } from '../verdict/judge.ts';
import { type MomentsImage, momentsOfFrames } from '../verdict/moments-image.ts';
import { pictureData } from '../verdict/picture-data.ts';
import { checkCaptured } from './check-captured.ts';
import type { Captures } from './scenario.ts';

/** The captures a scenario takes, and the list they go to. */
export function collectCaptures(): { readonly captures: Captures; readonly list: readonly Capture[] } {
    const list: Capture[] = [];
    function add<T>(
        name: string,
        kind: Judge['kind'],
        value: T,
        options: object | undefined,
        data: (v: T) => CaptureData
    ): void {
        if (typeof name !== 'string' || name.trim() === '' || name.length > 200) {
            throw badInput(
                `a capture is named ${JSON.stringify(name)}`,
                'text of 1 to 200 characters',
                'Name what it shows'
            );
        }
        if (list.some((capture) => capture.name === name)) {
            throw badInput(
                `"${name}" was captured twice`,
                'each name once in a scenario',
                'Name them apart: "frame 1", "frame 2"'
            );
        }
        const {
            expected,
            mayBeBlank = false,
            ...rest
        } = {
            expected: undefined as T | undefined,
            mayBeBlank: undefined as boolean | undefined,
            ...options
        };
        if (mayBeBlank && expected === undefined && kind !== 'temporal')
            throw badInput(`"${name}" may be blank`, 'expected beside it', 'A baseline is never blank: give expected');
        const judge = { ...rest, kind } as Judge;
        checkJudge(judge);
        checkCaptured(name, kind, value, 'is given');
        if (expected !== undefined) checkCaptured(name, kind, expected, 'expects');
        const capture = { name, judge, data: data(value), ...(mayBeBlank ? { mayBeBlank } : {}) };
        list.push(expected === undefined ? capture : { ...capture, expected: data(expected) });
    }
    const frame = (value: Frame): CaptureData => ({ kind: 'frame', frame: copyOf(value) });
    const picture = (value: Frame | Rgba8Image): CaptureData =>
        value instanceof Frame ? frame(value) : pictureData({ ...value, data: value.data.slice() });
    const either = (value: Uint8Array | Frame): CaptureData =>
        value instanceof Uint8Array ? { kind: 'bytes', bytes: value.slice() } : frame(value);
    const moments = (value: MomentsImage | readonly Frame[]): CaptureData => ({
        kind: 'moments',
        moments: 'mean' in value ? copyOfMoments(value) : momentsOfFrames(value)
    });
    const captures: Captures = {
        exact: (name, data, options) => add(name, 'exact', data, options, either),
        deterministic: (name, data, options) => add(name, 'deterministic', data, options, picture),
        perceptual: (name, data, options) => add(name, 'perceptual', data, options, frame),
        stochastic: (name, data, options) => add(name, 'stochastic', data, options, moments),
        counters: (name, data, options) =>
            add(name, 'counters', data, options, (c) => ({ kind: 'counters', counters: { ...c } })),
        temporal: (name, data, options) =>
            add(name, 'temporal', data, options, (all) => ({ kind: 'frames', frames: all.map(copyOf) })),
        convergence: (name, data, options) =>
            add(name, 'convergence', data, options, (points) => ({ kind: 'errors', points: structuredClone(points) })),
        timing: (name, data, options) =>
            add(name, 'timing', data, options, (rounds) => ({ kind: 'timings', rounds: structuredClone(rounds) }))
    };
    return { captures, list };
}

/** A renderer may reuse its arrays for the next frame: what was captured must stay. */
function copyOf({ widthPx, heightPx, view, timeNs, layers }: Frame): Frame {
    const copies = Object.fromEntries([...layers].map(([name, layer]) => [name, layer.slice()]));
    return new Frame({ widthPx, heightPx, view, timeNs, layers: copies });
}

function copyOfMoments({ widthPx, heightPx, channels, count, mean, m2, blocks }: MomentsImage): MomentsImage {
    const copies = blocks?.map((b) => ({ blockPx: b.blockPx, mean: b.mean.slice(), m2: b.m2.slice() }));
    const own = { widthPx, heightPx, channels, count, mean: mean.slice(), m2: m2.slice() };
    return copies ? { ...own, blocks: copies } : own;
}
