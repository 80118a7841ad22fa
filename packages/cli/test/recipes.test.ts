/**
 * The recipes for CI, run: their shell as it stands, with a `npx` that only notes what it is asked for, whose words the command
 * line must know. Skipped, saying so, where there is no bash.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../src/command-table.ts';
import { parseCommand } from '../src/parse-command.ts';
import { temporaryFolder } from './mixreel.ts';

const RECIPES = join(import.meta.dirname, '..', '..', 'harness', 'recipes');
const HAS_BASH = spawnSync('bash', ['--version']).status === 0;

interface Step {
    readonly name?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly shell?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
}
interface Action {
    readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
    readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(readFileSync(join(RECIPES, 'action.yml'), 'utf8')) as Action;
const readme = readFileSync(join(RECIPES, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
    [...readme.matchAll(/^```(\w*)\n(.*?)^```/gms)].filter(([, name]) => name === language).map(([, , text]) => text!);
const [github, gitlab] = blocks('yaml').map((text) => parse(text));

/** Runs shell with programs that do nothing but note their words; gives what `npx mixreel` was asked, a list for each call. */
function asked(script: string, env: Readonly<Record<string, string>> = {}, files: readonly string[] = []): string[][] {
    const folder = temporaryFolder();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['npx', 'npm']) {
        const path = join(bin, name);
        writeFileSync(
            path,
            `#!/bin/bash\n{ printf '%s' ${name}; printf '\\037%s' "$@"; printf '\\036'; } >> "$NOTED"\n`
        );
        chmodSync(path, 0o755);
    }
    for (const file of files) mkdirSync(join(folder, file), { recursive: true });
    const noted = join(folder, 'noted');
    writeFileSync(noted, '');
    const path = `${bin}:${process.env['PATH']}`;
    const run = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
        cwd: folder,
        env: { ...process.env, ...env, PATH: path, NOTED: noted }
    });
    expect([run.status, run.stderr.toString()]).toEqual([0, '']);
    const calls = readFileSync(noted, 'utf8').split('\u001e').slice(0, -1);
    return calls
        .map((call) => call.split('\u001f'))
        .filter(([name]) => name === 'npx')
        .map(([, ...words]) => words);
}

/** What the command line makes of the words of each call. Throws for a verb or an option that it does not know. */
async function understood(calls: readonly string[][]): Promise<[string, readonly string[], object][]> {
    const list: [string, readonly string[], object][] = [];
    for (const [program, verb, ...words] of calls) {
        expect(program).toBe('mixreel');
        const entry = COMMANDS[verb!];
        if (!entry) throw new Error(`there is no mixreel ${verb}`);
        const { operands, options } = parseCommand(verb!, await entry.load(), words);
        list.push([verb!, operands, options]);
    }
    return list;
}

/** Expressions of GitHub: names, `a || b` and `format('…{0}', name)`, which is all that the action needs. */
const filled = (text: string, values: Readonly<Record<string, string>>): string => {
    const named = (name: string): string => {
        if (values[name] === undefined) throw new Error(`there is no ${name}`);
        return values[name];
    };
    const term = (words: string): string => {
        const call = /^format\('([^']*)',\s*([\w.-]+)\)$/.exec(words);
        return call ? call[1]!.replace('{0}', named(call[2]!)) : named(words);
    };
    return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
        expression
            .split('||')
            .map((words) => term(words.trim()))
            .reduce((value, next) => value || next)
    );
};

