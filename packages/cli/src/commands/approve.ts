/** `mixreel approve`: the last run's captures become the baselines, without running anything again. */
import { badInput } from '@mixreel/core';
import { approve as approveCaptures } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { flag, text } from '../option.ts';
import { count } from '../table.ts';

export const approve: Command = defineCommand({
    operands: '[NAME …]',
    operandCount: [0, 1000],
    description:
        "Makes the last run's captures the baselines that have none or differ from theirs, all or those named: by capture\n" +
        '(room/sofa: night), scenario (room/sofa), suite (room/), a pattern with * (*: night), or a part of the name of just one. A\n' +
        'part that several have is refused, with their names, and nothing is approved. What passed keeps its baseline, unless a\n' +
        'name is its alone. A blank, broken or single-coloured capture is refused, and one of a scenario that failed; exit code 1\n' +
        'if any was.',
    options: {
        reason: text('TEXT', 'why it is right; needed', 'm'),
        by: text('NAME', 'who says so'),
        passed: flag('take what passed, too, in the place of baselines that it is like'),
        config: text('FILE', 'the configuration of the run'),
        out: text('FOLDER', "another folder than the configuration's", 'o')
    },
    examples: [
        ['mixreel approve -m "new sofa material"', 'all that differ'],
        ['mixreel approve room/sofa "room/lamp: night" -m "brighter lamp"', 'some of them']
    ],
    async run(names, options, context) {
        const { reason, by } = options;
        if (reason === undefined) throw badInput('no reason was given', 'a sentence', 'Pass -m "why it is right"');
        const config = await readConfig(options.config);
        const result = await approveCaptures({
            outDir: options.out ?? config.outDir,
            baselineDir: config.baselineDir,
            approval: { reason, ...(by === undefined ? {} : { by }) },
            ...(config.suite === undefined ? {} : { suite: config.suite }),
            names,
            passed: options.passed
        });
        const label = (entry: { scenario: string; capture: string }): string => `${entry.scenario}: ${entry.capture}`;
        for (const entry of result.approved) context.log(`approved     ${label(entry)}`);
        for (const { entry, why } of result.refused) context.log(`refused      ${label(entry)}: ${why}`);
        const owners = [...new Set(result.others.map(({ suite }) => suite))];
        if (owners.length > 0)
            context.log(`left out     ${count(result.others.length, 'capture')} of ${owners.join(', ')}: see --config`);
        return {
            text: `${count(result.approved.length, 'capture')} approved, ${result.unchanged.length} unchanged, ${result.refused.length} refused`,
            json: {
                approved: result.approved.map(label),
                unchanged: result.unchanged.map(label),
                refused: result.refused.map(({ entry, why }) => ({ capture: label(entry), why })),
                others: result.others.map(label)
            },
            exitCode: result.refused.length > 0 ? 1 : 0
        };
    }
});
