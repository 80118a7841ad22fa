/** What a worker of {@link runStudy} does: one run. */
import type { NetworkScenario } from '../study/scenario.ts';
import { doStudyRun, type RunOutcome } from '../study/study.ts';
import type { StudyRun } from '../study/world.ts';

/** What a worker is sent. */
export interface StudyTask {
    readonly scenario: NetworkScenario;
    readonly run: StudyRun;
}

export default function work({ scenario, run }: StudyTask): RunOutcome {
    return doStudyRun(scenario, run);
}
