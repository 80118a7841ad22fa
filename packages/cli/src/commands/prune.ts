/** `mixreel prune`: removes baselines that nothing captures any more. */
import { resolve } from 'node:path';
import { badInput } from '@mixreel/core';
import { pruneBaselines } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { flag, text } from '../option.ts';
import { count } from '../table.ts';

export const prune: Command = defineCommand({
    operands: '[CONFIG …]',
    operandCount: [0, 100],
    description:
        'Removes baselines of scenarios that the configuration no longer has, of captures that the last run no longer took, and\n' +
        'stored bytes that no baseline names. Prints one line for each. Baselines of other configurations in the same folder are\n' +
        'kept, and those that do not say whose they are: name all configurations, or say --others.',
    options: {
        'dry-run': flag('only say what would be removed'),
        others: flag('no other configuration keeps baselines there: remove all that these do not use'),
        out: text('FOLDER', "another folder of the last run than the configuration's", 'o')
    },
    examples: [
        ['mixreel prune --dry-run', 'look first'],
        ['mixreel prune', 'remove them']
    ],
    async run(paths, options, context) {
        const { others, out, 'dry-run': dryRun } = options;
        const configs = await Promise.all((paths.length > 0 ? paths : [undefined]).map((path) => readConfig(path)));
        const [baselineDir = '', other] = [...new Set(configs.map((config) => resolve(config.baselineDir)))];
        if (other !== undefined)
            throw badInput(`baselines are in ${baselineDir} and in ${other}`, 'one folder', 'Prune them one by one');
        const { removed, kept } = await pruneBaselines({
            baselineDir,
            suites: configs.map(({ suite, scenarios, outDir }) => ({
                ...(suite === undefined ? {} : { suite }),
                scenarios: scenarios.map(({ name }) => name),
                outDir: out ?? outDir
            })),
            others,
            dryRun
        });
        if (kept.length > 0) {
            const owners = [...new Set(kept.map(({ suite }) => suite ?? 'a configuration that is not known'))];
            context.log(
                `kept ${count(kept.length, 'baseline')} of ${owners.join(', ')}: name it, too, or pass --others`
            );
        }
        const names = kept.map(({ scenario, capture }) => `${scenario}: ${capture}`);
        return { text: removed.join('\n') || 'nothing to remove', json: { removed, kept: names, dryRun } };
    }
});
