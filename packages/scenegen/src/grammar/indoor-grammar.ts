/**
 * What belongs indoors, as data, in this one file: for every room type the rules that are tried in order, each adding a class
 * at a place with some probability, and for everything that carries small things the mean number of each. A generator
 * walks it (furnish.ts); a tuner fits its rates to examples (tune-grammar.ts). Priorities say what goes first when something
 * must.
 */
import { type Grammar, grammarOf, type Rule } from './grammar.ts';

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
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.85, upTo: 1, priority: 0.5 },
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
    { add: 'dog_bed', at: { kind: 'corner' }, chance: 0.05, upTo: 1, priority: 0.15 },
    { add: 'dresser', at: { kind: 'wall' }, chance: 0.03, upTo: 1, priority: 0.3 },
    { add: 'serving_cart', at: { kind: 'wall' }, chance: 0.06, upTo: 1, priority: 0.2 },
    { add: 'safe', at: { kind: 'corner' }, chance: 0.02, upTo: 1, priority: 0.1 },
    { add: 'television', at: { kind: 'hung', from: 1.0, to: 1.2 }, chance: 0.05, upTo: 2, priority: 0.5 },
    { add: 'sideboard', at: { kind: 'wall' }, minArea: 16, chance: 0.8, upTo: 1, priority: 0.5 },
    { add: 'dining_table', at: { kind: 'middle' }, minArea: 22, chance: 0.85, upTo: 1, priority: 0.6 },
    { add: 'dining_table', at: { kind: 'wall' }, chance: 0.02, upTo: 1, priority: 0.6 },
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
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.7 }, chance: 0.8, count: [1, 2], upTo: 2, priority: 0.3 },
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
    { add: 'desk', at: { kind: 'wall' }, minArea: 13, chance: 0.5, upTo: 2, priority: 0.7 },
    { add: 'bookshelf', at: { kind: 'wall' }, count: [1, 2], upTo: 2, priority: 0.6 },
    { add: 'cabinet', at: { kind: 'wall' }, chance: 0.8, upTo: 2, priority: 0.45 },
    { add: 'armchair', at: { kind: 'corner' }, chance: 0.4, upTo: 1, priority: 0.35 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.4 },
    { add: 'rug', at: { kind: 'middle' }, chance: 0.5, upTo: 1, priority: 0.3 },
    { add: 'whiteboard', at: { kind: 'hung', from: 0.9, to: 1.1 }, chance: 0.5, upTo: 1, priority: 0.35 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.45, to: 1.6 }, chance: 0.9, count: [2, 3], upTo: 3, priority: 0.3 }
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
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.4, upTo: 1, priority: 0.3 },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.6, upTo: 1, priority: 0.35 },
    { add: 'cabinet', at: { kind: 'wall' }, chance: 0.5, upTo: 1, priority: 0.3 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.65 }, chance: 0.5, count: [1, 2], upTo: 2, priority: 0.3 }
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
    { add: 'double_bed', at: { kind: 'wall' }, upTo: 2, priority: 0.95 },
    { add: 'single_bed', at: { kind: 'wall' }, chance: 0.02, upTo: 1, priority: 0.6 },
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
    { add: 'dresser', at: { kind: 'wall' }, chance: 0.9, upTo: 2, priority: 0.5 },
    { add: 'desk', at: { kind: 'wall' }, minArea: 14, chance: 0.4, upTo: 1, priority: 0.5 },
    { add: 'tv_stand', at: { kind: 'wall' }, minArea: 16, chance: 0.3, upTo: 1, priority: 0.4 },
    { add: 'television', at: { kind: 'on', of: ['tv_stand'], spot: 'back', turn: 0 }, upTo: 1, priority: 0.4 },
    { add: 'television', at: { kind: 'hung', from: 1.0, to: 1.2 }, chance: 0.1, upTo: 2, priority: 0.4 },
    { add: 'dining_table', at: { kind: 'middle' }, chance: 0.01, upTo: 1, priority: 0.4 },
    {
        add: 'chair',
        at: { kind: 'seats', of: ['dining_table', 'desk'] },
        each: true,
        chance: 0.2,
        count: [1, 3],
        upTo: 4,
        priority: 0.3
    },
    { add: 'chair', at: { kind: 'wall' }, chance: 0.15, upTo: 4, priority: 0.2 },
    { add: 'laundry_hamper', at: { kind: 'corner' }, chance: 0.3, upTo: 1, priority: 0.2 },
    { add: 'safe', at: { kind: 'corner' }, chance: 0.01, upTo: 1, priority: 0.1 },
    { add: 'boots', at: { kind: 'corner' }, chance: 0.1, upTo: 1, priority: 0.15 },
    { add: 'rug', at: { kind: 'middle' }, chance: 0.7, upTo: 1, priority: 0.4 },
    { add: 'armchair', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.4 },
    { add: 'mirror', at: { kind: 'over', of: ['dresser'], gap: 0.12 }, chance: 0.8, upTo: 1, priority: 0.4 },
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.35 },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.25 },
    {
        add: 'storage_bench',
        at: { kind: 'beside', of: ['double_bed', 'single_bed'], sides: ['front'], gap: [0.04, 0.15], facing: false },
        chance: 0.5,
        upTo: 1,
        priority: 0.3
    },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.5, upTo: 1, priority: 0.35 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.45, to: 1.6 }, count: [1, 2], upTo: 2, priority: 0.3 }
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
    { add: 'floor_lamp', at: { kind: 'corner' }, chance: 0.6, upTo: 1, priority: 0.35 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.65 }, chance: 0.7, count: [1, 2], upTo: 2, priority: 0.3 }
];

