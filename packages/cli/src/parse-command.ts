/** From the words of the command line to a verb's operands and option values, by the verb's own description. */
import { parseArgs } from 'node:util';
import { badInput } from '@mixreel/core';
import type { Command, OptionTable } from './command.ts';
import { flag } from './option.ts';

/** What was asked for. */
export interface ParsedCommand {
    readonly operands: readonly string[];
    readonly options: Readonly<Record<string, unknown>>;
    readonly help: boolean;
    readonly json: boolean;
}

/** Options of every verb. */
export const COMMON_OPTIONS: OptionTable = {
    json: flag('print the result as JSON on stdout'),
    help: flag('print this text')
};

/** Throws `bad-input` that names the first word that does not fit. */
export function parseCommand(verb: string, command: Command, words: readonly string[]): ParsedCommand {
    const table: OptionTable = { ...command.options, ...COMMON_OPTIONS };
    const help = `Run "mixreel ${verb} --help"`;
    const { values, positionals } = parseWords(table, words, help);
    if (values['help'] !== undefined) return { operands: [], options: {}, help: true, json: false };
    const [least, most] = command.operandCount;
    if (positionals.length < least || positionals.length > most) {
        const got = positionals.length === 0 ? 'no file' : `"${positionals.join(' ')}"`;
        throw badInput(`mixreel ${verb} got ${got}`, command.operands || 'nothing after the verb', help);
    }
    const options: Record<string, unknown> = {};
    for (const [name, option] of Object.entries(command.options)) options[name] = option.read(values[name], name);
    return { operands: positionals, options, help: false, json: values['json'] !== undefined };
}

/** Texts by option name (a flag's is empty), and what is no option. */
function parseWords(
    table: OptionTable,
    words: readonly string[],
    help: string
): { values: Record<string, string | undefined>; positionals: string[] } {
    const config = Object.fromEntries(
        Object.entries(table).map(([name, option]) => {
            const type = option.placeholder === null ? ('boolean' as const) : ('string' as const);
            return [name, option.short === undefined ? { type } : { type, short: option.short }];
        })
    );
    try {
        const parsed = parseArgs({ args: [...words], options: config, allowPositionals: true, strict: true });
        const values: Record<string, string | undefined> = {};
        for (const [name, value] of Object.entries(parsed.values)) values[name] = value === true ? '' : String(value);
        return { values, positionals: parsed.positionals };
    } catch (cause) {
        // parseArgs explains well, in sentences of its own; the first one is enough, and a message is one line.
        const [first] = (cause instanceof Error ? cause.message : String(cause)).split('. ') as [string];
        const what = first.replaceAll('\n', ' ');
        throw badInput(
            what.replace(/\.$/, ''),
            `one of ${Object.keys(table)
                .map((name) => `--${name}`)
                .join(', ')}`,
            help,
            cause
        );
    }
}
