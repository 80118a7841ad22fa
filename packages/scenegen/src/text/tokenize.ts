/**
 * Text to meanings by longest match: over words for English, over characters for Chinese, both in one text if need be. What
 * matches nothing is kept as `unknown`, so that a caller can say what was not understood. Linear in the text; at most
 * 4,000 characters are read.
 */
import { badInput } from '@mixreel/core';
import { buildLexicon, type Meaning } from './lexicon.ts';

/** A meaning and the words it came from. */
export type Token = (Meaning | { readonly kind: 'unknown' }) & { readonly text: string; readonly plural: boolean };

const LEXICON: ReturnType<typeof buildLexicon> = buildLexicon();
const LONGEST_ENGLISH = 6;
const LONGEST_CHINESE = 8;
/** Longer texts are refused: a room is described in a paragraph. */
export const LONGEST_TEXT = 4000;

const CHINESE = /[\u3400-\u9fff]/;

/** Number of different object words known, for documentation and tests. */
export function vocabularySize(): { readonly english: number; readonly chinese: number } {
    const count = (map: Map<string, Meaning>): number => [...map.values()].filter((m) => m.kind === 'object').length;
    return { english: count(LEXICON.english), chinese: count(LEXICON.chinese) };
}

/** Splits a text; throws `bad-input` if it is empty or longer than {@link LONGEST_TEXT}. */
export function tokenize(text: string): Token[] {
    if (typeof text !== 'string' || text.trim() === '') {
        throw badInput('the text is empty', 'a description of a room', 'Say what should be in it');
    }
    if (text.length > LONGEST_TEXT) {
        throw badInput(
            `the text has ${text.length} characters`,
            `at most ${LONGEST_TEXT}`,
            'Describe one room at a time'
        );
    }
    const pieces =
        text.toLowerCase().match(/[a-z]+(?:['’][a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u9fff]+|[.,;:!?，。；：！？、\n]/g) ??
        [];
    const out: Token[] = [];
    for (let i = 0; i < pieces.length; ) {
        const piece = pieces[i]!;
        if (CHINESE.test(piece)) {
            out.push(...chinese(piece));
            i++;
        } else i += english(pieces, i, out);
    }
    return out;
}

function english(pieces: readonly string[], at: number, out: Token[]): number {
    const piece = pieces[at]!;
    if (/^[.,;:!?，。；：！？、\n]$/.test(piece)) {
        out.push({
            kind: piece === ',' || piece === '、' || piece === '，' ? 'and' : 'stop',
            text: piece,
            plural: false
        });
        return 1;
    }
    if (/^\d/.test(piece)) {
        out.push({ kind: 'number', value: Number(piece), text: piece, plural: false });
        return 1;
    }
    for (let n = Math.min(LONGEST_ENGLISH, pieces.length - at); n > 0; n--) {
        const phrase = pieces.slice(at, at + n).join(' ');
        for (const [form, plural] of singulars(phrase)) {
            const meaning = LEXICON.english.get(form);
            if (!meaning) continue;
            out.push({ ...meaning, text: phrase, plural: plural && meaning.kind === 'object' });
            return n;
        }
    }
    out.push({ kind: 'unknown', text: piece, plural: false });
    return 1;
}

/** The phrase itself and what it may be the plural of. */
function singulars(phrase: string): (readonly [string, boolean])[] {
    const out: (readonly [string, boolean])[] = [[phrase, false]];
    if (phrase.endsWith('shelves')) out.push([`${phrase.slice(0, -3)}f`, true]);
    if (phrase.endsWith('ves')) out.push([`${phrase.slice(0, -3)}fe`, true]);
    if (phrase.endsWith('ies')) out.push([`${phrase.slice(0, -3)}y`, true]);
    if (phrase.endsWith('es')) out.push([phrase.slice(0, -2), true]);
    if (phrase.endsWith('s')) out.push([phrase.slice(0, -1), true]);
    return out;
}

function chinese(run: string): Token[] {
    const out: Token[] = [];
    for (let at = 0; at < run.length; ) {
        let n = Math.min(LONGEST_CHINESE, run.length - at);
        while (n > 0 && !LEXICON.chinese.has(run.slice(at, at + n))) n--;
        const text = run.slice(at, at + Math.max(1, n));
        const meaning = n > 0 ? LEXICON.chinese.get(text)! : ({ kind: 'unknown' } as const);
        const last = out[out.length - 1];
        // What is not known is one word until something is.
        if (meaning.kind === 'unknown' && last?.kind === 'unknown')
            out[out.length - 1] = { ...last, text: last.text + text };
        else out.push({ ...meaning, text, plural: false });
        at += text.length;
    }
    return out;
}
