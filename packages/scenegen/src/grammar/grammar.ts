/**
 * A grammar of rooms: rules by room type, mean numbers of small things by carrier, and a taste that scales any class in any
 * room type, which is what a tuner fits. Plain data: it can be written as JSON and read back.
 */
import { badInput } from '@mixreel/core';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { RoomType } from '../graph/scene-graph.ts';
import type { Side } from '../solver/floor-candidates.ts';
import type { Spot } from '../solver/surface-space.ts';

/** Where a rule puts its thing. `of` lists classes, best first; `each` repeats the rule for every such node. */
export type RulePlace =
    | { readonly kind: 'wall' | 'corner' | 'middle' | 'ceiling' | 'windows' }
    | { readonly kind: 'hung'; readonly from: number; readonly to: number }
    | { readonly kind: 'over'; readonly of: readonly string[]; readonly gap: number }
    | {
          readonly kind: 'beside';
          readonly of: readonly string[];
          readonly sides: readonly Side[];
          readonly gap: readonly [number, number];
          readonly facing: boolean;
      }
    | { readonly kind: 'seats'; readonly of: readonly string[] }
    | { readonly kind: 'under'; readonly of: readonly string[] }
    | { readonly kind: 'on'; readonly of: readonly string[]; readonly spot: Spot; readonly turn: number };

/** One rule. */
export interface Rule {
    readonly add: string;
    readonly at: RulePlace;
    /** 0 to 1; 1 if absent. */
    readonly chance?: number;
    /** How many to try, at each place; 1 if absent. */
    readonly count?: readonly [number, number];
    /** Once for every node of the classes in `at.of`, instead of once. */
    readonly each?: boolean;
    /** Not if the room has this many of the class already. */
    readonly upTo?: number;
    /** Only in rooms of at least this floor, m2. */
    readonly minArea?: number;
    /** 0 to 1; 0.5 if absent. */
    readonly priority?: number;
}

/** Factors on the mean number of each class by room type; 1 for what is not named. 0 leaves a class out. */
export type Taste = Readonly<Partial<Record<RoomType, Readonly<Record<string, number>>>>>;

/** See the file comment. */
export interface Grammar {
    readonly rooms: Readonly<Record<RoomType, readonly Rule[]>>;
    /** By carrier: class and mean number of small things on it. */
    readonly surfaces: Readonly<Record<string, readonly (readonly [child: string, mean: number])[]>>;
    readonly taste: Taste;
    /** Factor on all small things, 0 (bare) to 10. */
    readonly clutter: number;
}

/** A grammar from its data, small things written as `books .5, mug .2`. Throws `bad-input` for unknown classes and rates. */
export function grammarOf(data: {
    readonly rooms: Grammar['rooms'];
    readonly surfaces: Readonly<Record<string, string>>;
    readonly taste?: Taste;
    readonly clutter?: number;
}): Grammar {
    const surfaces = Object.fromEntries(
        Object.entries(data.surfaces).map(([carrier, list]) => {
            const merged = new Map<string, number>();
            for (const item of list.split(',')) {
                const [name = '', mean = ''] = item.trim().split(' ');
                merged.set(name, Math.max(merged.get(name) ?? 0, Number(mean)));
            }
            return [carrier, [...merged]];
        })
    );
    return checked({ rooms: data.rooms, surfaces, taste: data.taste ?? {}, clutter: data.clutter ?? 1 });
}

/** The same grammar with other factors. */
export const withTaste = (grammar: Grammar, taste: Taste): Grammar => checked({ ...grammar, taste });

function checked(grammar: Grammar): Grammar {
    const known = (name: string, where: string): void => {
        if (!CATALOGUE.has(name)) throw badInput(`${where} names "${name}"`, 'a class of the catalogue', 'Correct it');
    };
    const rate = (value: number, most: number, where: string): void => {
        if (!(value >= 0 && value <= most)) throw badInput(`${where} is ${value}`, `0 to ${most}`, 'Correct the rate');
    };
    rate(grammar.clutter, 10, 'the clutter');
    for (const [type, rules] of Object.entries(grammar.rooms)) {
        for (const rule of rules) {
            known(rule.add, `a rule of ${type}`);
            rate(rule.chance ?? 1, 1, `the chance of ${rule.add} in ${type}`);
        }
    }
    for (const [carrier, children] of Object.entries(grammar.surfaces)) {
        known(carrier, 'surfaces');
        for (const [name, mean] of children) {
            known(name, carrier);
            rate(mean, 40, `the mean of ${name} on ${carrier}`);
        }
    }
    for (const [type, factors] of Object.entries(grammar.taste)) {
        for (const [name, factor] of Object.entries(factors)) {
            known(name, `the taste of ${type}`);
            rate(factor, 1e6, `the factor of ${name} in ${type}`);
        }
    }
    return grammar;
}
