/**
 * A {@link SceneText} as bytes of the text layer: the map as the structure layer codes it, the regions' codes through trees that learn their
 * histogram. 24 x 16 cells and a dozen regions take 100 to 200 bytes.
 */
import { type BitCoder, BitDecoder, BitEncoder, PROBABILITY_ONE } from '../entropy/binary-rans.ts';
import { codeExpGolomb, codeSigned, codeTree } from '../entropy/numbers.ts';
import { codeLabelRow, structureContexts } from '../structure/structure-coder.ts';
import {
    checkScene,
    LARGEST_MAP_SIDE,
    LONGEST_REQUEST,
    MOST_SCENE_REGIONS,
    SCENE_WORDS,
    type SceneRegion,
    type SceneText
} from './scene-text.ts';

/** Contexts after those of the map. */
const REQUEST_LENGTH: number = structureContexts().length;
const REQUEST_LETTER: number = REQUEST_LENGTH + 8;
const HAS: number = REQUEST_LETTER + 127;
const WORD: number = HAS + 4;
const MEANING: number = WORD + 15;
const COLOR: number = MEANING + 16;
const FADE: number = COLOR + 3 * 31;
const ROUGH: number = FADE + 8;
const ALONG: number = ROUGH + 4 * 7;
const CONTEXTS: number = ALONG + 7;
const HAS_REQUEST = 0;
const HAS_MEANING = 1;
const HAS_ALONG = 2;

function contexts(): Uint16Array {
    const initial = new Uint16Array(CONTEXTS).fill(PROBABILITY_ONE >> 1);
    initial.set(structureContexts());
    return initial;
}

/** What the unit around the payload says already. */
export type SceneSize = Pick<SceneText, 'widthPx' | 'heightPx'>;

/** The scene as a payload; `bad-input` if it is none that the language can say. */
export function encodeScene(scene: SceneText): Uint8Array {
    checkScene(scene);
    const coder = new BitEncoder(contexts());
    code(coder, scene);
    return coder.finish();
}

/** Reads it back; null if the bytes are damaged. Time and memory are bounded by the largest map. */
export function decodeScene(payload: Uint8Array, size: SceneSize): SceneText | null {
    const coder = new BitDecoder(contexts(), payload);
    const scene = code(coder, { ...size, request: null, columns: 0, rows: 0, labels: new Uint8Array(0), regions: [] });
    return coder.intact ? scene : null;
}

function code(coder: BitCoder, scene: SceneText): SceneText | null {
    const request = codeRequest(coder, scene.request);
    if (request !== null && !/^[ !#-~]+$/.test(request)) return null;
    const columns = coder.bits(8, scene.columns);
    const rows = coder.bits(8, scene.rows);
    const count = coder.bits(6, scene.regions.length);
    if (
        Math.min(columns, rows, count) < 1 ||
        Math.max(columns, rows) > LARGEST_MAP_SIDE ||
        count > MOST_SCENE_REGIONS
    ) {
        return null;
    }
    const regions = Array.from({ length: count }, (_, i) => codeRegion(coder, scene.regions[i] ?? NO_REGION));
    const labels = coder.decoding ? new Uint8Array(columns * rows) : scene.labels.slice();
    for (let row = 0; row < rows; row++) {
        codeLabelRow(coder, labels, null, columns, 0, row, count);
        if (coder.decoding && (coder as BitDecoder).overrun) return null;
    }
    return { widthPx: scene.widthPx, heightPx: scene.heightPx, request, columns, rows, labels, regions };
}

function codeRequest(coder: BitCoder, request: string | null): string | null {
    if (!coder.bit(HAS + HAS_REQUEST, request === null ? 0 : 1)) return null;
    const length = Math.min(
        LONGEST_REQUEST,
        codeExpGolomb(coder, REQUEST_LENGTH, 8, 4, (request?.length ?? 1) - 1) + 1
    );
    const letters = Array.from({ length }, (_, i) => codeTree(coder, REQUEST_LETTER, 7, request?.charCodeAt(i) ?? 0));
    return String.fromCharCode(...letters);
}

const NO_REGION: SceneRegion = {
    word: 'thing',
    semanticId: 0,
    instanceId: 0,
    color: [0, 0, 0],
    fade: [0, 0],
    rough: [0, 0, 0, 0],
    along: null
};

function codeRegion(coder: BitCoder, region: SceneRegion): SceneRegion {
    const word = SCENE_WORDS[codeTree(coder, WORD, 4, SCENE_WORDS.indexOf(region.word))]!;
    const known = coder.bit(HAS + HAS_MEANING, region.semanticId !== 0 || region.instanceId !== 0 ? 1 : 0);
    const semanticId = known ? codeExpGolomb(coder, MEANING, 8, 0, region.semanticId) : 0;
    const instanceId = known ? codeExpGolomb(coder, MEANING + 8, 8, 0, region.instanceId) : 0;
    const color = region.color.map((c, i) => codeTree(coder, COLOR + 31 * i, 5, c)) as unknown as SceneRegion['color'];
    const fade = region.fade.map((f) => clampFade(codeSigned(coder, FADE, 7, 0, f))) as unknown as SceneRegion['fade'];
    const rough = region.rough.map((r, i) => codeTree(coder, ROUGH + 7 * i, 3, r)) as unknown as SceneRegion['rough'];
    const stretched = coder.bit(HAS + HAS_ALONG, region.along === null ? 0 : 1);
    const along = stretched ? codeTree(coder, ALONG, 3, region.along ?? 0) : null;
    return { word, semanticId, instanceId, color, fade, rough, along };
}

function clampFade(value: number): number {
    return Math.max(-7, Math.min(7, value));
}
