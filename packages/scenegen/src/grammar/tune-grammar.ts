/**
 * Fits the rates of a grammar to how often things occur in examples, without gradients (the idea of Meta-Sim, Kar et al.,
 * ICCV 2019: tune a generator's attributes until its output is distributed as a target). The parameters are the factors of
 * the grammar's taste, one for each label and room type, 20 to 50 a room.
 *
 * Two stages. Proportional fitting first: each factor is multiplied by wanted over made, damped, round by round. Then the
 * cross-entropy method (Rubinstein and Kroese 2004) on the logarithms of all factors at once: every member of a generation
 * furnishes the same rooms with the same random numbers, so that they differ by their factors only; the elite sets mean and
 * spread of the next; what is best on rooms that no member saw is kept.
 *
 * Cost: rooms are solved but not certified, 3 to 6 ms each; about a minute for four room types on one core.
 */
import { badInput, exactExp, exactPow, type Progress, type Rng, throwIfAborted } from '@mixreel/core';
import { type FloorPlan, furnishPlan } from '../generators/plan-generator.ts';
import type { RoomType } from '../graph/scene-graph.ts';
import { categoryDivergence } from './divergence.ts';
import { type Grammar, type Taste, withTaste } from './grammar.ts';

/** What one room type should look like. */
export interface TuningTarget {
    readonly type: RoomType;
    /** Plans of one room each to furnish as that type, at least 4. */
    readonly plans: readonly FloorPlan[];
    /** Mean number of each label in a room. */
    readonly means: Readonly<Record<string, number>>;
}

/** How to tune. */
export interface TuningOptions {
    readonly rng: Rng;
    /** Labels that a class counts as: none for what the examples do not label, several for a bed with its pillows. */
    readonly labelsOf: (className: string) => readonly string[];
    /** Rounds of proportional fitting, 0 to 100; 14 if absent. */
    readonly rounds?: number;
    /** Rooms furnished for one estimate, 4 to 10,000; 120 if absent. */
    readonly rooms?: number;
    /** Generations of the cross-entropy method, 0 to 100; 4 if absent, of 12 members. */
    readonly generations?: number;
    readonly progress?: Progress;
}

/** What came of it. */
export interface TunedGrammar {
    readonly grammar: Grammar;
    readonly taste: Taste;
    /** Divergence after each round and generation, by room type, nats. */
    readonly trace: Readonly<Record<string, readonly number[]>>;
}

const MEMBERS = 12;
const ELITE = 3;
const LARGEST_FACTOR = 2000;

type Factors = Record<string, number>;

/** Tunes room type after room type. Throws `bad-input` for targets without plans, and `aborted`. */
export function tuneGrammar(grammar: Grammar, targets: readonly TuningTarget[], options: TuningOptions): TunedGrammar {
    const { rounds = 14, generations = 4, progress } = options;
    const taste: Record<string, Factors> = {};
    const trace: Record<string, number[]> = {};
    let done = 0;
    const total = targets.length * (rounds + generations);
    for (const target of targets) {
        if (target.plans.length < 4)
            throw badInput(
                `${target.type} has ${target.plans.length} plans`,
                'at least 4',
                'Give more rooms to furnish'
            );
        const plans = target.plans.map((plan) => ({
            ...plan,
            rooms: plan.rooms.map((r) => ({ ...r, type: target.type }))
        }));
        const trial = new Trial(grammar, { ...target, plans }, options);
        const seen: number[] = [];
        trace[target.type] = seen;
        const tick = (divergence: number): void => {
            seen.push(divergence);
            progress?.report?.(++done, total, `tuning ${target.type}`);
            throwIfAborted(progress, 'tuning');
        };
        let factors = trial.start();
        for (let round = 0; round < rounds; round++) {
            const made = trial.means(factors, round);
            tick(categoryDivergence(target.means, made));
            factors = trial.proportional(factors, made, 1 / (1 + round / 8));
        }
        for (let g = 0; g < generations; g++) {
            factors = trial.generation(factors, g);
            tick(trial.divergence(factors, 'check'));
        }
        taste[target.type] = Object.fromEntries(
            Object.entries(trial.byClass(factors)).sort(([a], [b]) => (a < b ? -1 : 1))
        );
    }
    return { grammar: withTaste(grammar, taste as Taste), taste: taste as Taste, trace };
}

