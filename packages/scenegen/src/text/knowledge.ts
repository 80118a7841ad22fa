/**
 * What everybody knows about furniture: what stands on what, what a word like "on" or "with" means between two classes,
 * which room a list of things suggests, which parts of a thing a colour paints, which thing of a scene is meant. Small tables,
 * first entry preferred.
 */
import { furnitureClass } from '../catalogue/catalogue.ts';
import type { RelationType, RoomType, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import type { TextRequest } from './parse-request.ts';

const HOSTS: Readonly<Record<string, readonly string[]>> = {
    television: ['tv_stand', 'sideboard', 'dresser', 'cabinet'],
    monitor: ['desk', 'dining_table'],
    keyboard: ['desk', 'dining_table'],
    laptop: ['desk', 'dining_table', 'coffee_table', 'counter'],
    desk_lamp: ['desk', 'dining_table', 'nightstand'],
    table_lamp: ['nightstand', 'side_table', 'console_table', 'sideboard', 'dresser', 'desk', 'cabinet'],
    microwave: ['counter', 'cabinet', 'sideboard'],
    kettle: ['counter', 'sideboard', 'dining_table'],
    plate: ['dining_table', 'round_table', 'counter', 'coffee_table'],
    teapot: ['coffee_table', 'dining_table', 'round_table', 'counter'],
    globe: ['desk', 'sideboard', 'cabinet'],
    soft_toy: ['dresser', 'chest', 'nightstand', 'sideboard'],
    books: ['desk', 'coffee_table', 'nightstand', 'side_table', 'sideboard', 'dining_table', 'cabinet', 'bookshelf'],
    pillow: ['sofa', 'double_bed', 'single_bed', 'armchair', 'storage_bench'],
    remote_control: ['coffee_table', 'tv_stand', 'sofa', 'side_table'],
    alarm_clock: ['nightstand', 'desk', 'dresser', 'side_table'],
    jewelry_box: ['dresser', 'nightstand', 'console_table'],
    newspaper: ['coffee_table', 'dining_table', 'sofa', 'side_table'],
    toilet_paper: ['toilet', 'cabinet', 'wall_shelf', 'washing_machine'],
    toothbrush_cup: ['cabinet', 'wall_shelf', 'washing_machine', 'side_table'],
    soap_bar: ['cabinet', 'wall_shelf', 'toilet', 'counter'],
    soap_bottle: ['counter', 'cabinet', 'washing_machine', 'wall_shelf'],
    spray_bottle: ['counter', 'washing_machine', 'cabinet', 'toilet'],
    cloth: ['counter', 'washing_machine', 'cabinet'],
    tissue_box: ['coffee_table', 'nightstand', 'dresser', 'desk', 'side_table'],
    ...Object.fromEntries(
        'coffee_machine toaster pot pan knife_block cutting_board dish_sponge paper_towel_roll knife spatula ladle egg potato tomato lettuce can jar'
            .split(' ')
            .map((name) => [name, ['counter', 'round_table', 'dining_table', 'stove', 'cabinet']])
    ),
    ...Object.fromEntries(
        'fork spoon butter_knife salt_shaker pepper_shaker cup bread apple bottle wine_bottle'
            .split(' ')
            .map((name) => [name, ['dining_table', 'round_table', 'counter', 'coffee_table', 'desk']])
    ),
    potted_plant: ['sideboard', 'side_table', 'desk', 'console_table', 'coffee_table', 'dining_table', 'cabinet']
};

const ANY_TABLE = [
    'coffee_table',
    'dining_table',
    'side_table',
    'round_table',
    'desk',
    'sideboard',
    'console_table',
    'counter',
    'dresser',
    'nightstand',
    'cabinet'
];

/** Classes on which a small thing stands, best first. */
export const hostsOf = (name: string): readonly string[] => HOSTS[name] ?? ANY_TABLE;

const SEATS = new Set(['chair', 'office_chair', 'stool', 'armchair']);
const TABLE_LIKE = new Set(['dining_table', 'round_table', 'desk', 'coffee_table', 'counter']);

/** What a relation word means between two classes. */
export function meaningOf(type: RelationType, a: string, b: string): RelationType {
    const [ka, kb] = [furnitureClass(a), furnitureClass(b)];
    const carries =
        (kb.surfaces?.({ width: kb.width[1], height: kb.height[1], depth: kb.depth[1] }, {}).length ?? 0) > 0;
    if (type === 'symmetric' && a === b) return 'aligned';
    if (type === 'co-occurrence') {
        if (SEATS.has(a) && TABLE_LIKE.has(b)) return 'surround';
        if (ka.support === 'node' && carries) return 'support';
        return 'next-to';
    }
    // Only small things stand on others; a sofa on a rug is near it.
    if (type === 'support' && (ka.support !== 'node' || !carries))
        return kb.flat ? 'near' : ka.support === 'wall' ? 'next-to' : 'near';
    if (type === 'on-wall') return 'next-to';
    if (type === 'corner' || type === 'hanging' || type === 'against-wall') return 'near';
    if (type === 'surround' && !SEATS.has(a)) return 'near';
    return type;
}

/** The room that these things suggest. */
export function roomOf(classes: readonly string[]): RoomType {
    const has = (...names: string[]): boolean => names.some((n) => classes.includes(n));
    if (has('double_bed', 'single_bed', 'nightstand', 'wardrobe')) return 'bedroom';
    if (has('toilet', 'bathtub', 'basin')) return 'bathroom';
    if (has('stove', 'fridge', 'kitchen_sink', 'counter')) return 'kitchen';
    if (has('sofa', 'tv_stand', 'coffee_table')) return 'living_room';
    if (has('desk', 'office_chair', 'monitor')) return 'office';
    if (has('dining_table', 'round_table')) return 'dining_room';
    return 'room';
}

const PAINT: readonly (readonly [classes: string, slots: string])[] = [
    ['sofa armchair ottoman pouf bench', 'fabric fabric2 leather'],
    ['chair office_chair stool', 'fabric2 wood wood2'],
    ['double_bed single_bed', 'fabric2 fabric'],
    ['rug', 'rug rugEdge'],
    ['curtain', 'curtain'],
    ['table_lamp floor_lamp wall_lamp', 'shade'],
    ['pendant_lamp desk_lamp', 'accent black metal ceramic'],
    ['books', 'book book2 book3 book4'],
    ['floor_cushion soft_toy', 'cushion fabric2 linen wicker'],
    ['fridge stove counter kitchen_sink piano', 'white accent metal black wood2'],
    ['vase mug bowl plate teapot candle plant potted_plant', 'ceramic ceramic2 accent terracotta linen']
];

/** Colour overrides by material slot for a thing of one colour or material; null if neither is given. */
export function slotColors(
    name: string,
    color: string | undefined,
    material: { readonly slot: string; readonly color?: string } | undefined
): Record<string, string> | null {
    const wanted = color ?? material?.color;
    if (!wanted) return null;
    const row = PAINT.find(([classes]) => classes.split(' ').includes(name));
    const slots =
        color === undefined && material
            ? [material.slot, ...(material.slot === 'wood' ? ['wood2'] : [])]
            : (row?.[1] ?? 'wood wood2 white accent').split(' ');
    return Object.fromEntries(slots.map((slot) => [slot, wanted]));
}

/** Words mean a family where the scene has no thing of their own class: any lamp, any table, any bed. */
const FAMILIES: readonly RegExp[] = [
    /lamp$/,
    /table$|^desk$|^nightstand$/,
    /bed$/,
    /chair$|^stool$|^pouf$/,
    /shelf$|^cabinet$|^sideboard$/,
    /plant$/
];

/** The virtual things of a scene that a class may mean. */
export function matchingNodes({ nodes }: Pick<SceneGraph, 'nodes'>, name: string): SceneNode[] {
    const own = nodes.filter((n) => !n.real && n.class === name);
    if (own.length > 0) return own;
    const family = FAMILIES.find((f) => f.test(name));
    return family ? nodes.filter((n) => !n.real && family.test(n.class)) : [];
}

/** The request with "the table" named as what the scene has. */
export function namedIn(graph: Pick<SceneGraph, 'nodes'>, request: TextRequest): TextRequest {
    const things = request.things.map((t) => {
        const there = t.definite ? matchingNodes(graph, t.class)[0] : undefined;
        return there ? { ...t, class: there.class } : t;
    });
    return { ...request, things };
}
