/**
 * What belongs in a room, as data: rules tried in order, each adding a class at a place with some probability. One table per
 * room type; a generator walks it. Priorities say what goes first when something must.
 */
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

const lighting: readonly Rule[] = [{ add: 'ceiling_lamp', at: { kind: 'ceiling' }, priority: 0.95 }];

const walls: readonly Rule[] = [
    { add: 'curtain', at: { kind: 'windows' }, chance: 0.8, priority: 0.4 },
    {
        add: 'picture',
        at: { kind: 'over', of: ['sofa', 'sideboard', 'double_bed', 'console_table'], gap: 0.35 },
        chance: 0.8,
        upTo: 3,
        priority: 0.3
    },
    { add: 'picture', at: { kind: 'hung', from: 1.25, to: 1.5 }, count: [1, 3], upTo: 5, priority: 0.25 },
    { add: 'wall_clock', at: { kind: 'hung', from: 1.8, to: 2.0 }, chance: 0.5, upTo: 1, priority: 0.2 }
];

const onTables: readonly Rule[] = [
    {
        add: 'plate',
        at: { kind: 'on', of: ['dining_table', 'round_table'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.6,
        count: [2, 4]
    },
    {
        add: 'mug',
        at: { kind: 'on', of: ['dining_table', 'round_table', 'desk', 'coffee_table'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.7,
        count: [1, 3]
    },
    {
        add: 'books',
        at: {
            kind: 'on',
            of: ['sideboard', 'tv_stand', 'cabinet', 'chest', 'console_table', 'dresser', 'desk'],
            spot: 'any',
            turn: 0.6
        },
        each: true,
        chance: 0.7,
        count: [1, 3]
    },
    {
        add: 'vase',
        at: { kind: 'on', of: ['cabinet', 'sideboard', 'tv_stand', 'console_table', 'dresser'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.6,
        count: [1, 2]
    },
    {
        add: 'candle',
        at: {
            kind: 'on',
            of: ['side_table', 'nightstand', 'console_table', 'sideboard', 'tv_stand', 'dresser'],
            spot: 'any',
            turn: 3
        },
        each: true,
        chance: 0.5,
        count: [1, 2]
    },
    {
        add: 'candle',
        at: { kind: 'on', of: ['coffee_table', 'dining_table', 'sideboard', 'console_table'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.5,
        count: [1, 2]
    },
    {
        add: 'globe',
        at: { kind: 'on', of: ['desk', 'cabinet', 'bookshelf'], spot: 'back', turn: 3 },
        chance: 0.3,
        upTo: 1
    },
    {
        add: 'teapot',
        at: { kind: 'on', of: ['coffee_table', 'dining_table', 'round_table'], spot: 'middle', turn: 3 },
        chance: 0.4,
        upTo: 1
    },
    {
        add: 'soft_toy',
        at: { kind: 'on', of: ['chest', 'dresser', 'wall_shelf', 'tv_stand'], spot: 'any', turn: 0.4 },
        chance: 0.3,
        upTo: 1
    },
    {
        add: 'books',
        at: { kind: 'on', of: ['coffee_table', 'side_table', 'nightstand', 'desk'], spot: 'any', turn: 0.5 },
        each: true,
        chance: 0.75,
        count: [1, 2]
    },
    {
        add: 'vase',
        at: {
            kind: 'on',
            of: ['dining_table', 'round_table', 'sideboard', 'console_table', 'dresser'],
            spot: 'middle',
            turn: 3
        },
        each: true,
        chance: 0.75
    },
    {
        add: 'bowl',
        at: { kind: 'on', of: ['coffee_table', 'dining_table', 'sideboard'], spot: 'middle', turn: 3 },
        each: true,
        chance: 0.6
    },
    {
        add: 'mug',
        at: { kind: 'on', of: ['coffee_table', 'desk', 'side_table', 'dining_table'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.6,
        count: [1, 2]
    },
    {
        add: 'tray',
        at: { kind: 'on', of: ['coffee_table', 'sideboard'], spot: 'any', turn: 0.1 },
        each: true,
        chance: 0.4
    },
    {
        add: 'potted_plant',
        at: {
            kind: 'on',
            of: ['sideboard', 'cabinet', 'bookshelf', 'tv_stand', 'dresser', 'console_table', 'chest'],
            spot: 'any',
            turn: 3
        },
        each: true,
        chance: 0.6
    },
    {
        add: 'books',
        at: {
            kind: 'on',
            of: ['sideboard', 'cabinet', 'tv_stand', 'dresser', 'console_table', 'chest', 'bookshelf'],
            spot: 'any',
            turn: 0.3
        },
        each: true,
        chance: 0.6
    }
];

const deskThings: readonly Rule[] = [
    {
        add: 'office_chair',
        at: { kind: 'beside', of: ['desk'], sides: ['front'], gap: [0.04, 0.16], facing: true },
        each: true,
        priority: 0.7
    },
    { add: 'monitor', at: { kind: 'on', of: ['desk'], spot: 'back', turn: 0 }, each: true, chance: 0.6, upTo: 3 },
    { add: 'keyboard', at: { kind: 'on', of: ['desk'], spot: 'front', turn: 0 }, each: true, chance: 0.7 },
    { add: 'laptop', at: { kind: 'on', of: ['desk'], spot: 'front', turn: 0.15 }, each: true, chance: 0.5 },
    {
        add: 'desk_lamp',
        at: { kind: 'on', of: ['desk'], spot: 'back', turn: 0.6 },
        each: true,
        chance: 0.7,
        priority: 0.4
    }
];

const corners: readonly Rule[] = [
    { add: 'plant', at: { kind: 'corner' }, count: [1, 2], upTo: 3, priority: 0.45 },
    { add: 'plant', at: { kind: 'corner' }, minArea: 18, count: [1, 2], upTo: 4, priority: 0.4 },
    { add: 'waste_bin', at: { kind: 'corner' }, chance: 0.4, upTo: 1, priority: 0.15 }
];

const living: readonly Rule[] = [
    { add: 'sofa', at: { kind: 'wall' }, upTo: 1, priority: 0.9 },
    {
        add: 'coffee_table',
        at: { kind: 'beside', of: ['sofa'], sides: ['front'], gap: [0.35, 0.55], facing: false },
        upTo: 1,
        priority: 0.75
    },
    { add: 'rug', at: { kind: 'under', of: ['coffee_table', 'dining_table'] }, chance: 0.85, upTo: 1, priority: 0.5 },
    {
        add: 'armchair',
        at: {
            kind: 'beside',
            of: ['coffee_table', 'sofa'],
            sides: ['left', 'right', 'front'],
            gap: [0.3, 0.5],
            facing: true
        },
        chance: 0.8,
        count: [1, 2],
        upTo: 2,
        priority: 0.6
    },
    { add: 'tv_stand', at: { kind: 'wall' }, chance: 0.8, upTo: 1, priority: 0.65 },
    { add: 'television', at: { kind: 'on', of: ['tv_stand'], spot: 'back', turn: 0 }, upTo: 1, priority: 0.6 },
    {
        add: 'side_table',
        at: { kind: 'beside', of: ['sofa', 'armchair'], sides: ['left', 'right'], gap: [0.03, 0.12], facing: false },
        chance: 0.8,
        upTo: 2,
        priority: 0.5
    },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.7, upTo: 1, priority: 0.5 },
    {
        add: 'floor_lamp',
        at: { kind: 'beside', of: ['sofa', 'armchair'], sides: ['left', 'right'], gap: [0.05, 0.2], facing: false },
        upTo: 2,
        priority: 0.55
    },
    {
        add: 'table_lamp',
        at: { kind: 'on', of: ['side_table', 'sideboard', 'cabinet'], spot: 'any', turn: 3 },
        each: true,
        chance: 0.6,
        upTo: 3,
        priority: 0.5
    },
    {
        add: 'chair',
        at: { kind: 'seats', of: ['dining_table', 'round_table'] },
        each: true,
        count: [2, 4],
        priority: 0.5
    },
    {
        add: 'pouf',
        at: {
            kind: 'beside',
            of: ['coffee_table'],
            sides: ['left', 'right', 'front'],
            gap: [0.25, 0.5],
            facing: false
        },
        chance: 0.35,
        upTo: 1,
        priority: 0.3
    },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.2 },
    { add: 'sideboard', at: { kind: 'wall' }, minArea: 16, chance: 0.8, upTo: 1, priority: 0.5 },
    { add: 'dining_table', at: { kind: 'middle' }, minArea: 22, chance: 0.85, upTo: 1, priority: 0.6 },
    {
        add: 'chair',
        at: { kind: 'seats', of: ['dining_table'] },
        minArea: 22,
        each: true,
        count: [4, 6],
        upTo: 6,
        priority: 0.5
    },
    { add: 'cabinet', at: { kind: 'wall' }, minArea: 24, chance: 0.7, upTo: 1, priority: 0.4 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.7 }, chance: 0.5, count: [1, 2], upTo: 2, priority: 0.3 },
    {
        add: 'speaker',
        at: { kind: 'beside', of: ['tv_stand'], sides: ['left', 'right'], gap: [0.1, 0.3], facing: false },
        chance: 0.5,
        count: [2, 2],
        upTo: 2,
        priority: 0.3
    }
];

const office: readonly Rule[] = [
    { add: 'desk', at: { kind: 'wall' }, upTo: 1, priority: 0.9 },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.9, upTo: 2, priority: 0.6 },
    { add: 'cabinet', at: { kind: 'wall' }, chance: 0.6, upTo: 2, priority: 0.45 },
    { add: 'armchair', at: { kind: 'corner' }, chance: 0.4, upTo: 1, priority: 0.35 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.4 },
    { add: 'rug', at: { kind: 'middle' }, chance: 0.5, upTo: 1, priority: 0.3 },
    { add: 'whiteboard', at: { kind: 'hung', from: 0.9, to: 1.1 }, chance: 0.5, upTo: 1, priority: 0.35 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.45, to: 1.6 }, chance: 0.6, upTo: 2, priority: 0.3 }
];

const meeting: readonly Rule[] = [
    { add: 'dining_table', at: { kind: 'middle' }, upTo: 1, priority: 0.95 },
    {
        add: 'chair',
        at: { kind: 'seats', of: ['dining_table', 'round_table'] },
        each: true,
        count: [6, 10],
        priority: 0.7
    },
    { add: 'whiteboard', at: { kind: 'hung', from: 0.9, to: 1.1 }, upTo: 1, priority: 0.5 },
    { add: 'television', at: { kind: 'hung', from: 1.0, to: 1.2 }, upTo: 1, priority: 0.5 },
    { add: 'sideboard', at: { kind: 'wall' }, chance: 0.8, upTo: 1, priority: 0.5 },
    { add: 'laptop', at: { kind: 'on', of: ['dining_table'], spot: 'any', turn: 3 }, count: [1, 3], priority: 0.3 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.4, upTo: 1, priority: 0.3 }
];

const music: readonly Rule[] = [
    { add: 'piano', at: { kind: 'wall' }, upTo: 1, priority: 0.8 },
    {
        add: 'stool',
        at: { kind: 'beside', of: ['piano'], sides: ['front'], gap: [0.1, 0.2], facing: true },
        upTo: 1,
        priority: 0.7
    },
    { add: 'guitar', at: { kind: 'corner' }, count: [1, 2], upTo: 2, priority: 0.6 },
    { add: 'speaker', at: { kind: 'corner' }, count: [2, 2], upTo: 2, priority: 0.5 },
    ...living.filter((r) => r.add !== 'tv_stand' && r.add !== 'television')
];

const bedroom: readonly Rule[] = [
    { add: 'double_bed', at: { kind: 'wall' }, upTo: 1, priority: 0.95 },
    {
        add: 'nightstand',
        at: {
            kind: 'beside',
            of: ['double_bed', 'single_bed'],
            sides: ['left', 'right'],
            gap: [0.04, 0.1],
            facing: false
        },
        count: [2, 2],
        upTo: 2,
        priority: 0.7
    },
    { add: 'table_lamp', at: { kind: 'on', of: ['nightstand'], spot: 'back', turn: 3 }, each: true, priority: 0.6 },
    { add: 'wardrobe', at: { kind: 'wall' }, upTo: 1, priority: 0.75 },
    { add: 'dresser', at: { kind: 'wall' }, chance: 0.8, upTo: 1, priority: 0.5 },
    { add: 'rug', at: { kind: 'middle' }, chance: 0.7, upTo: 1, priority: 0.4 },
    { add: 'armchair', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.4 },
    { add: 'mirror', at: { kind: 'over', of: ['dresser'], gap: 0.12 }, chance: 0.8, upTo: 1, priority: 0.4 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.35 },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.25 }
];

const dining: readonly Rule[] = [
    { add: 'dining_table', at: { kind: 'middle' }, upTo: 1, priority: 0.95 },
    { add: 'rug', at: { kind: 'under', of: ['dining_table'] }, chance: 0.6, upTo: 1, priority: 0.4 },
    {
        add: 'chair',
        at: { kind: 'seats', of: ['dining_table', 'round_table'] },
        each: true,
        count: [4, 6],
        priority: 0.8
    },
    { add: 'sideboard', at: { kind: 'wall' }, upTo: 1, priority: 0.6 },
    { add: 'cabinet', at: { kind: 'wall' }, chance: 0.5, upTo: 1, priority: 0.4 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.35 }
];

const hall: readonly Rule[] = [
    { add: 'coat_rack', at: { kind: 'corner' }, chance: 0.7, upTo: 1, priority: 0.5 },
    { add: 'shoe_rack', at: { kind: 'wall' }, chance: 0.7, upTo: 1, priority: 0.5 },
    { add: 'console_table', at: { kind: 'wall' }, upTo: 1, priority: 0.7 },
    { add: 'mirror', at: { kind: 'over', of: ['console_table'], gap: 0.15 }, upTo: 1, priority: 0.4 },
    { add: 'bench', at: { kind: 'wall' }, chance: 0.5, upTo: 1, priority: 0.4 },
    { add: 'table_lamp', at: { kind: 'on', of: ['console_table'], spot: 'any', turn: 3 }, chance: 0.7, priority: 0.4 }
];

const kitchen: readonly Rule[] = [
    { add: 'kitchen_sink', at: { kind: 'wall' }, upTo: 1, priority: 0.95 },
    {
        add: 'stove',
        at: { kind: 'beside', of: ['kitchen_sink'], sides: ['left', 'right'], gap: [0.01, 0.7], facing: false },
        upTo: 1,
        priority: 0.95
    },
    { add: 'stove', at: { kind: 'wall' }, upTo: 1, priority: 0.95 },
    { add: 'fridge', at: { kind: 'corner' }, upTo: 1, priority: 0.9 },
    {
        add: 'counter',
        at: {
            kind: 'beside',
            of: ['kitchen_sink', 'stove', 'fridge'],
            sides: ['left', 'right'],
            gap: [0.005, 0.03],
            facing: false
        },
        count: [1, 2],
        upTo: 2,
        priority: 0.8
    },
    { add: 'counter', at: { kind: 'wall' }, upTo: 1, priority: 0.8 },
    { add: 'round_table', at: { kind: 'middle' }, chance: 0.7, upTo: 1, priority: 0.6 },
    { add: 'chair', at: { kind: 'seats', of: ['round_table'] }, each: true, count: [2, 3], priority: 0.5 },
    {
        add: 'microwave',
        at: { kind: 'on', of: ['counter'], spot: 'back', turn: 0 },
        chance: 0.7,
        upTo: 1,
        priority: 0.4
    },
    { add: 'kettle', at: { kind: 'on', of: ['counter'], spot: 'any', turn: 3 }, chance: 0.9, upTo: 1, priority: 0.4 },
    {
        add: 'plate',
        at: { kind: 'on', of: ['round_table', 'counter'], spot: 'any', turn: 3 },
        each: true,
        count: [1, 3],
        priority: 0.3
    },
    {
        add: 'bowl',
        at: { kind: 'on', of: ['counter', 'round_table'], spot: 'any', turn: 3 },
        each: true,
        priority: 0.3
    },
    { add: 'mug', at: { kind: 'on', of: ['counter'], spot: 'any', turn: 3 }, each: true, count: [1, 3], priority: 0.3 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.6 }, chance: 0.7, count: [1, 2], upTo: 2, priority: 0.4 }
];

const bathroom: readonly Rule[] = [
    { add: 'toilet', at: { kind: 'wall' }, upTo: 1, priority: 0.97 },
    { add: 'basin', at: { kind: 'wall' }, upTo: 1, priority: 0.96 },
    { add: 'bathtub', at: { kind: 'corner' }, upTo: 1, priority: 0.8 },
    { add: 'washing_machine', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.5 },
    { add: 'mirror', at: { kind: 'over', of: ['basin'], gap: 0.2 }, upTo: 1, priority: 0.5 },
    { add: 'towel_rail', at: { kind: 'hung', from: 0.9, to: 1.1 }, count: [1, 2], upTo: 2, priority: 0.4 },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.7, upTo: 1, priority: 0.3 }
];

const compose = (...parts: readonly (readonly Rule[])[]): readonly Rule[] => [
    ...lighting,
    ...parts.flat(),
    ...corners,
    ...walls,
    ...onTables
];

/** The rules of every room type. */
export const ROOM_PROGRAMS: Readonly<Record<RoomType, readonly Rule[]>> = Object.freeze({
    living_room: compose(living, deskThings),
    bedroom: compose(bedroom, deskThings),
    kitchen: compose(kitchen),
    bathroom: [...lighting, ...bathroom, ...corners.slice(0, 1)],
    dining_room: compose(dining),
    office: compose(office, deskThings),
    meeting_room: compose(meeting),
    music_room: compose(music),
    hall: compose(hall),
    room: compose(living, deskThings)
});
