/** `mixreel prune`: removes baselines that nothing captures any more. */
import { pruneBaselines } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { flag, text } from '../option.ts';

export const prune: Command = defineCommand({
    operands: '[CONFIG]',
    operandCount: [0, 1],
    description:
        'Removes baselines of scenarios that the configuration no longer has, of captures that the last run no longer took, and\n' +
        'stored bytes that no baseline names. Prints one line for each.',
    options: {
        'dry-run': flag('only say what would be removed'),
        out: text('FOLDER', "another folder of the last run than the configuration's", 'o')
    },
    examples: [
        ['mixreel prune --dry-run', 'look first'],
        ['mixreel prune', 'remove them']
    ],
    async run([path], options) {
        const { baselineDir, outDir, scenarios } = await readConfig(path);
        const removed = await pruneBaselines({
            baselineDir,
            outDir: options.out ?? outDir,
            scenarios: scenarios.map(({ name }) => name),
            dryRun: options['dry-run']
        });
        return { text: removed.join('\n') || 'nothing to remove', json: { removed, dryRun: options['dry-run'] } };
    }
});
