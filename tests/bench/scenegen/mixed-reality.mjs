/**
 * How fast a virtual room follows the real one, one core, medians: a real thing pushed in a furnished room (MixedRoom), a
 * piece of scan added to a world made while walking (RoamingWorld). A frame at 90 Hz is 11.1 ms.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { Rng } from '@mixreel/core';
import { MixedRoom, RoamingWorld, readCapture } from '@mixreel/scenegen';

const CAPTURES = ['living_room', 'meeting_room', 'music_room', 'office_large', 'office_small'];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const main = createRequire(new URL('../../../packages/scenegen/package.json', import.meta.url)).resolve('@iwer/sem');
const folder = `${main.slice(0, main.lastIndexOf('@iwer/sem') + '@iwer/sem'.length)}/captures`;

function pushed(capture, rounds) {
    const times = [];
    const stream = Rng.create(1).stream('bench', 'push');
    const mixed = new MixedRoom(capture, { rng: Rng.create(1), seed: 1 });
    const things = capture.objects.filter((o) => !o.onWall);
    for (let i = 0; i < rounds; i++) {
        const o = things[i % things.length];
        const set = [{ ...o, x: o.x + stream.range(-0.4, 0.4), z: o.z + stream.range(-0.4, 0.4) }];
        const start = performance.now();
        mixed.update({ set });
        times.push(performance.now() - start);
    }
    return times.slice(rounds / 5);
}

export default async function mixedReality({ quick, only }) {
    const figures = [];
    for (const name of CAPTURES) {
        if (only && !`mr/${name}`.includes(only)) continue;
        const capture = readCapture(readFileSync(`${folder}/${name}.json`, 'utf8'));
        figures.push({
            name: `mr/resolve/${name}/median-ms`,
            value: median(pushed(capture, quick ? 100 : 1000)),
            unit: 'ms',
            better: 'lower',
            against: { name: 'budget', value: 2 }
        });
        const world = new RoamingWorld({ rng: Rng.create(1), floorY: capture.floorY });
        const { positions, indices } = capture.meshes[0];
        const times = [];
        for (let i = 0; i < indices.length; i += 3000) {
            const start = performance.now();
            world.grow({ positions, indices: indices.slice(i, i + 3000) });
            times.push(performance.now() - start);
        }
        figures.push({ name: `mr/roam/${name}/median-ms`, value: median(times), unit: 'ms', better: 'lower' });
    }
    return figures;
}
