/**
 * What a changed picture must have to be found, and how often an unchanged one is called changed: the stochastic verdict
 * beside pixelmatch, odiff and a z-test of each pixel as Mitsuba 3 does it, on the same pairs. pixelmatch and odiff are given
 * their best case: the number of differing pixels they tolerate is set, on 300 of the unchanged pairs themselves, so that 1 %
 * of them fail.
 */

import { Rng } from '@mixreel/core';
import { judge } from '@mixreel/harness';
import { Frame, pixelDiff, rgba8FromFrame } from '@mixreel/image';
import { openOdiff } from './odiff.mjs';
import { batchPool, disjointChoices, mergeBatches, placesOf, SIZE } from './pool.mjs';

const EACH = 16;
/** Unchanged pairs that set the limits of pixelmatch and odiff: the first of all. */
const CALIBRATION = 300;
/** Places of the object that goes missing, and batches rendered for each. */
const PLACES = 20;
const PER_PLACE = 20;
const PLANE = SIZE * SIZE;

/** The lamp's own pixels have no noise, and anything finds a change there: they stay as they are. */
const brightness = (picture) => scaled(picture, 1.003, (i) => picture.m2[i] > 0);

/** 2 % in a block of 32 x 32 px anywhere that is lit, not aligned with the blocks of the test. */
function block(picture, trial) {
    const rng = Rng.create('harness-bench').stream('block', trial);
    const [x, y] = [16 + rng.integer(SIZE - 64), 16 + rng.integer(SIZE - 64)];
    return scaled(picture, 1.02, (i) => {
        const [px, py] = [i % SIZE, Math.floor((i % PLANE) / SIZE)];
        return px >= x && px < x + 32 && py >= y && py < y + 32;
    });
}

function scaled(picture, factor, inside) {
    const mean = picture.mean.slice();
    const m2 = picture.m2.slice();
    for (let i = 0; i < mean.length; i++) {
        if (!inside(i)) continue;
        mean[i] *= factor;
        m2[i] *= factor * factor;
    }
    return { ...picture, mean, m2 };
}

const rgba = (picture) => rgba8FromFrame(new Frame({ widthPx: SIZE, heightPx: SIZE, layers: { color: picture.mean } }));

/** Mitsuba 3's test: z of each pixel with floored variance, Sidak's alpha, passed if 99.75 % of pixels are accepted. */
function pixelZTest(a, b) {
    const threshold = 1 - (1 - 0.01) ** (1 / PLANE);
    const critical = -quantile(threshold / 2);
    let rejected = 0;
    for (let i = 0; i < PLANE; i++) {
        for (let c = 0; c < 3; c++) {
            const k = c * PLANE + i;
            const variance =
                Math.max(1e-4, a.m2[k] / (a.count - 1)) / a.count + Math.max(1e-4, b.m2[k] / (b.count - 1)) / b.count;
            if (Math.abs(a.mean[k] - b.mean[k]) / Math.sqrt(variance) > critical) {
                rejected++;
                break;
            }
        }
    }
    return rejected > 0.0025 * PLANE;
}

