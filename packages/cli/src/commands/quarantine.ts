/** `mixreel quarantine`: an entry in the ledger of flakes. */
import { badInput } from '@mixreel/core';
import { addQuarantine } from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { text } from '../option.ts';

export const quarantine: Command = defineCommand({
    operands: 'SCENARIO [CAPTURE]',
    operandCount: [1, 2],
    description:
        'Vouches for a capture (or a whole scenario) that is known to be flaky: until the end of that day its verdict is shown\n' +
        'and does not count. The ledger is flakes.json beside the baselines; commit it.',
    options: {
        owner: text('NAME', 'who looks after it; needed'),
        until: text('DAY', 'the last day on which it does not count, as 2026-12-31; needed'),
        reason: text('TEXT', 'what is known about it; needed', 'm'),
        config: text('FILE', 'the configuration')
    },
    examples: [
        ['mixreel quarantine room/sofa night --owner ana --until 2026-12-31 -m "issue 7"', 'one capture'],
        ['mixreel quarantine room/sofa --owner ana --until 2026-12-31 -m "issue 7"', 'all of a scenario']
    ],
    async run([scenario = '', capture], options) {
        const { owner, until, reason } = options;
        if (owner === undefined || until === undefined || reason === undefined)
            throw badInput('a quarantine lacks its owner, end or reason', 'all three', 'Pass --owner, --until and -m');
        const { baselineDir, scenarios } = await readConfig(options.config);
        if (!scenarios.some(({ name }) => name === scenario)) {
            const names = scenarios.slice(0, 20).map(({ name }) => name);
            throw badInput(`there is no scenario "${scenario}"`, `one of: ${names.join(', ')}`, 'Correct the name');
        }
        const entry = { scenario, owner, until, reason, ...(capture === undefined ? {} : { capture }) };
        await addQuarantine(baselineDir, entry);
        return { text: `${scenario}${capture === undefined ? '' : `: ${capture}`} until ${until}`, json: entry };
    }
});
