/** `mixreel merge`: one run of what several machines ran. */
import { mergeFolders } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readDurations, writeDurations } from '../durations.ts';
import { text, textOr } from '../option.ts';
import { outcomeOf } from './test.ts';

export const merge: Command = defineCommand({
    operands: 'FOLDER …',
    operandCount: [1, 10_000],
    description:
        'Puts the folders of "mixreel test --shard" together to one, which "mixreel approve --out" takes. A shard that is missing\n' +
        'or was not finished is an error of its scenarios; shards of two commits or configurations are refused. Exit code as that\n' +
        'of one run of all scenarios.',
    options: {
        out: textOr('FOLDER', 'out/merged', 'where the report goes', 'o'),
        durations: text('FILE', 'note in FILE what each scenario took, for --durations of the next run')
    },
    examples: [
        ['mixreel merge out/shard-1 out/shard-2 -o out/all', 'the report of two machines'],
        ['mixreel approve --out out/all -m "new sofa"', 'then: what both captured becomes the baselines']
    ],
    async run(folders, options) {
        const { durations, out } = options;
        const { run, report } = await mergeFolders(folders, out);
        if (durations !== undefined) await writeDurations(durations, await readDurations(durations), run);
        return outcomeOf(run, report.html);
    }
});
