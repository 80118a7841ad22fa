/** The whole command line: finds the verb, runs it, prints its outcome or its error, and says what to exit with. */
import { readFileSync } from 'node:fs';
import { badInput } from '@mixreel/core';
import type { CommandContext, Outcome } from './command.ts';
import { COMMANDS } from './command-table.ts';
import { asMixreelError, type ExitCode, exitCodeOf } from './exit-code.ts';
import { commandHelp, overview } from './help.ts';
import type { Host } from './host.ts';
import { parseCommand } from './parse-command.ts';
import { progressView } from './progress-view.ts';

/**
 * @param words - What stands after `mixreel`.
 * @returns The exit code; never throws.
 */
export async function runCommandLine(words: readonly string[], host: Host): Promise<ExitCode> {
    const [verb, ...rest] = words;
    const wantsJson = rest.includes('--json');
    try {
        if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
            host.stdout.write(`${overview(version())}\n`);
            return verb === undefined ? 2 : 0;
        }
        if (verb === '--version') {
            host.stdout.write(`${version()}\n`);
            return 0;
        }
        return await runVerb(verb, rest, host);
    } catch (thrown) {
        const error = asMixreelError(thrown);
        host.stderr.write(`mixreel: ${error.message}\n`);
        if (host.env['MIXREEL_DEBUG']) host.stderr.write(`${stackOf(thrown)}\n`);
        if (wantsJson) {
            const { code, message, mend } = error;
            host.stdout.write(`${JSON.stringify({ error: { code, message, mend } })}\n`);
        }
        return exitCodeOf(error);
    }
}

async function runVerb(verb: string, words: readonly string[], host: Host): Promise<ExitCode> {
    const entry = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
    if (!entry) throw badInput(`"${verb}" is no verb`, Object.keys(COMMANDS).join(', '), 'Run "mixreel --help"');
    const command = await entry.load();
    const parsed = parseCommand(verb, command, words);
    if (parsed.help) {
        host.stdout.write(`${commandHelp(verb, command)}\n`);
        return 0;
    }
    const outcome = await interruptible(
        host,
        (context) => command.run(parsed.operands, parsed.options, context),
        parsed.json
    );
    host.stdout.write(parsed.json ? `${JSON.stringify(outcome.json, null, 2)}\n` : `${outcome.text}\n`);
    return outcome.exitCode ?? 0;
}

/** Runs the work with a context whose signal Ctrl-C or SIGTERM aborts, and clears the progress bar behind it. */
async function interruptible(
    host: Host,
    work: (context: CommandContext) => Promise<Outcome>,
    json: boolean
): Promise<Outcome> {
    const controller = new AbortController();
    const view = progressView(host.stderr, host.clock);
    const stopListening = host.onInterrupt(() => controller.abort(new Error('Ctrl-C')));
    try {
        return await work({
            progress: { report: view.report, signal: controller.signal },
            clock: host.clock,
            json,
            log(line) {
                view.pause();
                host.stderr.write(`${line}\n`);
            },
            createDevice: () => host.createDevice()
        });
    } finally {
        stopListening();
        view.pause();
    }
}

function version(): string {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
        version: string;
    };
    return manifest.version;
}

/** The stack of an error and of its causes. */
function stackOf(error: unknown): string {
    const stacks: string[] = [];
    for (let at = error; at instanceof Error; at = at.cause) stacks.push(at.stack ?? at.message);
    return stacks.join('\ncaused by ');
}
