/**
 * Speed and validity of generated rooms and houses, one core, medians over seeds; the share of what written prompts demand that holds. The peers'
 * times are published or measured ones: ProcTHOR's generator without Unity 1.3 s a room, Fast & Flexible
 * (Ritchie et al. 2019) 1.858 s, LayoutGPT's published bedrooms 46.7 % of objects in collision.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Rng } from '@mixreel/core';
import { certify, editScene, generateFromPlan, generateFromText, generateHouse, glbFromGraph } from '@mixreel/scenegen';

const TYPES = ['living_room', 'bedroom', 'office', 'meeting_room', 'kitchen', 'bathroom', 'dining_room', 'hall'];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A room of 12 to 36 m2 with a door and a window. */
function plan(seed) {
    const stream = Rng.create(seed).stream('bench', 'plan');
    const [w, d] = [3.6 + 3 * stream.float(), 3.4 + 2 * stream.float()];
    return {
        rooms: [
            {
                type: TYPES[seed % TYPES.length],
                polygon: [
                    [0, 0],
                    [w, 0],
                    [w, d],
                    [0, d]
                ],
                openings: [
                    { type: 'door', wall: 0, offset: 0.8, width: 0.9 },
                    { type: 'window', wall: 2, offset: w / 2, width: 1.6 }
                ]
            }
        ]
    };
}

function timed(times, make) {
    const start = performance.now();
    const result = make();
    times.push(performance.now() - start);
    return result;
}

function validity(count, figures) {
    const sums = { collisions: 0, 'out-of-bounds': 0, unreachable: 0, 'blocked-openings': 0 };
    const times = [];
    let objects = 0;
    for (let seed = 0; seed < count; seed++) {
        const { graph } = timed(times, () => generateFromPlan(plan(seed), { rng: Rng.create(seed), seed }));
        const found = certify(graph);
        objects += found.nodes;
        sums.collisions += found.collisions;
        sums['out-of-bounds'] += found.outOfBounds;
        sums.unreachable += found.unreachable;
        sums['blocked-openings'] += found.blockedOpenings;
    }
    figures.push({ name: 'validity/rooms', value: count, unit: 'count', better: 'higher' });
    for (const [name, value] of Object.entries(sums))
        figures.push({ name: `validity/${name}`, value, unit: 'count', better: 'lower' });
    figures.push({ name: 'rules/room/objects', value: objects / count, unit: 'objects', better: 'higher' });
    // Certificate and viewpoints are in the time.
    figures.push({
        name: 'rules/room/median-ms',
        value: median(times.slice(20)),
        unit: 'ms',
        better: 'lower',
        against: { name: 'ProcTHOR without Unity', value: 1300 }
    });
}

export default async function rooms({ quick, only }) {
    const figures = [];
    const wants = (name) => !only || name.includes(only);
    if (wants('validity')) validity(quick ? 400 : 10_000, figures);
    if (wants('house')) {
        const times = [];
        for (let seed = 0; seed < (quick ? 60 : 1000); seed++)
            timed(times, () => generateHouse({ rng: Rng.create(seed), seed, rooms: 4 }));
        figures.push({
            name: 'solve/house-4/median-ms',
            value: median(times.slice(10)),
            unit: 'ms',
            better: 'lower',
            against: { name: 'ProcTHOR without Unity', value: 5550 }
        });
    }
    if (wants('text')) {
        const prompts = JSON.parse(
            readFileSync(new URL('../../../packages/scenegen/fixtures/prompts.json', import.meta.url), 'utf8')
        );
        const times = [];
        let fine = 0;
        let all = 0;
        for (const { text } of prompts) {
            const scene = timed(times, () => generateFromText(text, { rng: Rng.create(1), seed: 1 }));
            fine += scene.satisfied.length;
            all += scene.satisfied.length + scene.unsatisfied.length;
        }
        figures.push({ name: 'text/satisfied-share', value: fine / all, unit: 'share', better: 'higher' });
        figures.push({ name: 'text/room/median-ms', value: median(times), unit: 'ms', better: 'lower' });
    }
    if (wants('edit')) {
        const { graph } = generateFromText('a living room with a sofa, a coffee table, a floor lamp and a bookshelf', {
            rng: Rng.create(1),
            seed: 1
        });
        const times = [];
        const edit = {
            do: 'move',
            node: 'floor_lamp-1',
            relations: [{ type: 'next-to', b: 'sofa-1', weight: 1, hard: true }]
        };
        for (let i = 0; i < 60; i++) timed(times, () => editScene(graph, edit, { rng: Rng.create(i) }));
        figures.push({ name: 'solve/edit/median-ms', value: median(times.slice(10)), unit: 'ms', better: 'lower' });
    }
    if (wants('gltf')) {
        const { graph } = generateFromPlan(plan(0), { rng: Rng.create(0), seed: 0 });
        const times = [];
        let bytes = 0;
        for (let i = 0; i < 8; i++) {
            const start = performance.now();
            bytes = (await glbFromGraph(graph)).length;
            times.push(performance.now() - start);
        }
        figures.push({ name: 'gltf/room/bytes', value: bytes, unit: 'byte', better: 'lower' });
        figures.push({ name: 'gltf/room/median-ms', value: median(times.slice(2)), unit: 'ms', better: 'lower' });
    }
    return figures;
}
