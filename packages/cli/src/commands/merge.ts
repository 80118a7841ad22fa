/** `mixreel merge`: one report of what several machines ran. */
import { mergeRuns, reportOfRun, writeReport } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { textOr } from '../option.ts';
import { outcomeOf } from './test.ts';

export const merge: Command = defineCommand({
    operands: 'FOLDER …',
    operandCount: [1, 10_000],
    description:
        'Puts the folders of "mixreel test --shard" together to one report. Exit code as that of one run of all scenarios.',
    options: { out: textOr('FOLDER', 'out/merged', 'where the report goes', 'o') },
    examples: [['mixreel merge out/shard-1 out/shard-2 -o out/all', 'the report of two machines']],
    async run(folders, options) {
        const run = await mergeRuns(folders);
        const { html } = await writeReport(reportOfRun(run), options.out);
        return outcomeOf(run, html);
    }
});