/** Lower-tail normal quantile, Acklam's approximation: ample for a threshold. */
function quantile(p) {
    const q = Math.sqrt(-2 * Math.log(p));
    const c = [
        -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
        2.938163982698783
    ];
    const d = [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
    return (
        (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
    );
}

const stochastic = (a, b) =>
    judge(
        { kind: 'stochastic', alpha: 0.01 },
        { kind: 'moments', moments: b },
        { kind: 'moments', moments: a },
        { pictures: 'never' }
    ).status === 'failed';

/** Changed pairs by name, `(trial) => [baseline, changed]`, each trial of another draw. */
function changesOf(choose, none, trials, [places, perPlace], log) {
    const changed = (change) => (trial) => {
        const [a, b] = choose(10_000 + trial);
        return [a, change(b, trial)];
    };
    const spots = placesOf(places);
    let spot = -1;
    let batches = [];
    /** Each place in turn, so that only one place's batches are in memory: other batches of it, and of the empty room. */
    const missing = (trial) => {
        const at = Math.floor((trial * places) / trials);
        if (at !== spot) batches = batchPool(perPlace, spots[at], log);
        spot = at;
        const [own] = disjointChoices(perPlace, EACH, 20_000 + trial);
        const [others] = disjointChoices(none.length, EACH, 20_000 + trial);
        return [mergeBatches(own.map((i) => batches[i])), mergeBatches(others.map((i) => none[i]))];
    };
    return { 'brightness-0.3pct': changed(brightness), 'block-2pct': changed(block), 'missing-object': missing };
}

export default async function power({ quick, log, only }) {
    if (only !== undefined && !only.startsWith('power')) return [];
    const pairs = quick ? 60 : 1000;
    const trials = quick ? 20 : 200;
    const none = batchPool(quick ? 40 : 64, null, log);
    const choose = (trial) =>
        disjointChoices(none.length, EACH, trial).map((list) => mergeBatches(list.map((i) => none[i])));
    const odiff = await openOdiff(0.1, log);
    const pixelmatch = (a, b) => pixelDiff(rgba(a), rgba(b), { threshold: 0.1, draw: false }).differentPixels;
    /** What each says of a pair: changed or not, or by how many pixels. */
    const ask = async (a, b) => ({
        ours: stochastic(a, b),
        z: pixelZTest(a, b),
        pixelmatch: pixelmatch(a, b),
        ...(odiff ? { odiff: await odiff.count(rgba(a), rgba(b)) } : {})
    });
    const unchanged = [];
    for (let trial = 0; trial < pairs; trial++) {
        unchanged.push(await ask(...choose(trial)));
        if (trial % 100 === 99)
            log(`${trial + 1} unchanged pairs: ${unchanged.filter(({ ours }) => ours).length} false alarms`);
    }
    const limitOf = (peer) => {
        const counts = unchanged.slice(0, CALIBRATION).map((answer) => answer[peer]);
        return counts.sort((x, y) => x - y)[Math.floor(0.99 * (counts.length - 1))];
    };
    const limits = { pixelmatch: limitOf('pixelmatch'), ...(odiff ? { odiff: limitOf('odiff') } : {}) };
    /** Share of answers by which a pair is called changed. */
    const shares = (answers) => {
        const share = (found) => answers.filter(found).length / answers.length;
        const counted = Object.entries(limits).map(([peer, limit]) => [peer, share((answer) => answer[peer] > limit)]);
        return { ours: share(({ ours }) => ours), z: share(({ z }) => z), ...Object.fromEntries(counted) };
    };
    const peers = {
        pixelmatch: `pixelmatch (at most ${limits.pixelmatch} px)`,
        'pixel-z-test': 'per-pixel z-test',
        ...(odiff ? { odiff: `odiff (at most ${limits.odiff} px)` } : {})
    };
    const figuresOf = (name, better, answers, note) => {
        const { ours, z, ...counted } = shares(answers);
        const theirs = { 'pixel-z-test': z, ...counted };
        log(`${name}: ${JSON.stringify({ ours, ...theirs })} of ${answers.length}`);
        return Object.entries(peers).map(([peer, label], i) => ({
            name: i === 0 ? name : `${name}/against-${peer}`,
            value: ours,
            unit: 'share',
            better,
            against: { name: label, value: theirs[peer] },
            note
        }));
    };
    const figures = [];
    const places = quick ? [2, EACH] : [PLACES, PER_PLACE];
    for (const [name, pair] of Object.entries(changesOf(choose, none, trials, places, log))) {
        const answers = [];
        for (let trial = 0; trial < trials; trial++) answers.push(await ask(...pair(trial)));
        const where = name === 'missing-object' ? `, ${places[0]} places` : '';
        figures.push(...figuresOf(`power/${name}`, 'higher', answers, `${trials} trials${where}`));
    }
    odiff?.close();
    const note = `${pairs} unchanged pairs, alpha 0.01`;
    return [...figures, ...figuresOf('false-alarms/stochastic', 'lower', unchanged, note)];
}
