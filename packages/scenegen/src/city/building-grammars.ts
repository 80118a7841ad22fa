/** The towns' building styles as grammars: detached houses, street-front blocks, offices and towers, sheds. */
import type { Grammar } from './shape-grammar.ts';

/** Storeys with windows in bays, shared by the styles that have them. */
const facade = (wall: string, window: string, bay: readonly [number, number], pane: readonly [number, number]) =>
    ({
        upper: { do: 'split', axis: 'y', snap: true, parts: [{ repeat: [2.9, 3.3], rule: 'floor' }] },
        floor: { do: 'when', is: 'narrower', than: 1.6, rule: 'plain', else: 'bays' },
        bays: {
            do: 'split',
            axis: 'x',
            parts: [
                { size: 0.45, rule: 'plain' },
                { repeat: bay, rule: 'bay' },
                { size: 0.45, rule: 'plain' }
            ]
        },
        bay: { do: 'when', is: 'occluded', rule: 'plain', else: 'open' },
        open: {
            do: 'split',
            axis: 'x',
            parts: [
                { share: 1, rule: 'plain' },
                { size: pane, rule: 'column' },
                { share: 1, rule: 'plain' }
            ]
        },
        column: {
            do: 'split',
            axis: 'y',
            parts: [
                { size: 0.9, rule: 'plain' },
                { share: 4, rule: 'pane' },
                { size: 0.45, rule: 'plain' }
            ]
        },
        pane: { do: 'place', element: window },
        plain: { do: 'wall', material: wall }
    }) as const;

const house: Grammar = {
    start: { do: 'when', is: 'four-cornered', rule: 'homely', else: 'hut' },
    homely: {
        do: 'choose',
        of: [
            [2, 'withWing'],
            [3, 'body']
        ]
    },
    withWing: { do: 'all', rules: ['behind', 'wing'] },
    behind: { do: 'part', x: [0, 1], z: [0.3, 1], rule: 'body' },
    wing: { do: 'part', x: [0.08, 0.46], z: [0, 0.6], rule: 'wingBody' },
    body: { do: 'extrude', height: [5.6, 6.4], rule: 'faces' },
    wingBody: { do: 'extrude', height: 3.1, rule: 'faces' },
    hut: { do: 'extrude', height: [3.2, 6], rule: 'faces' },
    faces: { do: 'comp', front: 'streetSide', side: 'upper', top: 'roof' },
    streetSide: {
        do: 'split',
        axis: 'y',
        snap: true,
        parts: [
            { size: 3, rule: 'entrance' },
            { repeat: 3, rule: 'floor' }
        ]
    },
    entrance: { do: 'when', is: 'narrower', than: 3.4, rule: 'floor', else: 'doorway' },
    doorway: {
        do: 'split',
        axis: 'x',
        parts: [
            { share: 1, rule: 'floor' },
            { size: 1.1, rule: 'doorColumn' },
            { share: 1, rule: 'floor' }
        ]
    },
    doorColumn: { do: 'when', is: 'occluded', rule: 'plain', else: 'doorAndWall' },
    doorAndWall: {
        do: 'split',
        axis: 'y',
        parts: [
            { size: 2.2, rule: 'door' },
            { share: 1, rule: 'plain' }
        ]
    },
    door: { do: 'place', element: 'door' },
    roof: {
        do: 'choose',
        of: [
            [3, 'gable'],
            [2, 'hip']
        ]
    },
    gable: { do: 'roof', kind: 'gable', pitch: [0.6, 0.9], material: 'tiles', wall: 'wall' },
    hip: { do: 'roof', kind: 'hip', pitch: [0.5, 0.75], material: 'tiles', wall: 'wall' },
    ...facade('wall', 'window', [2.6, 3.4], [1.05, 1.35])
};