/** One room type under trial. Factors are by label. */
class Trial {
    readonly #grammar: Grammar;
    readonly #target: TuningTarget;
    readonly #options: TuningOptions;
    readonly #rooms: number;
    /** Classes of the grammar by the first label they count as. */
    readonly #classes: ReadonlyMap<string, readonly string[]>;

    constructor(grammar: Grammar, target: TuningTarget, options: TuningOptions) {
        this.#grammar = grammar;
        this.#target = target;
        this.#options = options;
        this.#rooms = options.rooms ?? 120;
        const names = new Set([
            ...grammar.rooms[target.type].map((r) => r.add),
            ...Object.values(grammar.surfaces).flatMap((list) => list.map(([name]) => name))
        ]);
        const classes = new Map<string, string[]>();
        for (const name of names) {
            const [label] = options.labelsOf(name);
            if (label !== undefined) classes.set(label, [...(classes.get(label) ?? []), name]);
        }
        this.#classes = classes;
    }

    /** Factor 1, and 0 for what the examples never have. */
    start(): Factors {
        return Object.fromEntries(
            [...this.#classes.keys()].map((label) => [label, (this.#target.means[label] ?? 0) > 0 ? 1 : 0])
        );
    }

    byClass(factors: Factors): Factors {
        const out: Factors = {};
        for (const [label, names] of this.#classes)
            for (const name of names) out[name] = Number(factors[label]!.toPrecision(3));
        return out;
    }

    /** Mean number of each label over rooms whose seeds are named by `salt`: the same for every set of factors. */
    means(factors: Factors, salt: string | number): Factors {
        const { type, plans } = this.#target;
        const grammar = withTaste(this.#grammar, { [type]: this.byClass(factors) });
        const sums: Factors = {};
        for (let i = 0; i < this.#rooms; i++) {
            const rng = this.#options.rng.child('tune', type, salt, i);
            const plan = plans[rng.stream('plan').integer(plans.length)]!;
            const [layout] = furnishPlan(plan, { rng, grammar }).layouts;
            for (const node of layout!.nodes)
                for (const label of this.#options.labelsOf(node.class)) sums[label] = (sums[label] ?? 0) + 1;
        }
        for (const label of Object.keys(sums)) sums[label]! /= this.#rooms;
        return sums;
    }

    divergence(factors: Factors, salt: string | number): number {
        return categoryDivergence(this.#target.means, this.means(factors, salt));
    }

    /** Every factor by wanted over made, damped. */
    proportional(factors: Factors, made: Factors, gain: number): Factors {
        const out: Factors = {};
        const floor = 0.5 / this.#rooms;
        for (const [label, factor] of Object.entries(factors)) {
            const wanted = this.#target.means[label] ?? 0;
            const ratio = Math.min(6, Math.max(1 / 6, (wanted + floor) / ((made[label] ?? 0) + floor)));
            out[label] = wanted > 0 ? Math.min(LARGEST_FACTOR, factor * exactPow(ratio, gain)) : 0;
        }
        return out;
    }

    /** One generation of the cross-entropy method around the factors; the better of its mean and what was. */
    generation(factors: Factors, g: number): Factors {
        const labels = Object.keys(factors).filter((label) => factors[label]! > 0);
        const stream = this.#options.rng.stream('tune', this.#target.type, 'generation', g);
        const spread = 0.12 / (1 + g / 2);
        const members = Array.from({ length: MEMBERS }, () => {
            const steps = labels.map(() => spread * stream.normal());
            const own = { ...factors };
            labels.forEach((label, i) => {
                own[label] = Math.min(LARGEST_FACTOR, factors[label]! * exactExp(steps[i]!));
            });
            return { steps, value: this.divergence(own, `generation ${g}`) };
        });
        members.sort((a, b) => a.value - b.value);
        const mean = { ...factors };
        labels.forEach((label, i) => {
            const step = members.slice(0, ELITE).reduce((sum, m) => sum + m.steps[i]!, 0) / ELITE;
            mean[label] = Math.min(LARGEST_FACTOR, factors[label]! * exactExp(step));
        });
        return this.divergence(mean, 'check') < this.divergence(factors, 'check') ? mean : factors;
    }
}
