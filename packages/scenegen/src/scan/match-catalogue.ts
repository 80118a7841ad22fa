/**
 * Which things of the catalogue a scanned segment may be, best first: how far its box is from the class's sizes (in the
 * better of two turns, as ratios, so that a chair 10 % too wide is as good as a wardrobe 10 % too wide), and what the segment
 * seems to be. A person chooses among them (Ipsita et al., "VRFromX", CHI 2021, ranks a catalogue by shape so).
 */
import { exactExp, exactLog } from '@mixreel/core';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { FurnitureClass, SizeRange } from '../catalogue/furniture-class.ts';
import type { Behaviour } from '../graph/scene-graph.ts';
import type { ScanSegment, SegmentKind } from './find-objects.ts';

/** A proposal. */
export interface Candidate {
    readonly class: string;
    /** 0 to 1; the scores of a segment's candidates are comparable with each other only. */
    readonly score: number;
    /** Quarter turns of the segment's box that fit the class's front best. */
    readonly turns: 0 | 1;
    readonly behaviours: readonly Behaviour[];
}

const KINDS: Readonly<Record<SegmentKind, readonly string[]>> = {
    couch: ['sofa', 'armchair', 'bench'],
    table: ['dining_table', 'coffee_table', 'desk', 'side_table', 'round_table', 'console_table', 'counter'],
    storage: ['cabinet', 'bookshelf', 'wardrobe', 'sideboard', 'dresser', 'chest', 'tv_stand', 'shoe_rack', 'fridge'],
    bed: ['double_bed', 'single_bed'],
    chair: ['chair', 'office_chair', 'armchair', 'stool', 'pouf', 'ottoman'],
    thing: []
};

const BEHAVIOURS: Readonly<Record<Behaviour, readonly string[]>> = {
    sit: ['sofa', 'armchair', 'chair', 'office_chair', 'stool', 'bench', 'pouf', 'ottoman', 'floor_cushion'],
    lie: ['double_bed', 'single_bed', 'sofa'],
    open: [
        'cabinet',
        'wardrobe',
        'sideboard',
        'dresser',
        'chest',
        'fridge',
        'washing_machine',
        'nightstand',
        'shoe_rack'
    ],
    switch: [
        'floor_lamp',
        'table_lamp',
        'desk_lamp',
        'wall_lamp',
        'ceiling_lamp',
        'pendant_lamp',
        'television',
        'monitor',
        'stove'
    ]
};

/** What can be done with a class. */
export function behavioursOf(className: string): Behaviour[] {
    return (Object.keys(BEHAVIOURS) as Behaviour[]).filter((b) => BEHAVIOURS[b].includes(className));
}

/** How much nearer a class of the segment's own kind is, as a factor on the score. */
const OWN_KIND = 3;

/** Candidates of a segment, best first. */
export function candidatesFor(segment: ScanSegment, most = 8): Candidate[] {
    const own = KINDS[segment.kind];
    const out: Candidate[] = [];
    for (const kind of CATALOGUE.values()) {
        if (kind.support !== 'floor' || kind.flat) continue;
        const misfits = [
            misfit(kind, segment.width, segment.depth, segment),
            misfit(kind, segment.depth, segment.width, segment)
        ];
        const turns = misfits[1]! < misfits[0]! - 1e-9 ? 1 : 0;
        const score = exactExp(-misfits[turns]!) * (own.includes(kind.name) ? 1 : 1 / OWN_KIND);
        out.push({
            class: kind.name,
            score: Math.round(score * 1e6) / 1e6,
            turns,
            behaviours: behavioursOf(kind.name)
        });
    }
    return out.sort((a, b) => b.score - a.score || (a.class < b.class ? -1 : 1)).slice(0, most);
}

/** Sum over the sides of how far each is outside the class's range and, less, from its usual size. */
function misfit(kind: FurnitureClass, w: number, d: number, s: ScanSegment): number {
    const side = ([low, usual, high]: SizeRange, value: number): number => {
        const outside = value < low ? exactLog(low / value) : value > high ? exactLog(value / high) : 0;
        return 4 * outside + 0.8 * Math.abs(exactLog(value / usual));
    };
    return side(kind.width, w) + side(kind.depth, d) + side(kind.height, s.height);
}