const hall: readonly Rule[] = [
    { add: 'coat_rack', at: { kind: 'corner' }, chance: 0.7, upTo: 1, priority: 0.5 },
    { add: 'shoe_rack', at: { kind: 'wall' }, chance: 0.7, upTo: 1, priority: 0.5 },
    { add: 'console_table', at: { kind: 'wall' }, upTo: 1, priority: 0.7 },
    { add: 'mirror', at: { kind: 'over', of: ['console_table'], gap: 0.15 }, upTo: 1, priority: 0.4 },
    { add: 'storage_bench', at: { kind: 'wall' }, chance: 0.6, upTo: 1, priority: 0.4 },
    { add: 'table_lamp', at: { kind: 'on', of: ['console_table'], spot: 'any', turn: 3 }, chance: 0.7, priority: 0.4 },
    { add: 'cabinet', at: { kind: 'wall' }, chance: 0.7, upTo: 1, priority: 0.35 },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.5, upTo: 1, priority: 0.3 },
    { add: 'boots', at: { kind: 'corner' }, chance: 0.7, count: [1, 3], upTo: 3, priority: 0.2 },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.2 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.4, to: 1.55 }, count: [3, 4], upTo: 4, priority: 0.3 },
    { add: 'picture', at: { kind: 'hung', from: 1.3, to: 1.5 }, count: [1, 3], upTo: 6, priority: 0.25 },
    { add: 'rug', at: { kind: 'middle' }, chance: 0.6, upTo: 1, priority: 0.3 }
];