describe.skipIf(!HAS_BASH)(`the recipes${HAS_BASH ? '' : ' (skipped: there is no bash)'}`, () => {
    it('of the GitHub action run what was asked for, and summarise it', async () => {
        const artifacts: string[] = [];
        const given = async (inputs: Readonly<Record<string, string>>) => {
            artifacts.length = 0;
            const values: Record<string, string> = { 'strategy.job-index': '0' };
            for (const [name, { default: usual }] of Object.entries(action.inputs))
                values[`inputs.${name}`] = inputs[name] ?? usual;
            const calls: string[][] = [];
            for (const step of action.runs.steps) {
                const settings = Object.entries(step.with ?? {}).map(([name, text]) => [name, filled(text, values)]);
                if (step.uses?.startsWith('actions/upload-artifact')) artifacts.push(Object.fromEntries(settings).name);
                if (step.run === undefined) continue;
                expect(step.shell).toBe('bash');
                const env = Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, values)]);
                calls.push(...asked(step.run, { ...Object.fromEntries(env), GITHUB_STEP_SUMMARY: 'summary' }));
            }
            return understood(calls);
        };
        expect(action.runs.using).toBe('composite');
        const provide = ['doctor', [], expect.objectContaining({ provide: true })];
        expect(await given({})).toEqual([
            provide,
            ['test', [], expect.objectContaining({ update: 'never', out: 'out/test', shard: undefined })]
        ]);
        expect(artifacts).toEqual(['mixreel-report-0']);
        const inputs = {
            config: 'a b.config.mjs',
            shard: '2/4',
            update: 'approved',
            reason: 'a new lamp',
            artifact: 'mixreel-report-gpu-2',
            out: 'out/some where'
        };
        expect(Object.keys(inputs)).toEqual(Object.keys(action.inputs));
        expect(await given(inputs)).toEqual([
            provide,
            [
                'test',
                ['a b.config.mjs'],
                expect.objectContaining({
                    update: 'approved',
                    reason: 'a new lamp',
                    out: 'out/some where',
                    shard: '2/4'
                })
            ]
        ]);
        expect(artifacts).toEqual(['mixreel-report-gpu-2']);
        // What is given is data, never a command.
        const [, [, operands]] = (await given({ config: '$(touch x); `touch y`' })) as [unknown, [string, string[]]];
        expect(operands).toEqual(['$(touch x); `touch y`']);
    });

    it('of a GitHub workflow name inputs that the action has, and merge the shards', async () => {
        const { visual, report } = github.jobs as Record<string, { steps: Step[]; needs?: string; if?: string }>;
        const own = visual!.steps.find(({ uses }) => uses === './.github/actions/mixreel')!;
        for (const name of Object.keys(own.with!)) expect(Object.keys(action.inputs)).toContain(name);
        const artifact = action.runs.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'))!.with![
            'name'
        ]!;
        const download = report!.steps.find(({ uses }) => uses?.startsWith('actions/download-artifact'))!.with!;
        const usual = filled(artifact, { 'inputs.artifact': '', 'strategy.job-index': '0' });
        expect(usual.startsWith(download['pattern']!.replace('*', ''))).toBe(true);
        expect([report!.needs, report!.if]).toEqual(['visual', 'always()']);
        const shards = ['one', 'two'].map((name) => `${download['path']}/${name}`);
        const runs = report!.steps.map(({ run }) => run).filter((run) => run?.includes('npx'));
        expect(await understood(asked(runs.join('\n'), {}, shards))).toEqual([
            ['merge', shards, expect.objectContaining({ out: 'out/merged' })]
        ]);
    });

    it('of GitLab part the work, keep each part apart, and merge the parts', async () => {
        const { visual, report } = gitlab as Record<string, { script: string[]; artifacts: Record<string, unknown> }>;
        const env = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' };
        expect(await understood(asked(visual!.script.join('\n'), env))).toEqual([
            ['doctor', [], expect.objectContaining({ provide: true })],
            ['test', [], expect.objectContaining({ shard: '2/3', out: 'out/shards/2' })]
        ]);
        expect(visual!.artifacts['paths']).toEqual(['out/shards']);
        const shards = ['out/shards/1', 'out/shards/2'];
        expect(await understood(asked(report!.script.join('\n'), env, shards))).toEqual([
            ['merge', shards, expect.objectContaining({ out: 'out/merged' })]
        ]);
        expect(report!.artifacts['reports']).toEqual({ junit: 'out/merged/junit.xml' });
    });

    it('of Jenkins part the work and merge the parts', async () => {
        const [jenkins] = blocks('groovy');
        const shell = [...jenkins!.matchAll(/\bsh '([^']*)'/g)].map(([, command]) => command!);
        const calls = await understood(asked(shell.join('\n'), { PART: '3' }, ['out/shards/3']));
        expect(calls.map(([verb, operands, options]) => [verb, operands, options])).toEqual([
            ['doctor', [], expect.objectContaining({ provide: true })],
            ['test', [], expect.objectContaining({ shard: '3/3', out: 'out/shards/3' })],
            ['merge', ['out/shards/3'], expect.objectContaining({ out: 'out/merged' })]
        ]);
        // As many brackets open as close.
        for (const [open, close] of ['{}', '()', '[]']) {
            const count = (mark: string): number => jenkins!.split(mark).length;
            expect(count(open!)).toBe(count(close!));
        }
    });

    it('name commands in their text, too, that the command line knows', async () => {
        const lines = blocks('').flatMap((text) => text.trim().split('\n'));
        const inline = [...readme.matchAll(/`(npx mixreel [^`]*)`/g)].map(([, command]) => command!);
        expect(lines.length + inline.length).toBeGreaterThan(4);
        const calls = await understood(asked([...lines, ...inline].join('\n'), { BUILD_ID: '7' }));
        expect(calls.map(([verb]) => verb)).toEqual(['test', 'test', 'merge', 'approve', 'test']);
    });
});
