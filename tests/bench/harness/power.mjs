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
import { batchPool, disjointChoices, mergeBatches, SIZE } from './pool.mjs';

const EACH = 16;
/** Unchanged pairs that set the limits of pixelmatch and odiff. */
const CALIBRATION = 300;
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

export default async function power({ quick, log }) {
    const pairs = quick ? 60 : 1000;
    const trials = quick ? 20 : 200;
    const withSmall = batchPool(quick ? 40 : 64, true, log);
    const without = batchPool(EACH, false, log);
    const choose = (trial) =>
        disjointChoices(withSmall.length, EACH, trial).map((list) => mergeBatches(list.map((i) => withSmall[i])));
    const verdict = (a, b) =>
        judge(
            { kind: 'stochastic', alpha: 0.01 },
            { kind: 'moments', moments: b },
            { kind: 'moments', moments: a },
            { pictures: 'never' }
        ).status === 'failed';
    const differing = (a, b) => pixelDiff(rgba(a), rgba(b), { threshold: 0.1, draw: false }).differentPixels;
    const odiff = await openOdiff(0.1, log);

    const unchanged = { ours: 0, z: 0, counts: [], odiff: [] };
    for (let trial = 0; trial < pairs; trial++) {
        const [a, b] = choose(trial);
        if (verdict(a, b)) unchanged.ours++;
        if (pixelZTest(a, b)) unchanged.z++;
        if (trial < CALIBRATION) unchanged.counts.push(differing(a, b));
        if (trial < CALIBRATION && odiff) unchanged.odiff.push(await odiff.count(rgba(a), rgba(b)));
        if (trial % 100 === 99) log(`${trial + 1} unchanged pairs: ${unchanged.ours} false alarms`);
    }
    const limitOf = (counts) => [...counts].sort((x, y) => x - y)[Math.floor(0.99 * (counts.length - 1))];
    const limit = limitOf(unchanged.counts);
    const odiffLimit = limitOf(unchanged.odiff);
    const none = mergeBatches(without);
    const changes = { 'brightness-0.3pct': brightness, 'block-2pct': block, 'missing-object': () => none };
    const figures = [];
    for (const [name, change] of Object.entries(changes)) {
        const found = { ours: 0, z: 0, pixelmatch: 0, odiff: 0 };
        for (let trial = 0; trial < trials; trial++) {
            const [a, b] = choose(10_000 + trial);
            const changed = change(b, trial);
            if (verdict(a, changed)) found.ours++;
            if (pixelZTest(a, changed)) found.z++;
            if (differing(a, changed) > limit) found.pixelmatch++;
            if (odiff && (await odiff.count(rgba(a), rgba(changed))) > odiffLimit) found.odiff++;
        }
        log(`${name}: ${JSON.stringify(found)} of ${trials}`);
        const share = (n) => n / trials;
        figures.push(
            {
                name: `power/${name}`,
                value: share(found.ours),
                unit: 'share',
                better: 'higher',
                against: { name: `pixelmatch (at most ${limit} px)`, value: share(found.pixelmatch) }
            },
            {
                name: `power/${name}/against-pixel-z-test`,
                value: share(found.ours),
                unit: 'share',
                better: 'higher',
                against: { name: 'per-pixel z-test', value: share(found.z) }
            }
        );
        if (odiff) {
            figures.push({
                name: `power/${name}/against-odiff`,
                value: share(found.ours),
                unit: 'share',
                better: 'higher',
                against: { name: `odiff (at most ${odiffLimit} px)`, value: share(found.odiff) }
            });
        }
    }
    odiff?.close();
    figures.push({
        name: 'false-alarms/stochastic',
        value: unchanged.ours / pairs,
        unit: 'share',
        better: 'lower',
        against: { name: 'per-pixel z-test', value: unchanged.z / pairs },
        note: `${pairs} unchanged pairs, alpha 0.01`
    });
    return figures;
}