const kitchen: readonly Rule[] = [
    { add: 'kitchen_sink', at: { kind: 'wall' }, upTo: 1, priority: 0.95 },
    {
        add: 'stove',
        at: { kind: 'beside', of: ['kitchen_sink'], sides: ['left', 'right'], gap: [0.005, 0.02], facing: false },
        upTo: 1,
        priority: 0.95
    },
    { add: 'stove', at: { kind: 'wall' }, upTo: 1, priority: 0.95 },
    { add: 'fridge', at: { kind: 'corner' }, upTo: 1, priority: 0.9 },
    {
        add: 'counter',
        at: {
            kind: 'beside',
            of: ['kitchen_sink', 'stove', 'fridge', 'counter'],
            sides: ['left', 'right'],
            gap: [0.005, 0.03],
            facing: false
        },
        count: [1, 2],
        upTo: 2,
        priority: 0.8
    },
    { add: 'counter', at: { kind: 'wall' }, upTo: 1, priority: 0.8 },
    { add: 'counter', at: { kind: 'wall' }, minArea: 16, upTo: 3, priority: 0.6 },
    { add: 'round_table', at: { kind: 'middle' }, chance: 0.7, upTo: 1, priority: 0.6 },
    { add: 'chair', at: { kind: 'seats', of: ['round_table'] }, each: true, count: [2, 3], priority: 0.5 },
    { add: 'dining_table', at: { kind: 'middle' }, chance: 0.05, upTo: 1, priority: 0.5 },
    { add: 'chair', at: { kind: 'seats', of: ['dining_table'] }, each: true, count: [2, 4], priority: 0.4 },
    { add: 'dishwasher', at: { kind: 'wall' }, chance: 0.4, upTo: 1, priority: 0.4 },
    { add: 'garbage_bag', at: { kind: 'corner' }, chance: 0.05, upTo: 2, priority: 0.1 },
    { add: 'stool', at: { kind: 'wall' }, chance: 0.04, upTo: 1, priority: 0.1 },
    { add: 'bookshelf', at: { kind: 'wall' }, chance: 0.04, upTo: 1, priority: 0.2 },
    { add: 'television', at: { kind: 'hung', from: 1.2, to: 1.4 }, chance: 0.05, upTo: 1, priority: 0.2 },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.5, to: 1.6 }, chance: 0.7, count: [1, 2], upTo: 2, priority: 0.4 }
];

const bathroom: readonly Rule[] = [
    { add: 'toilet', at: { kind: 'wall' }, upTo: 1, priority: 0.97 },
    { add: 'basin', at: { kind: 'wall' }, upTo: 1, priority: 0.96 },
    { add: 'bathtub', at: { kind: 'corner' }, upTo: 1, priority: 0.8 },
    { add: 'washing_machine', at: { kind: 'corner' }, chance: 0.5, upTo: 1, priority: 0.5 },
    { add: 'mirror', at: { kind: 'over', of: ['basin'], gap: 0.2 }, upTo: 1, priority: 0.5 },
    { add: 'towel_rail', at: { kind: 'hung', from: 0.9, to: 1.1 }, count: [1, 2], upTo: 2, priority: 0.4 },
    { add: 'basket', at: { kind: 'corner' }, chance: 0.7, upTo: 1, priority: 0.3 },
    {
        add: 'toilet_brush',
        at: { kind: 'beside', of: ['toilet'], sides: ['left', 'right'], gap: [0.05, 0.2], facing: false },
        chance: 0.7,
        upTo: 1,
        priority: 0.2
    },
    { add: 'plunger', at: { kind: 'corner' }, chance: 0.2, upTo: 1, priority: 0.1 },
    { add: 'laundry_hamper', at: { kind: 'corner' }, chance: 0.2, upTo: 1, priority: 0.2 },
    { add: 'clothes_dryer', at: { kind: 'wall' }, chance: 0.02, upTo: 1, priority: 0.3 },
    { add: 'side_table', at: { kind: 'wall' }, chance: 0.05, upTo: 1, priority: 0.1 },
    { add: 'dresser', at: { kind: 'wall' }, chance: 0.02, upTo: 1, priority: 0.1 },
    { add: 'cabinet', at: { kind: 'wall' }, minArea: 4, chance: 0.8, upTo: 1, priority: 0.25 },
    {
        add: 'wall_shelf',
        at: { kind: 'over', of: ['toilet', 'bathtub', 'washing_machine'], gap: 0.7 },
        upTo: 1,
        priority: 0.3
    },
    { add: 'wall_shelf', at: { kind: 'hung', from: 1.35, to: 1.5 }, count: [4, 5], upTo: 5, priority: 0.3 },
    { add: 'picture', at: { kind: 'hung', from: 1.25, to: 1.5 }, chance: 0.5, upTo: 3, priority: 0.2 }
];

