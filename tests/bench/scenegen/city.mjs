/**
 * A square kilometre of city, one core: sixteen tiles with every window, median over seeds; the memory of one, and its glTF.
 */
import { performance } from 'node:perf_hooks';
import { CityWorld, glbFromCity, TILE } from '@mixreel/scenegen';

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function squareKilometre(seed) {
    const world = new CityWorld({ seed });
    const side = Math.ceil(1000 / TILE);
    return Array.from({ length: side * side }, (_, k) => world.tile(k % side, Math.floor(k / side)));
}

export default async function city({ quick, only }) {
    if (only && !'city/km2'.includes(only)) return [];
    const times = [];
    let tiles = squareKilometre(0);
    for (let seed = 1; seed <= (quick ? 4 : 20); seed++) {
        const start = performance.now();
        tiles = squareKilometre(seed);
        times.push(performance.now() - start);
    }
    // The whole process, garbage of the runs before included.
    const memory = process.memoryUsage().rss / 2 ** 20;
    const buildings = tiles.reduce((sum, t) => sum + t.buildings.length, 0);
    const elements = tiles.reduce(
        (sum, t) => sum + t.elements.length + t.buildings.reduce((n, b) => n + b.elements.length, 0),
        0
    );
    const glb = await glbFromCity(tiles);
    const budget = (value) => ({ name: 'budget', value });
    return [
        { name: 'city/km2/median-ms', value: median(times), unit: 'ms', better: 'lower', against: budget(2000) },
        { name: 'city/km2/process-mib', value: memory, unit: 'MiB', better: 'lower', against: budget(500) },
        { name: 'city/km2/buildings', value: buildings, unit: 'count', better: 'higher' },
        { name: 'city/km2/placed-elements', value: elements, unit: 'count', better: 'higher' },
        { name: 'city/km2/gltf-bytes', value: glb.length, unit: 'byte', better: 'lower' }
    ];
}
