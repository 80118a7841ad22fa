/**
 * What the process ends with, by whose move it is: 0 done, 1 done and a difference was found, 2 the input or the command line is
 * wrong, 3 the machine (no browser, no Vulkan, a lost device, a full disk), a cancelled run, or a defect of mixreel.
 */
import { MixreelError } from '@mixreel/core';

/** See the file comment. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Exit codes for `--help`. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
    [0, 'done'],
    [1, 'done, and a difference was found'],
    [2, 'the command line or the input is wrong: the message says what to change'],
    [3, 'the machine cannot: no browser or Vulkan, a lost device, a full disk, cancelled; or a defect of mixreel']
];

/** The error a person sees, whatever was thrown: system errors by their code, everything unknown as `internal`. */
export function asMixreelError(error: unknown): MixreelError {
    if (error instanceof MixreelError) return error;
    const what = error instanceof Error ? error.message : String(error);
    const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
    if (SYSTEM_CODES.has(code)) {
        return new MixreelError('environment', { what, mend: SYSTEM_CODES.get(code) as string, cause: error });
    }
    return new MixreelError('internal', {
        what: `mixreel has a defect: ${what}`,
        mend: 'Run the same command with MIXREEL_DEBUG=1 and report what it prints',
        cause: error
    });
}

const SYSTEM_CODES: ReadonlyMap<string, string> = new Map([
    ['ENOSPC', 'Free some space on the disk and start again'],
    ['EROFS', 'Name a folder that can be written with -o'],
    ['EMFILE', 'Raise the limit of open files (ulimit -n) and start again'],
    ['ENOMEM', 'Close other programs, or ask for a smaller picture']
]);

/** 2 for what the user can mend in the command or the input, 3 for the rest. */
export function exitCodeOf(error: MixreelError): ExitCode {
    return error.code === 'bad-input' || error.code === 'limit-exceeded' ? 2 : 3;
}
