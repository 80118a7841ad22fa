/** The texts of `mixreel --help` and `mixreel VERB --help`, made from the verbs' descriptions. */
import type { Command } from './command.ts';
import { COMMANDS } from './command-table.ts';
import { EXIT_CODES } from './exit-code.ts';
import { COMMON_OPTIONS } from './parse-command.ts';

/** `mixreel --help`. */
export function overview(version: string): string {
    const rows = Object.entries(COMMANDS).map(([name, entry]): [string, string] => [name, entry.summary]);
    return [
        `mixreel ${version}: mixed-reality scenes generated, path-traced, coded, carried over an emulated 5G network, judged.`,
        '',
        'Usage: mixreel VERB [options]',
        '',
        ...table(rows),
        '',
        'Every verb has --help with an example, and --json. Exit codes:',
        ...table(EXIT_CODES.map(([code, meaning]): [string, string] => [String(code), meaning])),
        '',
        'Example: mixreel run --room living_room --seed 7'
    ].join('\n');
}

/** `mixreel VERB --help`. */
export function commandHelp(verb: string, command: Command): string {
    const rows = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([name, option]): [string, string] => {
        const short = option.short === undefined ? '' : `-${option.short}, `;
        const value = option.placeholder === null ? '' : ` ${option.placeholder}`;
        const shown = option.shown === undefined ? '' : ` (default ${option.shown})`;
        return [`${short}--${name}${value}`, option.help + shown];
    });
    return [
        `mixreel ${verb}: ${COMMANDS[verb]?.summary ?? ''}`,
        '',
        `Usage: mixreel ${verb} ${command.operands}${command.operands === '' ? '' : ' '}[options]`,
        '',
        command.description,
        '',
        'Options:',
        ...table(rows),
        '',
        'Examples:',
        ...command.examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`])
    ].join('\n');
}

/** Two columns, the first as wide as its widest cell. */
function table(rows: readonly (readonly [string, string])[]): string[] {
    const width = Math.max(...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
