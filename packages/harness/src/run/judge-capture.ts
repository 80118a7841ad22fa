/** Finds what a capture must be like, and judges it: what came with it, else the approved baseline. */
import { MixreelError, Rng } from '@mixreel/core';
import type { Picture } from '../report/report.ts';
import type { Capture, CaptureData } from '../verdict/capture.ts';
import { captureFault, notNumbers } from '../verdict/capture-fault.ts';
import { judge, judgeAlone } from '../verdict/judge.ts';
import { framePicture, momentsFrame } from '../verdict/pictures.ts';
import { plainVerdict, type Verdict } from '../verdict/verdict.ts';
import { measureDistances } from './measure-distances.ts';
import type { CaptureResult } from './run-result.ts';

/** Where approved baselines are kept. */
export interface Baselines {
    /** The approved data of a capture, or null if there is none. Rejects with a MixreelError if it cannot be read. */
    load(scenario: string, capture: string): Promise<CaptureData | null>;
}

/** When pictures are made for the report. */
export type PicturePolicy = 'never' | 'failed' | 'always';

/**
 * Rejects only for bugs: a baseline that cannot be read is a verdict.
 *
 * @param metrics - See HarnessConfig.
 */
export async function judgeCapture(
    scenario: string,
    capture: Capture,
    baselines: Baselines | undefined,
    pictures: PicturePolicy,
    metrics?: Readonly<Record<string, string>>
): Promise<CaptureResult> {
    const { name, judge: how, data, expected: given } = capture;
    const result = (against: CaptureResult['against'], verdict: Verdict): CaptureResult => ({
        capture: { name, judge: how },
        data,
        verdict,
        against
    });
    // Before anything is compared: what nobody drew must not even match what nobody drew.
    const fault = faultOf(capture);
    if (fault) return result('none', plainVerdict('error', fault));
    if (how.kind === 'temporal' || how.kind === 'convergence' || how.kind === 'timing') {
        const rng = Rng.create('judge').stream(scenario, name);
        return result('expected', judgeAlone(how, data, rng, given, { pictures }));
    }
    const against = given ? 'expected' : 'baseline';
    try {
        const expected = given ?? (await baselines?.load(scenario, name));
        if (!expected) return result('none', noBaseline(capture, pictures));
        const distances = await measureDistances(how, data, expected, metrics);
        return result(against, judge(how, data, expected, { pictures, distances }));
    } catch (error) {
        if (error instanceof MixreelError) return result(against, plainVerdict('error', error.message));
        throw error;
    }
}

/**
 * Why a capture is not to be judged at all, or null. One colour is no fault where the author says so (`mayBeBlank`): a flat
 * picture through a codec, a fade from black.
 */
function faultOf({ judge, data, expected, mayBeBlank = false }: Capture): string | null {
    const all = data.kind === 'frames' ? data.frames.map((frame): CaptureData => ({ kind: 'frame', frame })) : [data];
    for (const [i, one] of all.entries()) {
        const fault = mayBeBlank ? notNumbers(one) : captureFault(one, judge.kind);
        if (fault) return all.length > 1 ? `frame ${i}: ${fault}` : fault;
    }
    const other = expected && !mayBeBlank ? captureFault(expected, judge.kind) : null;
    return other && `what it is to be like cannot be: ${other}`;
}

/** Failed, with the picture that is waiting for approval. */
function noBaseline({ data, scenarioFailure }: Capture, pictures: PicturePolicy): Verdict {
    const mend = scenarioFailure === undefined ? 'look at it and approve it' : 'mend its scenario, which failed, first';
    const verdict = plainVerdict('failed', `there is no baseline yet: ${mend}`);
    return pictures === 'never' ? verdict : { ...verdict, pictures: capturedPicture(data) };
}

/** What was captured, for the report; nothing for what is no picture. */
export function capturedPicture(data: CaptureData): Picture[] {
    if (data.kind === 'frame' && data.frame.has('color')) return [framePicture('Captured', data.frame)];
    if (data.kind === 'moments') return [framePicture('Captured', momentsFrame(data.moments))];
    return [];
}
