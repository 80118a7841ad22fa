/** `mixreel quarantine`: the ledger of flakes. */
import { badInput } from '@mixreel/core';
import {
    addQuarantine,
    type CheckedConfig,
    liftQuarantine,
    mergeRuns,
    type Quarantine,
    quarantineLabel,
    readLedger
} from '@mixreel/harness';
import { type Command, defineCommand, type Outcome } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { flag, text } from '../option.ts';

export const quarantine: Command = defineCommand({
    operands: '[SCENARIO [CAPTURE]]',
    operandCount: [0, 2],
    description:
        'Vouches for a capture (or a whole scenario) that is known to be flaky: until the end of that day its verdict is shown\n' +
        'and does not count. The ledger is flakes.json beside the baselines; commit it. Without a name: lists the ledger.',
    options: {
        owner: text('NAME', 'who looks after it; needed'),
        until: text('DAY', 'the last day on which it does not count, as 2026-12-31; needed'),
        reason: text('TEXT', 'what is known about it; needed', 'm'),
        lift: flag('ends the quarantine: its verdict counts again'),
        config: text('FILE', 'the configuration')
    },
    examples: [
        ['mixreel quarantine room/sofa night --owner ana --until 2026-12-31 -m "issue 7"', 'one capture'],
        ['mixreel quarantine room/sofa --owner ana --until 2026-12-31 -m "issue 7"', 'all of a scenario'],
        ['mixreel quarantine', 'who vouches for what, and until when'],
        ['mixreel quarantine room/sofa night --lift', 'it is mended']
    ],
    async run([scenario, capture], options) {
        const { owner, until, reason, lift } = options;
        const config = await readConfig(options.config);
        const { baselineDir } = config;
        const today = new Date().toISOString().slice(0, 10);
        if (scenario === undefined) return ledgerShown(await readLedger(baselineDir), today);
        const which = { scenario, ...(capture === undefined ? {} : { capture }) };
        if (lift) {
            await liftQuarantine(baselineDir, which);
            return { text: `${quarantineLabel(which)} counts again`, json: which };
        }
        if (owner === undefined || until === undefined || reason === undefined)
            throw badInput('a quarantine lacks its owner, end or reason', 'all three', 'Pass --owner, --until and -m');
        if (until < today) throw badInput(`--until is ${until}, and today is ${today}`, 'a day to come', 'Correct it');
        await refuseUnknown(config, which);
        const entry = { ...which, owner, until, reason };
        await addQuarantine(baselineDir, entry);
        return { text: `${quarantineLabel(which)} until ${until}`, json: entry };
    }
});

function ledgerShown(ledger: readonly Quarantine[], today: string): Outcome {
    const lines = ledger.map((entry) => {
        const end = entry.until < today ? `ended on ${entry.until}` : `until ${entry.until}`;
        return `${quarantineLabel(entry)} ${end} by ${entry.owner}: ${entry.reason}`;
    });
    return { text: lines.join('\n') || 'nothing is in quarantine', json: { quarantined: ledger } };
}

/** An entry that is spelled wrong would vouch for nothing, and nobody would know. */
async function refuseUnknown(
    { scenarios, outDir }: CheckedConfig,
    { scenario, capture }: Pick<Quarantine, 'scenario' | 'capture'>
): Promise<void> {
    if (!scenarios.some(({ name }) => name === scenario)) {
        const names = scenarios.slice(0, 20).map(({ name }) => name);
        throw badInput(`there is no scenario "${scenario}"`, `one of: ${names.join(', ')}`, 'Correct the name');
    }
    const run = await mergeRuns([outDir]).catch(() => null);
    const last = run?.scenarios.find(({ name }) => name === scenario);
    // Before a run, and of one that broke, nobody knows what it captures.
    if (capture === undefined || !last || last.failure !== null || last.skipped !== undefined) return;
    const captures = last.captures.map((result) => result.capture.name);
    if (!captures.includes(capture))
        throw badInput(`"${scenario}" captured no "${capture}"`, `one of: ${captures.join(', ')}`, 'Correct the name');
}
