/**
 * The one error type that leaves a mixreel package.
 *
 * The message always reads "what happened: value (expected …). How to mend it.", so that a person who never saw the code
 * knows the next step, and `code` says whose move it is: the user's (`bad-input`, `limit-exceeded`), the machine's
 * (`device-lost`, `environment`), nobody's (`aborted`) or ours (`internal`).
 */

/** Whose move it is after the error. Each code has its own exit code in the command line: 2, 2, 3, 3, 3 and 3. */
export type ErrorCode = 'bad-input' | 'limit-exceeded' | 'device-lost' | 'environment' | 'aborted' | 'internal';

/** The parts of a {@link MixreelError}'s message. */
export interface ErrorParts {
    /** What happened, with the offending value: `spp is -3`. No full stop. */
    readonly what: string;
    /** What would have been right, without the word "expected": `an integer from 1 to 65536`. */
    readonly expected?: string;
    /** What to do about it, an imperative without a full stop: `Pass --spp 64`. */
    readonly mend: string;
    /** The error underneath. */
    readonly cause?: unknown;
}

/** See the file comment. */
export class MixreelError extends Error {
    readonly code: ErrorCode;
    readonly mend: string;

    constructor(code: ErrorCode, parts: ErrorParts) {
        const expected = parts.expected === undefined ? '' : ` (expected ${parts.expected})`;
        super(
            `${parts.what}${expected}. ${parts.mend}.`,
            parts.cause === undefined ? undefined : { cause: parts.cause }
        );
        this.name = 'MixreelError';
        this.code = code;
        this.mend = parts.mend;
    }
}

/** Shorthand for the most common of them: something that came from outside is wrong. */
export function badInput(what: string, expected: string, mend: string, cause?: unknown): MixreelError {
    return new MixreelError('bad-input', { what, expected, mend, ...(cause === undefined ? {} : { cause }) });
}
