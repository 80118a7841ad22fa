/**
 * Statistics of independent films against a reference picture, over blocks of pixels.
 *
 * With o the mean of K films over a block, s^2 their variance, and t the reference's mean, (o - t)^2 holds our own noise, s^2 / K on
 * average. So beside the relative MSE, mean (o - t)^2 / (t^2 + floor), stands that of the noise, and the relative error is the root
 * of their difference: what more samples would not take away. It holds the reference's noise too, of which nothing is known.
 * The uncertainty of the difference is found by leaving out each film in turn (jackknife); two standard errors more give the bound.
 */

/** Means over blocks of whole pixels of a planar RGB picture: `factor` x `factor` become one. */
export function shrink(color, widthPx, heightPx, factor) {
    const [columns, rows] = [widthPx / factor, heightPx / factor];
    const out = new Float32Array(3 * columns * rows);
    for (let c = 0; c < 3; c++) {
        for (let y = 0; y < heightPx; y++) {
            const row = c * columns * rows + Math.floor(y / factor) * columns;
            for (let x = 0; x < widthPx; x++) {
                out[row + Math.floor(x / factor)] += color[(c * heightPx + y) * widthPx + x] / (factor * factor);
            }
        }
    }
    return out;
}

/** Sums over the chosen pixels of each block and channel; only blocks with at least a quarter of their pixels chosen. */
function blockSums(color, { widthPx, heightPx, sidePx, chosen }) {
    const columns = Math.ceil(widthPx / sidePx);
    const blocks = columns * Math.ceil(heightPx / sidePx);
    const counts = new Float64Array(blocks);
    const sums = new Float64Array(3 * blocks);
    const n = widthPx * heightPx;
    for (let i = 0; i < n; i++) {
        if (!chosen(i)) continue;
        const block = Math.floor(Math.floor(i / widthPx) / sidePx) * columns + Math.floor((i % widthPx) / sidePx);
        counts[block]++;
        for (let c = 0; c < 3; c++) sums[3 * block + c] += color[c * n + i];
    }
    const kept = [];
    for (let block = 0; block < blocks; block++) {
        if (counts[block] < (sidePx * sidePx) / 4) continue;
        for (let c = 0; c < 3; c++) kept.push({ weight: counts[block], mean: sums[3 * block + c] / counts[block] });
    }
    return kept;
}

/** Relative MSE and its part that is noise, of the films but the one that is left out. */
function errorsOf(films, theirs, floor, leftOut) {
    const count = films.length - (leftOut === undefined ? 0 : 1);
    let [mse, noise, weights] = [0, 0, 0];
    theirs.forEach(({ weight, mean: t }, i) => {
        let [sum, squares] = [0, 0];
        films.forEach((film, k) => {
            if (k === leftOut) return;
            sum += film[i].mean;
            squares += film[i].mean ** 2;
        });
        const mean = sum / count;
        const variance = Math.max(0, squares / count - mean * mean) / (count - 1);
        mse += (weight * (mean - t) ** 2) / (t * t + floor);
        noise += (weight * variance) / (t * t + floor);
        weights += weight;
    });
    return { mse: mse / weights, noise: noise / weights };
}

/**
 * Compares films with a reference of their size where `chosen` says.
 *
 * @returns null if no block has pixels enough, else `pixels`, `energy` (ratio) and its standard error, `mse`, `noise`, `error` and the
 *   bound that it is below with 97 %.
 */
export function compare(films, reference, { widthPx, heightPx, sidePx, chosen = () => true }) {
    const where = { widthPx, heightPx, sidePx, chosen };
    const theirs = blockSums(reference, where);
    if (theirs.length === 0) return null;
    const ours = films.map((film) => blockSums(film, where));
    const total = (blocks) => blocks.reduce((sum, { weight, mean }) => sum + weight * mean, 0);
    const ratios = ours.map((blocks) => total(blocks) / total(theirs));
    const energy = ratios.reduce((sum, x) => sum + x, 0) / ratios.length;
    const spread = ratios.reduce((sum, x) => sum + (x - energy) ** 2, 0) / (ratios.length - 1);
    // So dark that a hundredth of the picture's mean counts as no light.
    const floor = (reference.reduce((sum, x) => sum + x, 0) / reference.length / 100) ** 2;
    const whole = errorsOf(ours, theirs, floor);
    const parts = ours.map((_, k) => errorsOf(ours, theirs, floor, k)).map(({ mse, noise }) => mse - noise);
    const mean = parts.reduce((sum, x) => sum + x, 0) / parts.length;
    const jackknife = parts.reduce((sum, x) => sum + (x - mean) ** 2, 0) * ((parts.length - 1) / parts.length);
    const difference = whole.mse - whole.noise;
    return {
        pixels: theirs.reduce((sum, { weight }) => sum + weight, 0) / 3,
        energy,
        energyError: Math.sqrt(spread / ratios.length),
        ...whole,
        error: Math.sqrt(Math.max(0, difference)),
        bound: Math.sqrt(Math.max(0, difference + 2 * Math.sqrt(jackknife)))
    };
}
