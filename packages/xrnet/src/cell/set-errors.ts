/** What the loops on set errors (src/mac/set-error-loop.ts) hear of decided sets, and how they reach the radios. */
import type { LinkUser } from '../mac/link-user.ts';
import { SetErrorLoop } from '../mac/set-error-loop.ts';
import type { SetStore } from '../mac/set-store.ts';
import type { CellCarrier } from './carriers.ts';
import type { FlowState } from './flow.ts';

/** Has the user of a flow that has a set error rate steered to it. */
export function keepSetErrors(flow: FlowState, carriers: readonly CellCarrier[], targetErrorRate: number): void {
    if (flow.setErrorRate !== null) userOf(flow, carriers).setErrors ??= new SetErrorLoop(targetErrorRate);
}

/** A set is decided. Sets that went for other reasons than the radio's teach nothing. */
export function learnOfSet(set: number, sets: SetStore, flow: FlowState, carriers: readonly CellCarrier[]): void {
    const { setErrors } = userOf(flow, carriers);
    if (!setErrors || flow.setErrorRate === null) return;
    const broken = (sets.lost[set] as number) > (sets.discarded[set] as number);
    const overdueNs = (sets.arrivedNs[set] as number) - (sets.expiryNs[set] as number);
    const whole = (sets.lost[set] as number) === 0;
    const slowed = whole && overdueNs > 0 && overdueNs <= (sets.harqNs[set] as number);
    if (!broken && !slowed && !(whole && overdueNs <= 0)) return;
    if (!setErrors.learn(broken || slowed, flow.setErrorRate)) return;
    for (const { links } of carriers) links[flow.direction].radioOf(flow.ue).aim(setErrors.target);
}

function userOf({ direction, ue }: FlowState, carriers: readonly CellCarrier[]): LinkUser {
    return (carriers[0] as CellCarrier).links[direction].users[ue] as LinkUser;
}
