/**
 * How like two sets of rooms are, by where things stand and what stands together. A room is { polygon, boxes }, a box as
 * procthor-rooms.mjs gives it.
 */
import { categoryDivergence } from '@mixreel/scenegen';

function wallDistance(polygon, x, z) {
    let nearest = Infinity;
    for (let i = 0; i < polygon.length; i++) {
        const [[ax, az], [bx, bz]] = [polygon[i], polygon[(i + 1) % polygon.length]];
        const [dx, dz] = [bx - ax, bz - az];
        const t = Math.min(1, Math.max(0, ((x - ax) * dx + (z - az) * dz) / (dx * dx + dz * dz)));
        nearest = Math.min(nearest, Math.hypot(ax + t * dx - x, az + t * dz - z));
    }
    return nearest;
}

/** From the middle of a thing's back to the nearest wall, metres. */
const wallGap = (room, b) =>
    wallDistance(room.polygon, b.x - (Math.sin(b.yaw) * b.depth) / 2, b.z - (Math.cos(b.yaw) * b.depth) / 2);

function gapsByLabel(rooms) {
    const gaps = new Map();
    for (const room of rooms) {
        for (const b of room.boxes) {
            if (b.parent || b.y0 > 0.3) continue;
            if (!gaps.has(b.label)) gaps.set(b.label, []);
            gaps.get(b.label).push(wallGap(room, b));
        }
    }
    return gaps;
}

/** Earth mover's distance of two samples on a line. */
function earthMover(a, b) {
    const [p, q] = [a, b].map((v) => [...v].sort((x, y) => x - y));
    const steps = 200;
    let sum = 0;
    for (let i = 0; i < steps; i++) {
        const at = (v) => v[Math.min(v.length - 1, Math.floor(((i + 0.5) / steps) * v.length))];
        sum += Math.abs(at(p) - at(q));
    }
    return sum / steps;
}

/** Mean over the classes that stand on the floor of both, weighted by how often the first has them. */
export function wallGapDistance(real, made) {
    const [p, q] = [gapsByLabel(real), gapsByLabel(made)];
    let [sum, weight] = [0, 0];
    for (const [label, gaps] of p) {
        const other = q.get(label);
        if (!other || gaps.length < 8 || other.length < 4) continue;
        sum += gaps.length * earthMover(gaps, other);
        weight += gaps.length;
    }
    return weight > 0 ? sum / weight : Number.NaN;
}

function pairCounts(rooms) {
    const pairs = {};
    for (const room of rooms) {
        const labels = [...new Set(room.boxes.map((b) => b.label))].sort();
        labels.forEach((a, i) => {
            for (const b of labels.slice(i + 1)) pairs[`${a} ${b}`] = (pairs[`${a} ${b}`] ?? 0) + 1;
        });
    }
    return pairs;
}

/** Divergence of the pairs of classes that are in a room together; pairs seen in fewer than 1 % of the rooms are left out. */
export function cooccurrenceDivergence(real, made) {
    const often = Object.entries(pairCounts(real)).filter(([, n]) => n >= Math.max(2, real.length / 100));
    const kept = Object.fromEntries(often);
    const ours = pairCounts(made);
    return categoryDivergence(kept, Object.fromEntries(often.map(([pair]) => [pair, (ours[pair] ?? 0) + 0.5])));
}

/** To two centimetres and to a fiftieth: what is measured of rooms, and no more of how their numbers are stored. */
const measured = (value) => Math.round(value * 50) / 50;

/** Counts of the 30 commonest classes, area, and for the 12 commonest on the floor wall gap and turn: about 60 features. */
function featurizer(rooms) {
    const counts = {};
    for (const room of rooms) for (const b of room.boxes) counts[b.label] = (counts[b.label] ?? 0) + 1;
    const labels = Object.keys(counts).sort((a, b) => counts[b] - counts[a]);
    const standing = [...gapsByLabel(rooms)].sort((a, b) => b[1].length - a[1].length).map(([label]) => label);
    const area = (polygon) =>
        Math.abs(
            polygon.reduce((sum, [ax, az], i) => {
                const [bx, bz] = polygon[(i + 1) % polygon.length];
                return sum + (ax * bz - bx * az) / 2;
            }, 0)
        );
    return (room) => {
        const own = labels.slice(0, 30).map((label) => Math.log1p(room.boxes.filter((b) => b.label === label).length));
        const places = standing.slice(0, 12).flatMap((label) => {
            const mine = room.boxes.filter((b) => b.label === label && !b.parent && b.y0 < 0.3);
            if (mine.length === 0) return [0, 0];
            const square = mine.reduce((sum, b) => sum + Math.abs(Math.sin(2 * b.yaw)), 0) / mine.length;
            return [
                measured(Math.min(2, mine.reduce((sum, b) => sum + wallGap(room, b), 0) / mine.length)),
                measured(square)
            ];
        });
        return [Math.log(area(room.polygon)), Math.log1p(room.boxes.length), ...own, ...places];
    };
}

/** Logistic regression by gradient descent on standardised features, a little ridge. */
function logistic(xs, ys) {
    const width = xs[0].length;
    const weights = new Float64Array(width + 1);
    for (let step = 0; step < 300; step++) {
        const gradient = new Float64Array(width + 1);
        xs.forEach((x, i) => {
            const error = 1 / (1 + Math.exp(-score(weights, x))) - ys[i];
            gradient[width] += error;
            for (let k = 0; k < width; k++) gradient[k] += error * x[k];
        });
        for (let k = 0; k <= width; k++)
            weights[k] -= 0.5 * (gradient[k] / xs.length + (k < width ? 0.01 * weights[k] : 0));
    }
    return weights;
}

const score = (weights, x) => x.reduce((sum, v, k) => sum + v * weights[k], weights[x.length]);

/** Area under the curve of a classifier that tells two sets of rooms apart, cross-validated over five folds; 0.5 if it cannot. */
export function areaUnderCurve(real, made, rng) {
    const features = featurizer([...real, ...made]);
    const all = [
        ...real.map((room) => ({ x: features(room), y: 1 })),
        ...made.map((room) => ({ x: features(room), y: 0 }))
    ];
    const width = all[0].x.length;
    for (let k = 0; k < width; k++) {
        const mean = all.reduce((sum, s) => sum + s.x[k], 0) / all.length;
        const spread = Math.sqrt(all.reduce((sum, s) => sum + (s.x[k] - mean) ** 2, 0) / all.length) || 1;
        for (const s of all) s.x[k] = (s.x[k] - mean) / spread;
    }
    rng.stream('folds').shuffle(all);
    const judged = [];
    for (let fold = 0; fold < 5; fold++) {
        const train = all.filter((_, i) => i % 5 !== fold);
        const weights = logistic(
            train.map((s) => s.x),
            train.map((s) => s.y)
        );
        for (const s of all.filter((_, i) => i % 5 === fold)) judged.push({ value: score(weights, s.x), y: s.y });
    }
    judged.sort((a, b) => a.value - b.value);
    let [ranks, positives] = [0, 0];
    judged.forEach((s, i) => {
        if (s.y === 1) {
            ranks += i + 1;
            positives++;
        }
    });
    return (ranks - (positives * (positives + 1)) / 2) / (positives * (judged.length - positives));
}
