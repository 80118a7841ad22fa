/**
 * Points of one person, frame after frame, in the codec's own skeleton: what `encodeKeypointVideo` takes. The networks are loaded when the analysis is opened, and
 * no sooner; see `finders.ts` for where they look. Several people in a picture: the one that the body's network finds plainest, or that it followed before.
 */
import { badInput, type MixreelError } from '@mixreel/core';
import type { Keypoints } from '../keypoints/keypoint-coder.ts';
import type { Skeleton } from '../keypoints/part-flow.ts';
import { checkedParts, type PersonPart, personSkeleton } from '../keypoints/person.ts';
import type { Picture } from '../picture.ts';
import { BodyFinder, FaceFinder, HandFinder } from './finders.ts';
import type { ModelName, Models, Network } from './models.ts';
import { PointSmoother } from './smoothing.ts';

/** Options of {@link openPersonAnalysis}. */
export interface PersonAnalysisOptions {
    /** What is looked for. Hands and face are found by way of the body, whether or not its points are asked for. */
    readonly parts: readonly PersonPart[];
    /** Lightning: 0.1 s a picture of one core; thunder: twice that, surer; blazepose: surer of limbs that cross, 0.2 and 0.35 s. */
    readonly body: 'movenet-lightning' | 'movenet-thunder' | 'blazepose-lite' | 'blazepose-full';
    /** Lite: 0.1 s a hand, full 0.3 s. */
    readonly hand: 'handlandmark-lite' | 'handlandmark-full';
    /** Least score, 0 to 1, of a point of MoveNet that counts as seen. */
    readonly leastScore: number;
    /** How much of where a point was before stays, 0 (none) to 0.95. */
    readonly smoothing: number;
    /** So many frames a point that is missed stays where it was, 0 to 30. */
    readonly holdFrames: number;
}

export const PERSON_ANALYSIS_DEFAULTS: PersonAnalysisOptions = Object.freeze({
    parts: Object.freeze(['body'] as const),
    body: 'movenet-lightning',
    hand: 'handlandmark-lite',
    leastScore: 0.25,
    smoothing: 0.5,
    holdFrames: 2
});

/** An opened analysis. One film at a time: what it found before says where to look. */
export interface PersonAnalysis {
    /** In the order of their points. */
    readonly parts: readonly PersonPart[];
    readonly skeleton: Skeleton;
    /** The points of the next picture of the film, pixels, null where not seen. Pictures must come one after the other, of one size. */
    keypointsOf(picture: Picture): Promise<Keypoints>;
    /** Before another film. */
    reset(): void;
    /** Frees the networks. */
    dispose(): void;
}

/**
 * @param models - `await fetchedModels(…)` in a browser, `installedModels(…)` of `@mixreel/codec/node` in Node.
 * @throws MixreelError `environment` if the packages or models are not there.
 */
export async function openPersonAnalysis(
    models: Models,
    given: Partial<PersonAnalysisOptions> = {}
): Promise<PersonAnalysis> {
    const options = checked({ ...PERSON_ANALYSIS_DEFAULTS, ...given });
    const { parts } = options;
    const networks: Network[] = [];
    const open = async (name: ModelName): Promise<Network> => {
        const network = await models.open(name);
        networks.push(network);
        return network;
    };
    const dispose = (): void => {
        for (const network of networks.splice(0)) network.dispose();
    };
    try {
        const body = new BodyFinder(await open(options.body), options.body, options.leastScore);
        const hands = parts.includes('hands') ? new HandFinder(await open(options.hand), options.hand) : null;
        const face = parts.includes('face') ? new FaceFinder(await open('facemesh')) : null;
        return analysisOf(options, { body, hands, face }, networks, dispose);
    } catch (error) {
        dispose();
        throw error;
    }
}

interface Finders {
    readonly body: BodyFinder;
    readonly hands: HandFinder | null;
    readonly face: FaceFinder | null;
}

function analysisOf(
    { parts, smoothing, holdFrames }: PersonAnalysisOptions,
    { body, hands, face }: Finders,
    networks: readonly Network[],
    dispose: () => void
): PersonAnalysis {
    const smoother = new PointSmoother(smoothing, holdFrames);
    let busy = false;
    return {
        parts,
        skeleton: personSkeleton(parts),
        async keypointsOf(picture) {
            if (networks.length === 0 || busy) throw outOfTurn(busy);
            busy = true;
            try {
                const found = await body.find(picture);
                const byPart: Readonly<Record<PersonPart, Keypoints>> = {
                    body: found,
                    hands: hands ? await hands.find(picture, found) : [],
                    face: face ? await face.find(picture, found) : []
                };
                return smoother.next(parts.flatMap((part) => byPart[part]));
            } finally {
                busy = false;
            }
        },
        reset() {
            for (const one of [body, hands, face, smoother]) one?.forget();
        },
        dispose
    };
}

function outOfTurn(busy: boolean): MixreelError {
    return badInput(
        busy ? 'a picture is still being analysed' : 'the analysis was disposed of',
        'one picture at a time, before dispose()',
        busy ? 'Await the picture before' : 'Open another analysis'
    );
}

function checked(options: PersonAnalysisOptions): PersonAnalysisOptions {
    const ranges = [
        ['leastScore', 0, 1],
        ['smoothing', 0, 0.95],
        ['holdFrames', 0, 30]
    ] as const;
    for (const [name, least, most] of ranges) {
        if (options[name] >= least && options[name] <= most) continue;
        throw badInput(`${name} is ${options[name]}`, `${least} to ${most}`, 'Leave it out');
    }
    return { ...options, parts: checkedParts(options.parts) };
}
