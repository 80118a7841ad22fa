/**
 * Tokens of pbrt scene files (v3 and v4): words, numbers, quoted strings and brackets; `#` begins a comment. Directives are
 * then words followed by their arguments, parameters are `"type name" value` or `"type name" [ values ]`.
 */
import { badInput, type MixreelError } from '@mixreel/core';

export type Token =
    | { readonly kind: 'word' | 'string'; readonly text: string; readonly line: number }
    | { readonly kind: 'number'; readonly value: number; readonly line: number }
    | { readonly kind: '[' | ']'; readonly line: number };

/** A pbrt file that is wrong. */
export function brokenPbrt(line: number, what: string, expected: string, cause?: unknown): MixreelError {
    return badInput(`line ${line} of the pbrt scene: ${what}`, expected, 'Correct the scene', cause);
}

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/y;

/** Walks over the tokens of a text; holds one at a time, so that inline meshes of millions of numbers cost no memory. */
export class PbrtLexer {
    readonly #text: string;
    #at: number = 0;
    #line: number = 1;
    #peeked: Token | undefined;

    constructor(text: string) {
        this.#text = text;
    }

    get line(): number {
        return this.#peeked?.line ?? this.#line;
    }

    peek(): Token | undefined {
        return (this.#peeked ??= this.#read());
    }

    next(): Token | undefined {
        const token = this.peek();
        this.#peeked = undefined;
        return token;
    }

    /** The next token, which must be a number; brackets around it were dealt with by the caller. */
    number(): number {
        const token = this.next();
        if (token?.kind === 'number') return token.value;
        throw brokenPbrt(this.line, describe(token), 'a number');
    }

    string(): string {
        const token = this.next();
        if (token?.kind === 'string') return token.text;
        throw brokenPbrt(this.line, describe(token), 'text in quotes');
    }

    #read(): Token | undefined {
        this.#skipSpace();
        const line = this.#line;
        const char = this.#text[this.#at];
        if (char === undefined) return undefined;
        if (char === '[' || char === ']') {
            this.#at++;
            return { kind: char, line };
        }
        if (char === '"') return this.#quoted();
        const number = this.#match(NUMBER);
        if (number !== undefined) {
            const value = Number(number);
            if (Number.isFinite(value)) return { kind: 'number', value, line };
            throw brokenPbrt(line, `the number ${number.slice(0, 60)}`, 'a number that a computer can hold');
        }
        const text = this.#match(WORD);
        if (text === undefined) throw brokenPbrt(line, `the character ${JSON.stringify(char)}`, 'a directive');
        return { kind: 'word', text, line };
    }

    #match(pattern: RegExp): string | undefined {
        pattern.lastIndex = this.#at;
        const match = pattern.exec(this.#text)?.[0];
        this.#at += match?.length ?? 0;
        return match;
    }

    #quoted(): Token {
        const end = this.#text.indexOf('"', this.#at + 1);
        const text = end < 0 ? '' : this.#text.slice(this.#at + 1, end);
        if (end < 0 || text.includes('\n')) throw brokenPbrt(this.#line, 'a quote is not closed', '"');
        this.#at = end + 1;
        return { kind: 'string', text, line: this.#line };
    }

    #skipSpace(): void {
        for (; this.#at < this.#text.length; this.#at++) {
            const char = this.#text[this.#at];
            if (char === '\n') this.#line++;
            else if (char === '#') {
                const end = this.#text.indexOf('\n', this.#at);
                this.#at = (end < 0 ? this.#text.length : end) - 1;
            } else if (char !== ' ' && char !== '\t' && char !== '\r') return;
        }
    }
}

export function describe(token: Token | undefined): string {
    if (!token) return 'the scene ends';
    if (token.kind === 'number') return `the number ${token.value}`;
    return token.kind === 'word' || token.kind === 'string'
        ? JSON.stringify(token.text.slice(0, 60))
        : `"${token.kind}"`;
}
