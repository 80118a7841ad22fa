/**
 * Collisions and things out of bounds, by one code for all: LayoutGPT's published GPT-4 bedrooms, the ProcTHOR reference
 * houses, houses of the genuine ProcTHOR generator, and rooms of our grammar in the reference's shells. Things that stand
 * on the floor; seats at tables are excused. LayoutGPT is judged at 1.5 px and 7 px (about 2 and 10 cm), the others at 2 cm.
 */
import { Rng } from '@mixreel/core';
import { generateFromPlan } from '@mixreel/scenegen';
import { floorValidity } from './peers/floor-validity.mjs';
import { haveRooms, planOf, readLayoutGpt, readRooms } from './peers/procthor-rooms.mjs';
import { accessibility, isOut, navigability, openingClearance } from './peers/scene-metrics.mjs';
import { ROOM_TYPES } from './peers/thor-labels.mjs';

const METRES = { penetration: 0.02, height: 0.02, outside: 0.02 };
const PIXELS_PER_METRE = 80;
const PIXELS = { penetration: 1.5, height: 1.5, outside: 7 };

function layoutGptRooms() {
    return readLayoutGpt().map(({ prompt, object_list }) => {
        const [length, width] = [/max length (\d+)px/, /max width (\d+)px/].map((words) =>
            Number(words.exec(prompt)[1])
        );
        const boxes = object_list
            .filter(([label]) => !/ceiling|pendant|chandelier/i.test(label))
            .map(([label, b]) => ({
                label,
                x: b.left,
                z: b.top,
                yaw: (-b.orientation * Math.PI) / 180,
                width: b.length,
                depth: b.width,
                y0: 0,
                y1: 100
            }));
        const polygon = [
            [0, 0],
            [length, 0],
            [length, width],
            [0, width]
        ];
        return { polygon, boxes };
    });
}

const standing = (rooms) =>
    rooms.map((room) => ({ ...room, boxes: room.boxes.filter((b) => !b.parent && b.y0 < 0.05) }));

function ourRooms(rooms, count) {
    const known = rooms.filter((room) => ROOM_TYPES[room.type]);
    return Array.from({ length: count }, (_, i) => {
        const room = known[i % known.length];
        const plan = planOf(room, ROOM_TYPES[room.type]);
        const { graph } = generateFromPlan(plan, { rng: Rng.create(`peer ${i}`) });
        const boxes = graph.nodes
            .filter((n) => n.support.kind === 'floor' && n.class !== 'rug')
            .map((n) => ({
                label: n.class,
                ...n.pose,
                y0: 0,
                y1: n.dims.height,
                width: n.dims.width,
                depth: n.dims.depth
            }));
        return { polygon: room.polygon, boxes, openings: plan.rooms[0].openings };
    });
}

const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** A mean with the half width of its 95 % interval in the note; none of what a set has no data for. */
function usability(name, rooms, note) {
    const figure = (what, values, better = 'higher') => {
        const value = mean(values);
        const spread = 1.96 * Math.sqrt(mean(values.map((v) => (v - value) ** 2)) / values.length);
        return { name: `${what}/${name}`, value, unit: 'share', better, note: `${note}; +-${spread.toFixed(4)}` };
    };
    const open = rooms.filter((room) => room.openings);
    return [
        figure('navigability', rooms.map(navigability)),
        figure(
            'out-of-bounds-sampled',
            rooms.flatMap(({ polygon, boxes }) => boxes.map((b) => (isOut(polygon, b) ? 1 : 0))),
            'lower'
        ),
        ...(open.length > 0
            ? [
                  figure('accessibility', open.flatMap(accessibility)),
                  figure('opening-clearance', open.flatMap(openingClearance))
              ]
            : [])
    ];
}

/** The same rooms in metres. */
const scaled = (rooms, perMetre) =>
    rooms.map(({ polygon, boxes }) => ({
        polygon: polygon.map(([x, z]) => [x / perMetre, z / perMetre]),
        boxes: boxes.map((b) => ({
            ...b,
            x: b.x / perMetre,
            z: b.z / perMetre,
            width: b.width / perMetre,
            depth: b.depth / perMetre,
            y1: 1
        }))
    }));

export default async function peersValidity({ quick, only }) {
    if (only && !'peers-validity'.includes(only)) return [];
    if (!haveRooms()) throw new Error('the rooms of others are not at ../shared/rooms: nothing to judge');
    const reference = [...readRooms('reference/train'), ...readRooms('reference/val')];
    const sets = {
        grammar: [
            ourRooms(reference, quick ? 120 : 1000),
            METRES,
            'rooms of the indoor grammar in the shells of the reference'
        ],
        'procthor-reference': [standing(reference), METRES, 'objects of the asset database on the floor of 200 houses'],
        'procthor-generator': [
            standing(readRooms('generated/seed7')),
            METRES,
            'the genuine generator without its small objects'
        ],
        layoutgpt: [layoutGptRooms(), PIXELS, '423 bedrooms by GPT-4; tolerance 1.5 px, 7 px out of bounds']
    };
    return Object.entries(sets).flatMap(([name, [rooms, tolerance, note]]) => {
        const found = floorValidity(rooms, tolerance);
        const figure = (what, value, unit) => ({ name: `${what}/${name}`, value, unit, better: 'lower', note });
        return [
            { name: `floor-objects/${name}`, value: found.objects, unit: 'count', better: 'higher', note },
            figure('colliding-objects', found.collidingObjects, 'share'),
            figure('colliding-rooms', found.collidingRooms, 'share'),
            figure('out-of-bounds-objects', found.outObjects, 'share'),
            figure('out-of-bounds-rooms', found.outRooms, 'share'),
            ...usability(name, tolerance === PIXELS ? scaled(rooms, PIXELS_PER_METRE) : rooms, note)
        ];
    });
}
