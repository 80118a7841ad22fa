/**
 * What a verb is: its description, from which help, parsing and validation are made, and its work. Human text goes to stderr
 * through `log` and progress; the outcome alone goes to stdout, as text or with `--json` as JSON.
 */
import type { Clock, Progress } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import type { Option, OptionValues } from './option.ts';

/** What a verb works with. */
export interface CommandContext {
    /** Aborted by Ctrl-C and SIGTERM. */
    readonly progress: Progress;
    readonly clock: Clock;
    /** Whether `--json` was given. */
    readonly json: boolean;
    /** A line for a person, on stderr. */
    log(line: string): void;
    /** A GPU device; the caller destroys it. */
    createDevice(): Promise<Device>;
}

/** What a verb ends with. */
export interface Outcome {
    /** For stdout, without `--json`. No newline at the end. */
    readonly text: string;
    /** For stdout with `--json`. */
    readonly json: unknown;
    /** 1: the verb worked and found a difference. 3: it worked and found the machine lacking. */
    readonly exitCode?: 0 | 1 | 3;
}

/** Descriptions of options by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What {@link defineCommand} takes. */
export interface CommandInit<S extends OptionTable> {
    /** What stands after the verb, as in `FILE.glb`; empty if nothing does. */
    readonly operands: string;
    /** Least and most operands. */
    readonly operandCount: readonly [number, number];
    /** A few sentences on what it does, for `--help`. */
    readonly description: string;
    readonly options: S;
    /** Whole command lines with what they do. */
    readonly examples: readonly (readonly [string, string])[];
    run(operands: readonly string[], options: OptionValues<S>, context: CommandContext): Promise<Outcome>;
}

/** A verb, its options' types folded away. */
export interface Command extends Omit<CommandInit<OptionTable>, 'run'> {
    run(
        operands: readonly string[],
        options: Readonly<Record<string, unknown>>,
        context: CommandContext
    ): Promise<Outcome>;
}

/** Ties a verb's work to the types of its options. */
export function defineCommand<S extends OptionTable>(init: CommandInit<S>): Command {
    return init as unknown as Command;
}
