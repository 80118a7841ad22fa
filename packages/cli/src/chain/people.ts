/** A keypoint video of pictures of a person, by the networks that are installed beside, or in the folder that is named. */
import { encodeKeypointVideo, type Keypoints, type PersonPart, pictureFromFrame } from '@mixreel/codec';
import { type Progress, throwIfAborted } from '@mixreel/core';
import type { Frame } from '@mixreel/image';

/** What `mixreel encode --people` asks for. */
export interface PeopleSettings {
    readonly parts: readonly PersonPart[];
    readonly quality: number;
    readonly fps: number;
    /** Whose node_modules has the networks; undefined: the command line's own. */
    readonly models: string | undefined;
}

/** The bytes of the file, and how many frames showed anything of a person. */
export async function encodePeople(
    frames: readonly Frame[],
    { parts, quality, fps, models }: PeopleSettings,
    progress: Progress
): Promise<{ readonly bytes: Uint8Array; readonly seen: number }> {
    const [{ openPersonAnalysis }, { installedModels }] = await Promise.all([
        import('@mixreel/codec/analysis'),
        import('@mixreel/codec/node')
    ]);
    const analysis = await openPersonAnalysis(await installedModels(models), { parts });
    try {
        const tracks: Keypoints[] = [];
        for (const frame of frames) {
            tracks.push(await analysis.keypointsOf(pictureFromFrame(frame).picture));
            progress.report?.(tracks.length, frames.length, 'looking for people');
            throwIfAborted(progress, 'looking for people');
        }
        const bytes = encodeKeypointVideo(frames, tracks, { parts, quality, framesPerSecond: fps }, progress);
        return { bytes, seen: tracks.filter((track) => track.some((point) => point !== null)).length };
    } finally {
        analysis.dispose();
    }
}
