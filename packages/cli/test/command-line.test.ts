import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/command-table.ts';
import { mixreel } from './mixreel.ts';

describe('help', () => {
    test('of mixreel names every verb and every exit code', async () => {
        const { code, stdout, stderr } = await mixreel(['--help']);
        expect([code, stderr]).toEqual([0, '']);
        for (const verb of Object.keys(COMMANDS)) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
        for (const exitCode of [0, 1, 2, 3]) expect(stdout).toMatch(new RegExp(`^  ${exitCode}  `, 'm'));
    });

    test('is what a bare mixreel prints, with exit code 2', async () => {
        const { code, stdout } = await mixreel([]);
        expect(code).toBe(2);
        expect(stdout).toContain('Usage: mixreel VERB');
    });

    for (const verb of Object.keys(COMMANDS)) {
        test(`of ${verb} has its options, and an example that starts with its name and uses no other`, async () => {
            const { code, stdout } = await mixreel([verb, '--help']);
            expect(code).toBe(0);
            expect(stdout).toMatch(new RegExp(`^Usage: mixreel ${verb} `, 'm'));
            expect(stdout).toMatch(new RegExp(`^Examples:\n  mixreel ${verb}\\b`, 'm'));
            const [before = '', examples = ''] = stdout.split('\nExamples:\n');
            const options = [...before.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name);
            expect(options).toContain('json');
            const used = [...examples.matchAll(/ --([a-z-]+)/g)].map(([, name]) => name);
            expect(used.filter((name) => !options.includes(name))).toEqual([]);
        });
    }
});

describe('usage errors end with code 2 and one message that says what to do', () => {
    const cases: readonly (readonly [string, string[], RegExp])[] = [
        [
            'an unknown verb',
            ['redner'],
            /^mixreel: "redner" is no verb \(expected .*doctor.*\)\. Run "mixreel --help"\.$/
        ],
        ['a verb with the name of an object member', ['constructor'], /"constructor" is no verb/],
        ['a negative value after a space', ['emulate', '--users', '-3'], /^mixreel: Option '--users' .*'--users=-XYZ'/],
        ['an unknown option', ['doctor', '--fix'], /^mixreel: Unknown option '--fix' .*Run "mixreel doctor --help"\.$/],
        [
            'an operand too many',
            ['doctor', 'now'],
            /^mixreel: mixreel doctor got "now" \(expected nothing after the verb\)/
        ]
    ];
    for (const [what, words, message] of cases) {
        test(what, async () => {
            const { code, stdout, stderr } = await mixreel(words);
            expect(code).toBe(2);
            expect(stdout).toBe('');
            expect(stderr.trimEnd().split('\n')).toHaveLength(1);
            expect(stderr.trimEnd()).toMatch(message);
        });
    }

    test('with --json also as JSON on stdout', async () => {
        const { code, stdout } = await mixreel(['doctor', '--fix', '--json']);
        expect(code).toBe(2);
        expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad-input', mend: 'Run "mixreel doctor --help"' } });
    });
});

test('the version is that of the package', async () => {
    expect((await mixreel(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
