/**
 * Which furniture carried each contact: a Markov random field over the contacts. A label's own energy says how well its
 * height and room suit the contact; pairs that are close like or dislike each other's labels (a chair and a desk; a sofa and
 * a coffee table); Metropolis sampling with falling temperature finds a labelling of low energy (Fisher et al. 2015 and Qi et
 * al. 2018 choose furniture for people so; Pose2Room learns the same terms). A few contacts take a few hundred steps.
 */

import { exactExp, exactLog, type RngStream } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { Contact } from './contacts.ts';

/** What can carry a contact: class, usual height of what is met and its spread, metres, and how common it is, 0 to 1. */
interface Carrier {
    readonly class: string;
    readonly height: number;
    readonly spread: number;
    readonly common: number;
}

const carrier = (name: string, height: number, spread: number, common: number): Carrier => ({
    class: name,
    height,
    spread,
    common
});

/** Heights are those of the catalogue's classes. */
const CARRIERS: Readonly<Record<Contact['kind'], readonly Carrier[]>> = {
    sit: [
        carrier('chair', 0.46, 0.035, 0.9),
        carrier('office_chair', 0.49, 0.04, 0.6),
        carrier('armchair', 0.41, 0.03, 0.6),
        carrier('sofa', 0.43, 0.03, 0.7),
        carrier('stool', 0.6, 0.1, 0.3),
        carrier('bench', 0.45, 0.02, 0.2),
        carrier('pouf', 0.38, 0.05, 0.25)
    ],
    lie: [
        carrier('double_bed', 0.52, 0.08, 0.8),
        carrier('single_bed', 0.5, 0.08, 0.7),
        carrier('sofa', 0.43, 0.03, 0.4)
    ],
    touch: [
        carrier('dining_table', 0.75, 0.03, 0.7),
        carrier('desk', 0.74, 0.03, 0.7),
        carrier('side_table', 0.55, 0.05, 0.3),
        carrier('console_table', 0.82, 0.06, 0.3),
        carrier('sideboard', 0.85, 0.08, 0.4),
        carrier('dresser', 0.95, 0.12, 0.35),
        carrier('bookshelf', 1.4, 0.35, 0.5),
        carrier('wardrobe', 1.6, 0.3, 0.2)
    ]
};

/** Energy of two labels within a metre and a half, either way round; negative: they belong together. */
const LIKES: ReadonlyMap<string, number> = new Map(
    (
        [
            ['chair', 'desk', -1.2],
            ['office_chair', 'desk', -2.5],
            ['chair', 'dining_table', -2.2],
            ['office_chair', 'dining_table', 0.4],
            ['bench', 'dining_table', -0.8],
            ['stool', 'dining_table', -0.4],
            ['sofa', 'side_table', -1.2],
            ['armchair', 'side_table', -1.2],
            ['armchair', 'sofa', -0.6],
            ['sofa', 'desk', 2],
            ['sofa', 'dining_table', 1.5],
            ['double_bed', 'sofa', 2],
            ['double_bed', 'double_bed', 4],
            ['desk', 'dining_table', 2]
        ] as const
    ).flatMap(([a, b, energy]) => [
        [`${a} ${b}`, energy],
        [`${b} ${a}`, energy]
    ])
);
const CLOSE = 1.5;

/** What the field is given besides the contacts. */
export interface FieldOptions {
    readonly stream: RngStream;
    /** Steps of the sampler, 10 to 100,000; 600 if absent. */
    readonly steps?: number;
    /** Further energy of a class at a contact: how much free space it would take. */
    readonly cost?: (contact: Contact, className: string) => number;
}

/** A labelling and how it was found. */
export interface ClassChoice {
    /** Class of each contact, in order. */
    readonly classes: readonly string[];
    readonly energy: number;
    /** Energy after each step. */
    readonly trace: readonly number[];
}

/** Classes that a contact may have. */
export const candidatesOf = (contact: Contact): readonly string[] => CARRIERS[contact.kind].map((c) => c.class);

/** Energy of a labelling: sum of its own terms and of its pairs. */
export function labelEnergy(
    contacts: readonly Contact[],
    classes: readonly string[],
    cost: FieldOptions['cost']
): number {
    let sum = 0;
    contacts.forEach((a, i) => {
        sum += own(a, classes[i]!) + (cost?.(a, classes[i]!) ?? 0);
        for (let j = i + 1; j < contacts.length; j++) sum += pair(a, classes[i]!, contacts[j]!, classes[j]!);
    });
    return sum;
}

function own(contact: Contact, name: string): number {
    const c = CARRIERS[contact.kind].find((k) => k.class === name)!;
    const off = (contact.height - c.height) / c.spread;
    return 0.5 * off * off - 2 * exactLog(c.common);
}

function pair(a: Contact, p: string, b: Contact, q: string): number {
    if (hypot(a.x - b.x, a.z - b.z) > CLOSE) return 0;
    return LIKES.get(`${p} ${q}`) ?? 0;
}

/** Samples the field; returns the best labelling met. Same stream, same choice. */
export function chooseClasses(contacts: readonly Contact[], options: FieldOptions): ClassChoice {
    const { stream, cost, steps = 600 } = options;
    const classes = contacts.map((c) => {
        const all = candidatesOf(c);
        return all.reduce((x, y) => (own(c, y) < own(c, x) ? y : x));
    });
    let energy = labelEnergy(contacts, classes, cost);
    let best = { classes: [...classes], energy };
    const trace: number[] = [];
    for (let k = 0; k < steps && contacts.length > 0; k++) {
        const temperature = 2.5 * (1 - k / steps) + 0.02;
        const i = stream.integer(contacts.length);
        const all = candidatesOf(contacts[i]!);
        const was = classes[i]!;
        classes[i] = all[stream.integer(all.length)]!;
        const now = labelEnergy(contacts, classes, cost);
        if (now <= energy || stream.float() < exactExp((energy - now) / temperature)) energy = now;
        else classes[i] = was;
        if (energy < best.energy) best = { classes: [...classes], energy };
        trace.push(energy);
    }
    return { ...best, trace };
}
