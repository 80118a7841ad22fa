/** `mixreel merge`: one report of what several machines ran. */
import { mergeRuns, reportOfRun, writeReport } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readDurations, writeDurations } from '../durations.ts';
import { text, textOr } from '../option.ts';
import { outcomeOf } from './test.ts';

export const merge: Command = defineCommand({
    operands: 'FOLDER …',
    operandCount: [1, 10_000],
    description:
        'Puts the folders of "mixreel test --shard" together to one report. Exit code as that of one run of all scenarios.',
    options: {
        out: textOr('FOLDER', 'out/merged', 'where the report goes', 'o'),
        durations: text('FILE', 'note in FILE what each scenario took, for --durations of the next run')
    },
    examples: [['mixreel merge out/shard-1 out/shard-2 -o out/all', 'the report of two machines']],
    async run(folders, options) {
        const run = await mergeRuns(folders);
        const { durations } = options;
        if (durations !== undefined) await writeDurations(durations, await readDurations(durations), run);
        const { html } = await writeReport(reportOfRun(run), options.out);
        return outcomeOf(run, html);
    }
});
