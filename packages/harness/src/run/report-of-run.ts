/** A run as a report: a case for each capture and each scenario that broke, a group of sections for each scenario. */
import type { Approval } from '../baseline/capture-store.ts';
import type { Figure, Report, ReportCase, Section, Status } from '../report/report.ts';
import { splitName } from '../scenario/scenario.ts';
import type { CaptureResult, RunResult, ScenarioResult } from './run-result.ts';

/**
 * @param provenance - What is needed to do it again, beside the seed: versions, device, command.
 */
export function reportOfRun(run: RunResult, provenance: Readonly<Record<string, string>> = {}): Report {
    const cases = run.scenarios.flatMap(casesOf);
    const count = (status: Status): number => cases.filter((c) => c.status === status).length;
    const broken = count('failed') + count('error');
    const vouched = run.scenarios.flatMap(({ captures }) => captures).filter((c) => c.quarantine).length;
    const figures: Figure[] = [
        {
            label: 'Passed',
            value: count('passed'),
            note: `of ${cases.length} verdicts`,
            tone: broken ? 'neutral' : 'good'
        },
        { label: 'Failed', value: count('failed'), tone: count('failed') ? 'bad' : 'neutral' },
        { label: 'Could not be judged', value: count('error'), tone: count('error') ? 'bad' : 'neutral' },
        { label: 'Inconclusive', value: count('inconclusive') },
        ...(vouched ? [{ label: 'In quarantine', value: vouched, note: 'differ, and somebody vouches for them' }] : []),
        { label: 'Time', value: run.scenarios.reduce((sum, s) => sum + s.durationS, 0), unit: 's' }
    ];
    return {
        title: run.title,
        subtitle: `${run.scenarios.length} scenarios, seed ${run.seed}`,
        status: run.status,
        partial: run.partial,
        figures,
        cases,
        sections: run.scenarios.map(sectionOf),
        provenance: { seed: String(run.seed), ...provenance }
    };
}

function casesOf(scenario: ScenarioResult): ReportCase[] {
    const { suite, own } = splitName(scenario.name);
    const base = { suite, sectionId: sectionId(scenario), durationS: 0 };
    const cases: ReportCase[] = scenario.captures.map(({ capture, verdict, quarantine }) => ({
        ...base,
        name: `${own}: ${capture.name}`,
        status: verdict.status,
        message: verdict.message,
        ...(quarantine ? { properties: propertiesOf(quarantine) } : {})
    }));
    const { failure, skipped } = scenario;
    if (failure) {
        const details = [failure.details, ...scenario.log].join('\n');
        cases.unshift({ ...base, name: own, status: 'error', message: failure.message, details });
    } else if (skipped !== undefined) {
        cases.unshift({ ...base, name: own, status: 'skipped', message: skipped });
    } else if (cases.length === 0) {
        cases.push({ ...base, name: own, status: 'passed', message: 'it ran to its end and captured nothing' });
    }
    // The scenario's time is counted once.
    return cases.map((c, i) => (i === 0 ? { ...c, durationS: scenario.durationS } : c));
}

function propertiesOf(quarantine: NonNullable<CaptureResult['quarantine']>): Record<string, string> {
    const { owner, until, reason, was } = quarantine;
    return { 'quarantine.owner': owner, 'quarantine.until': until, 'quarantine.reason': reason, 'quarantine.was': was };
}

function sectionId(scenario: ScenarioResult): string {
    return `scenario ${scenario.name}`;
}

function sectionOf(scenario: ScenarioResult): Section {
    const sections: Section[] = [];
    if (scenario.figures.length) sections.push({ kind: 'figures', title: 'Figures', figures: scenario.figures });
    for (const result of scenario.captures) sections.push(...captureSections(result));
    sections.push(...scenario.sections);
    if (scenario.failure) {
        const { message, details } = scenario.failure;
        sections.push({ kind: 'text', title: 'What went wrong', text: `${message}\n\n${details}`, mono: true });
    }
    if (scenario.log.length) sections.push({ kind: 'text', title: 'Log', text: scenario.log.join('\n'), mono: true });
    const note = [
        `${scenario.captures.length} ${scenario.captures.length === 1 ? 'capture' : 'captures'}`,
        scenario.device ? `drawn by ${scenario.device}` : '',
        scenario.seed === undefined ? '' : `seed ${scenario.seed}`,
        scenario.attempts > 1 ? `started ${scenario.attempts} times` : '',
        scenario.skipped ? `skipped: ${scenario.skipped}` : ''
    ];
    return {
        kind: 'group',
        title: scenario.name,
        id: sectionId(scenario),
        status: scenario.status,
        note: note.filter(Boolean).join(', '),
        sections
    };
}

function captureSections({ capture, verdict, approval }: CaptureResult): Section[] {
    const head = {
        title: capture.name,
        note: `${capture.judge.kind}: ${verdict.message}${approval ? `; baseline ${wordsOf(approval)}` : ''}`,
        status: verdict.status,
        figures: verdict.figures
    };
    const shown: Section = verdict.pictures.length
        ? { kind: 'pictures', ...head, pictures: verdict.pictures }
        : { kind: 'figures', ...head };
    return [shown, ...verdict.sections];
}

/** `approved by ana at 1a2b3c4d: new sofa`. */
function wordsOf({ reason, by, commit }: Approval): string {
    return `approved${by ? ` by ${by}` : ''}${commit ? ` at ${commit.slice(0, 10)}` : ''}: ${reason}`;
}
