/**
 * How full the queues are, bounce by bounce, and how many bytes of state the kernels move: exact, from the kernels' own counters.
 * The megakernel has no queues: what stands there is the share of its threads that still have a path, the others wait for them;
 * its state stays in registers (what a GPU spills of them nobody counts), so that it moves the film alone.
 */
import { trafficOf } from './traffic.mjs';

/** Two rows of the film, read and written, for each sample. */
const FILM_BYTES = 4 * 16;

/** Rows of a mode from the counters of a render; `known`: whether the traffic's table is that of the kernels. */
export function queueFigures(place, counted, { mode, known }) {
    const { paths, rays, bounces, hitsByClass } = counted;
    const figures = [];
    const bytes = (perPath, note) =>
        figures.push(
            { name: `${place}/state-bytes-per-path`, value: perPath, unit: 'B', better: 'lower', note },
            { name: `${place}/state-bytes-per-ray`, value: (perPath * paths) / rays, unit: 'B', better: 'lower' }
        );
    if (mode === 'megakernel') bytes(FILM_BYTES, 'of the film: the state stays in registers');
    else if (known) {
        const traffic = Object.entries(trafficOf(counted));
        const sum = traffic.reduce((total, [, value]) => total + value, 0);
        bytes(sum / paths, traffic.map(([kernel, value]) => `${kernel} ${(value / paths).toFixed(0)}`).join(', '));
    }
    for (const [index, b] of bounces.entries()) {
        const classes = Object.entries(hitsByClass?.[index] ?? { all: b.hits });
        const hits = classes.map(([name, count]) => `${name} ${count}`).join(', ');
        figures.push({
            name: `${place}/occupancy/bounce-${index}`,
            value: b.rays / paths,
            unit: 'share',
            better: 'higher',
            note: `of the paths; hits ${hits}, misses ${b.misses}, shadow rays ${b.shadowRays}, lit ${b.lit}`
        });
    }
    return figures;
}