const compose = (...parts: readonly (readonly Rule[])[]): readonly Rule[] => [
    ...lighting,
    ...parts.flat(),
    ...corners,
    ...walls
];

const onShelves = 'books 1, vase .3, statue .3, potted_plant .3, box .2, candle .2, photo_frame .4, jar .2, globe .06';
const inDrawersReach =
    'books .5, vase .3, statue .2, candle .3, potted_plant .3, photo_frame .4, bowl .2, cell_phone .1, watch .12, key_chain .15';

const washing =
    'toilet_paper .3, soap_bar .2, soap_bottle .3, paper_towel_roll .1, cloth .3, dish_sponge .1, spray_bottle .2, toothbrush_cup .4';

/**
 * Mean number of each small class on each thing that carries some. Rates of the ProcTHOR receptacle table
 * (Apache-2.0) where it has the pair, rounded; what it lacks (photo frames, trays, jars …) by judgement.
 */
const SURFACES: Readonly<Record<string, string>> = {
    double_bed:
        'pillow .5, books .2, laptop .2, soft_toy .2, cell_phone .12, remote_control .12, tablet .1, box .05, newspaper .05, basketball .04, baseball_bat .03, tennis_racket .03, alarm_clock .02',
    single_bed: 'pillow .4, books .2, soft_toy .4, laptop .1, cell_phone .1, tablet .1, box .05, basketball .05',
    sofa: 'pillow .6, remote_control .3, books .15, newspaper .2, laptop .15, cell_phone .1, tablet .1, soft_toy .1, pencil .03',
    armchair: 'pillow .3, books .1, remote_control .08, newspaper .05',
    nightstand:
        'alarm_clock .4, books .8, cell_phone .3, watch .3, cup .3, tissue_box .2, candle .2, photo_frame .3, key_chain .1, pen .1, potted_plant .15, mug .12, jewelry_box .1',
    side_table:
        'books .4, mug .3, candle .3, remote_control .2, potted_plant .3, cup .2, photo_frame .3, key_chain .1, alarm_clock .05, vase .1, bowl .1, cell_phone .1',
    coffee_table:
        'books .8, remote_control .5, bowl .4, mug .5, vase .3, candle .4, tray .4, newspaper .3, cell_phone .15, teapot .2, box .1, statue .1, credit_card .06, laptop .1, potted_plant .2, tablet .15, key_chain .1, watch .06',
    dining_table:
        'plate 1.2, bowl .5, cup .6, mug .4, fork .6, knife .3, spoon .4, vase .4, candle .4, bottle .2, wine_bottle .15, bread .15, apple .3, books .2, laptop .12, statue .1, salt_shaker .2, pepper_shaker .2, pencil .1, pen .1, potted_plant .2, cell_phone .1, newspaper .1, remote_control .05, key_chain .05, box .05, watch .04, credit_card .04, table_lamp .05',
    round_table:
        'plate .8, bowl .5, cup .5, mug .5, vase .5, apple .4, bread .2, fork .4, spoon .3, butter_knife .2, salt_shaker .25, pepper_shaker .25, candle .2, teapot .2, newspaper .1, jar .2',
    desk: 'books .9, pencil .5, pen .5, mug .4, cell_phone .3, key_chain .2, cd .2, credit_card .15, bowl .1, bottle .15, tissue_box .15, alarm_clock .15, photo_frame .4, potted_plant .3, watch .1, box .1, statue .1, tablet .15, camera .1, globe .1, newspaper .1, dumbbell .01',
    dresser:
        'books .4, vase .3, cell_phone .2, potted_plant .3, alarm_clock .2, statue .25, pen .15, pencil .12, candle .3, credit_card .15, bowl .2, cd .12, mug .1, key_chain .25, jewelry_box .4, photo_frame .5, tissue_box .25, watch .25, remote_control .12, soft_toy .15, table_lamp .1, laptop .06, box .1, basketball .02, radio .1, piggy_bank .1',
    tv_stand:
        'remote_control .6, candle .2, vase .2, potted_plant .3, books .3, box .1, statue .2, photo_frame .4, cd .2, watch .08, credit_card .1, key_chain .15, bowl .12, tissue_box .1, cell_phone .12, pencil .06, newspaper .06, mug .06, pen .05, radio .1, alarm_clock .05, plate .03, laptop .02',
    sideboard: `bowl .4, vase .5, candle .6, plate .2, bottle .2, wine_bottle .2, tray .3, table_lamp .2, ${onShelves}`,
    console_table: `bowl .3, vase .5, candle .4, key_chain .4, ${onShelves}`,
    cabinet: `${inDrawersReach}, ${washing}`,
    chest: 'books .4, soft_toy .3, potted_plant .3, ball .2, box .2, pillow .2',
    bookshelf: onShelves,
    wall_shelf: `${onShelves}, plate .1, mug .2, cup .2, ${washing}`,
    counter:
        'soap_bottle .3, coffee_machine .3, toaster .35, kettle .35, microwave .25, pepper_shaker .3, salt_shaker .3, knife_block .4, cutting_board .5, spatula .3, butter_knife .3, bread .4, bowl .4, fork .3, knife .3, potato .4, spoon .3, apple .5, cup .5, dish_sponge .3, plate .6, mug .6, pan .3, pot .4, tomato .4, paper_towel_roll .3, lettuce .25, ladle .2, egg .5, spray_bottle .2, bottle .3, wine_bottle .2, jar .6, can .4, potted_plant .2, cell_phone .1, credit_card .05, books .15, vase .1, statue .05, pencil .05, pen .05, tray .2',
    stove: 'pot .5, pan .4, kettle .2, ladle .05',
    fridge: 'box .2, bowl .3, egg .2, bottle .2, lettuce .1, bread .2, jar .2, apple .1, tomato .1, potato .1, wine_bottle .1, potted_plant .2',
    toilet: 'toilet_paper .8, spray_bottle .2, candle .3, tissue_box .2, soap_bar .1, cloth .1, paper_towel_roll .1, dish_sponge .05, soap_bottle .1',
    washing_machine: 'soap_bottle .5, cloth .5, spray_bottle .4, box .2, dish_sponge .1, paper_towel_roll .1',
    clothes_dryer: 'cloth .5, box .2, soap_bottle .2',
    dishwasher: 'bowl .5, plate .5, dish_sponge .4, soap_bottle .4, bread .3, jar .4',
    storage_bench: 'pillow .8, books .2',
    bathtub: 'soap_bottle .6, soap_bar .4, candle .4, cloth .2, dish_sponge .2',
    basin: 'toothbrush_cup .6, soap_bar .5, soap_bottle .6, cup .2',
    shoe_rack: 'key_chain .3, books .2, potted_plant .3, box .2, newspaper .2, tissue_box .2',
    serving_cart: 'bottle .5, wine_bottle .4, cup .5, bowl .3, plate .4, tray .3, potted_plant .2',
    box: 'books .1'
};

/** Rooms without a tap: what is for washing stands in the others. */
const DRY = ['living_room', 'bedroom', 'dining_room', 'office', 'meeting_room', 'music_room', 'hall', 'room'] as const;
const NOTHING_TO_WASH = Object.fromEntries(washing.split(', ').map((item) => [item.split(' ')[0]!, 0]));

/** See the file comment. */
export const INDOOR_GRAMMAR: Grammar = grammarOf({
    rooms: {
        living_room: compose(living, deskThings),
        bedroom: compose(bedroom, deskThings),
        kitchen: compose(kitchen),
        bathroom: [...lighting, ...bathroom, ...corners],
        dining_room: compose(dining),
        office: compose(office, deskThings),
        meeting_room: compose(meeting),
        music_room: compose(music),
        hall: compose(hall),
        room: compose(living, deskThings)
    },
    surfaces: SURFACES,
    taste: Object.fromEntries(DRY.map((type) => [type, NOTHING_TO_WASH])),
    // 40 to 70 things in a furnished room of 15 to 30 m2.
    clutter: 3
});
