/**
 * A shape grammar for buildings in the manner of CGA shape (Mueller, Wonka, Haegler, Ulmer, Van Gool, "Procedural modeling of
 * buildings", SIGGRAPH 2006): rules replace a shape (a footprint, a mass, a face) by others until only walls and elements are
 * left. Splits with absolute, relative and repeated parts, component splits, setbacks, roofs, random choices, occlusion
 * queries and snap lines are there; rules are data, so a town's style is a JSON object.
 *
 * All masses of a tile are made before any face: a window asks whether a neighbour or a wing of its own house stands before
 * it, and a house of several masses lines its storeys up on the first one's.
 */
import { badInput } from '@mixreel/core';

/** Metres, or a range from which each building draws once. */
export type Size = number | readonly [low: number, high: number];

/** One part of a split: just one of `size`, `share` and `repeat`. */
export interface SplitPart {
    /** Metres. */
    readonly size?: Size;
    /** Weight in what the sizes leave. */
    readonly share?: number;
    /** As many of about this many metres as fit. At most one part of a split repeats. */
    readonly repeat?: Size;
    readonly rule: string;
}

/** What a rule may do. Footprint rules: extrude, setback, lift, part. Mass rules: comp. Face rules: split, place, wall, when. */
export type Rule =
    | { readonly do: 'extrude'; readonly height: Size; readonly rule: string }
    | { readonly do: 'setback'; readonly by: Size; readonly rule: string }
    | { readonly do: 'lift'; readonly by: Size; readonly rule: string }
    /** Part of a footprint of four corners: shares of it along the front (x) and from the front to the back (z). */
    | {
          readonly do: 'part';
          readonly x: readonly [number, number];
          readonly z: readonly [number, number];
          readonly rule: string;
      }
    | { readonly do: 'comp'; readonly front?: string; readonly side?: string; readonly top?: string }
    | { readonly do: 'split'; readonly axis: 'x' | 'y'; readonly parts: readonly SplitPart[]; readonly snap?: boolean }
    | { readonly do: 'when'; readonly is: Query; readonly than?: number; readonly rule: string; readonly else: string }
    | { readonly do: 'choose'; readonly of: readonly (readonly [weight: number, rule: string])[] }
    | { readonly do: 'all'; readonly rules: readonly string[] }
    | { readonly do: 'place'; readonly element: string }
    | { readonly do: 'wall'; readonly material: string }
    | {
          readonly do: 'roof';
          readonly kind: 'flat' | 'gable' | 'hip';
          readonly pitch?: Size;
          readonly material: string;
          readonly wall: string;
      }
    | { readonly do: 'nothing' };

/** Questions of `when`: something stands before it; narrower, lower or smaller (m, m2) than `than`; has four corners. */
export type Query = 'occluded' | 'narrower' | 'lower' | 'smaller' | 'four-cornered';

/** Rules by name; `start` is applied to each lot's footprint. */
export type Grammar = Readonly<Record<string, Rule>> & { readonly start: Rule };

/** Derivations deeper than this are a circle. */
export const DEEPEST = 40;

const OPERATIONS = new Set([
    'extrude',
    'setback',
    'lift',
    'part',
    'comp',
    'split',
    'when',
    'choose',
    'all',
    'place',
    'wall',
    'roof',
    'nothing'
]);

/** Checks a grammar that a caller brings: every rule that is named is there, every split adds up. */
export function checkGrammar(grammar: Grammar): Grammar {
    if (!grammar.start) throw badInput('the grammar has no rule "start"', 'a rule named start', 'Add one');
    for (const [name, rule] of Object.entries(grammar)) {
        if (!OPERATIONS.has(rule?.do))
            throw badInput(`rule "${name}" does "${rule?.do}"`, [...OPERATIONS].join(', '), 'Use one of these');
        for (const next of namedBy(rule)) {
            if (!grammar[next])
                throw badInput(`rule "${name}" names "${next}"`, Object.keys(grammar).join(', '), 'Add that rule');
        }
        if (rule.do !== 'split') continue;
        const repeats = rule.parts.filter((p) => p.repeat !== undefined).length;
        const one = rule.parts.every((p) => [p.size, p.share, p.repeat].filter((v) => v !== undefined).length === 1);
        const positive = rule.parts.every((p) =>
            [p.size, p.share, p.repeat].flat().every((v) => v === undefined || v > 0)
        );
        if (repeats > 1 || !one || !positive || rule.parts.length === 0) {
            throw badInput(
                `the split "${name}" has ${rule.parts.length} parts, ${repeats} of them repeated`,
                'parts with one positive size, share or repeat each, at most one repeat',
                'Split in two steps'
            );
        }
    }
    return grammar;
}

function namedBy(rule: Rule): string[] {
    switch (rule.do) {
        case 'split':
            return rule.parts.map((p) => p.rule);
        case 'when':
            return [rule.rule, rule.else];
        case 'choose':
            return rule.of.map(([, name]) => name);
        case 'all':
            return [...rule.rules];
        case 'comp':
            return [rule.front, rule.side, rule.top].filter((name) => name !== undefined);
        case 'extrude':
        case 'setback':
        case 'lift':
        case 'part':
            return [rule.rule];
        default:
            return [];
    }
}

/**
 * Lengths of a split's parts over `length` metres, in order, repeats written out. What the absolute sizes leave is shared;
 * sizes shrink together if they are too long.
 */
export function splitLengths(
    parts: readonly SplitPart[],
    length: number,
    size: (s: Size) => number
): { readonly rule: string; readonly length: number }[] {
    let [fixed, shares, repeats] = [0, 0, false];
    for (const p of parts) {
        if (p.size !== undefined) fixed += size(p.size);
        else if (p.share !== undefined) shares += p.share;
        else repeats = true;
    }
    const rest = Math.max(0, length - fixed);
    const shrink = fixed > length ? length / fixed : 1;
    // Beside a repeat, shares have a fifth of the rest between them.
    const shared = repeats ? rest * 0.2 : rest;
    const room = shares > 0 ? rest * 0.8 : rest;
    const out: { rule: string; length: number }[] = [];
    for (const p of parts) {
        if (p.size !== undefined) out.push({ rule: p.rule, length: size(p.size) * shrink });
        else if (p.share !== undefined) out.push({ rule: p.rule, length: (p.share / shares) * shared });
        else if (room > 1e-6) {
            const count = Math.max(1, Math.round(room / size(p.repeat!)));
            for (let k = 0; k < count; k++) out.push({ rule: p.rule, length: room / count });
        }
    }
    return out;
}