const block: Grammar = {
    start: { do: 'extrude', height: [12.5, 22], rule: 'faces' },
    faces: { do: 'comp', front: 'street', side: 'back', top: 'roof' },
    street: {
        do: 'split',
        axis: 'y',
        snap: true,
        parts: [
            { size: 4, rule: 'shops' },
            { repeat: [3, 3.3], rule: 'homes' },
            { size: 0.5, rule: 'cornice' }
        ]
    },
    back: {
        do: 'split',
        axis: 'y',
        snap: true,
        parts: [
            { size: 4, rule: 'floor' },
            { repeat: [3, 3.3], rule: 'floor' },
            { size: 0.5, rule: 'cornice' }
        ]
    },
    shops: { do: 'when', is: 'occluded', rule: 'base', else: 'shopRow' },
    shopRow: {
        do: 'split',
        axis: 'x',
        parts: [
            { size: 0.4, rule: 'base' },
            { repeat: [3.6, 4.6], rule: 'shop' },
            { size: 0.4, rule: 'base' }
        ]
    },
    shop: {
        do: 'split',
        axis: 'x',
        parts: [
            { size: 0.3, rule: 'base' },
            { share: 1, rule: 'shopColumn' },
            { size: 0.3, rule: 'base' }
        ]
    },
    shopColumn: {
        do: 'split',
        axis: 'y',
        parts: [
            { size: 0.5, rule: 'base' },
            { share: 1, rule: 'shopWindow' },
            { size: 0.8, rule: 'base' }
        ]
    },
    shopWindow: { do: 'place', element: 'shopWindow' },
    base: { do: 'wall', material: 'stone' },
    homes: {
        do: 'choose',
        of: [
            [3, 'floor'],
            [1, 'balconies']
        ]
    },
    balconies: { do: 'when', is: 'narrower', than: 3, rule: 'floor', else: 'balconyRow' },
    balconyRow: { do: 'split', axis: 'x', parts: [{ repeat: 3.4, rule: 'balconyBay' }] },
    balconyBay: { do: 'when', is: 'occluded', rule: 'plain', else: 'balconyOpen' },
    balconyOpen: {
        do: 'split',
        axis: 'x',
        parts: [
            { share: 1, rule: 'plain' },
            { size: 1.7, rule: 'balconyColumn' },
            { share: 1, rule: 'plain' }
        ]
    },
    balconyColumn: {
        do: 'split',
        axis: 'y',
        parts: [
            { size: 0.12, rule: 'plain' },
            { share: 1, rule: 'balcony' },
            { size: 0.45, rule: 'plain' }
        ]
    },
    balcony: { do: 'place', element: 'balcony' },
    cornice: { do: 'wall', material: 'stone' },
    roof: {
        do: 'choose',
        of: [
            [2, 'flat'],
            [2, 'hip']
        ]
    },
    flat: { do: 'all', rules: ['flatRoof', 'unit'] },
    flatRoof: { do: 'roof', kind: 'flat', material: 'gravel', wall: 'stone' },
    unit: { do: 'place', element: 'roofUnit' },
    hip: { do: 'roof', kind: 'hip', pitch: [0.35, 0.55], material: 'tiles', wall: 'wall' },
    ...facade('wall', 'window', [2.4, 3.2], [1.1, 1.4])
};

const tower: Grammar = {
    start: { do: 'when', is: 'smaller', than: 320, rule: 'slab', else: 'stepped' },
    stepped: { do: 'all', rules: ['podium', 'shaft'] },
    podium: { do: 'extrude', height: 8.5, rule: 'podiumFaces' },
    podiumFaces: { do: 'comp', side: 'lobby', top: 'terrace' },
    lobby: {
        do: 'split',
        axis: 'y',
        snap: true,
        parts: [
            { size: 4.6, rule: 'glazedFloor' },
            { repeat: 3.6, rule: 'glazedFloor' }
        ]
    },
    terrace: { do: 'roof', kind: 'flat', material: 'gravel', wall: 'stone' },
    shaft: { do: 'setback', by: [3, 5], rule: 'lifted' },
    lifted: { do: 'lift', by: 8.5, rule: 'body' },
    slab: { do: 'extrude', height: [22, 34], rule: 'faces' },
    body: { do: 'extrude', height: [32, 84], rule: 'faces' },
    faces: { do: 'comp', side: 'curtain', top: 'roof' },
    curtain: { do: 'split', axis: 'y', snap: true, parts: [{ repeat: 3.6, rule: 'glazedFloor' }] },
    glazedFloor: { do: 'when', is: 'occluded', rule: 'spandrel', else: 'glazing' },
    glazing: {
        do: 'split',
        axis: 'y',
        parts: [
            { size: 0.8, rule: 'spandrel' },
            { share: 1, rule: 'panes' }
        ]
    },
    panes: { do: 'split', axis: 'x', parts: [{ repeat: [2.6, 3.2], rule: 'glazed' }] },
    glazed: { do: 'place', element: 'curtainWall' },
    spandrel: { do: 'wall', material: 'metal' },
    roof: { do: 'all', rules: ['flatRoof', 'unit'] },
    flatRoof: { do: 'roof', kind: 'flat', material: 'gravel', wall: 'metal' },
    unit: { do: 'place', element: 'roofUnit' }
};

/** Styles by name. */
export const BUILDING_GRAMMARS: Readonly<Record<'house' | 'block' | 'tower', Grammar>> = Object.freeze({
    house,
    block,
    tower
});
