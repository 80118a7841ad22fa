/** What a worker process of {@link openJudges} runs: one task, one verdict. Frames arrive as plain objects, without methods. */
import { Frame } from '@mixreel/image';
import type { CaptureData } from '../verdict/capture.ts';
import { pictureData } from '../verdict/picture-data.ts';
import type { JudgeTask } from './judge-threads.ts';
import { SuiteJudge, type SuiteVerdict } from './suite-judge.ts';

/** Called by tinypool. */
export default async function judgeTask({ options, scenario, capture }: JudgeTask): Promise<SuiteVerdict> {
    const { data, expected, ...rest } = capture;
    const whole = { ...rest, data: withFrames(data), ...(expected ? { expected: withFrames(expected) } : {}) };
    return new SuiteJudge(options).judge(scenario, whole);
}

function withFrames(data: CaptureData): CaptureData {
    if (data.kind === 'frame')
        return data.rgba8 ? pictureData(data.rgba8) : { kind: 'frame', frame: frameOf(data.frame) };
    if (data.kind === 'frames') return { kind: 'frames', frames: data.frames.map(frameOf) };
    return data;
}

function frameOf({ widthPx, heightPx, view, timeNs, layers }: Frame): Frame {
    return new Frame({ widthPx, heightPx, view, timeNs, layers: Object.fromEntries(layers) });
}
