/**
 * Rate against LPIPS-alex on the Kodak pictures, in the form of the field's papers: at each rate our smallest LPIPS of each mode and of any, and every
 * conventional codec's at no more bytes, with the rates at which they change places (rate-table.mjs). VVC's points are measured ones (VVenC 1.15, three of the pictures).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeMxr, encodeMxr, parseScene, printScene } from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { readFramePng } from '@mixreel/image';
import { openLpips, planarOf, shared } from './lpips.mjs';
import { modesOf } from './our-modes.mjs';
import { peersAt } from './peers.mjs';
import { RateTable } from './rate-table.mjs';

const RATES = [0.006, 0.0125, 0.025, 0.05, 0.1, 0.2, 0.4];
/** [bytes, LPIPS-alex] of VVC, slow preset, QP 63 to 37, whole elementary streams. */
const VVC = {
    kodim01: [
        [244, 0.9503],
        [599, 0.753],
        [1819, 0.5988],
        [3984, 0.4682],
        [10407, 0.2901],
        [25405, 0.1258]
    ],
    kodim15: [
        [294, 0.6856],
        [517, 0.5948],
        [1062, 0.453],
        [1751, 0.3809],
        [3438, 0.2896],
        [7675, 0.19]
    ],
    kodim23: [
        [271, 0.5617],
        [505, 0.4304],
        [1166, 0.3433],
        [1932, 0.2713],
        [3475, 0.2048],
        [6102, 0.1489]
    ]
};
const kodak = new URL('media/kodak/', shared);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** VVC at so many bytes, between its points in the logarithm of the rate; null outside. */
function vvcAt(name, bytes) {
    const points = VVC[name] ?? [];
    for (let i = 1; i < points.length; i++) {
        const [[b0, d0], [b1, d1]] = [points[i - 1], points[i]];
        if (bytes >= b0 && bytes <= b1) return d0 + ((d1 - d0) * Math.log(bytes / b0)) / Math.log(b1 / b0);
    }
    return null;
}

export default async function curves({ quick, log, only }) {
    if (only && !'curves text'.includes(only)) return [];
    if (!existsSync(kodak)) {
        log('no photographs: ../shared/media is absent');
        return [];
    }
    const lpips = await openLpips(log);
    if (!lpips) return [];
    const modes = modesOf({ generator: learnedTexture(), concept: learnedConcept() });
    const names = readdirSync(kodak).filter((name) => name.endsWith('.png'));
    const words = { bytes: [], lpips: [], vvc: [], kept: 0 };
    const table = new RateTable('kodak', 'bit/px', RATES);
    const used = quick ? ['kodim15.png'] : names;
    for (const name of used) {
        const path = fileURLToPath(new URL(name, kodak));
        const frame = readFramePng(readFileSync(path));
        const source = planarOf(path);
        const pixels = frame.widthPx * frame.heightPx;
        for (const [mode, options, decoder] of only === 'text' ? modes.slice(0, 1) : modes) {
            const file = encodeMxr([frame], { ...options, gopLength: 1 });
            const { picture, scene } = decodeMxr(file, decoder).frames[0];
            const distance = await lpips(source, picture);
            table.ours(mode, name, (8 * file.length) / pixels, distance);
            if (mode !== 'words') continue;
            words.bytes.push(file.length);
            words.lpips.push(distance);
            if (printScene(parseScene(printScene(scene))) === printScene(scene)) words.kept++;
            const vvc = VVC[name.slice(0, 7)]?.[0];
            if (vvc) words.vvc.push([distance, vvc[1]]);
        }
        for (const rate of only === 'text' ? [] : RATES) {
            const most = (rate * pixels) / 8;
            for (const peer of peersAt(path, most)) {
                if (peer.bytes > most) continue;
                table.peer(peer.name, name, (8 * peer.bytes) / pixels, await lpips(source, peer.picture));
            }
            const vvc = vvcAt(name.slice(0, 7), most);
            if (vvc !== null) table.peer('vvc', name, rate, vvc);
        }
        log(name);
    }
    const figures = [
        {
            name: 'text/bytes',
            value: Math.max(...words.bytes),
            unit: 'B',
            better: 'lower',
            wanted: 295,
            note: 'largest whole file'
        },
        {
            name: 'text/lpips',
            value: mean(words.lpips),
            unit: '1',
            better: 'lower',
            wanted: 0.6,
            note: `${used.length} pictures`
        },
        { name: 'text/round-trips', value: words.kept / used.length, unit: 'share', better: 'higher', wanted: 1 }
    ];
    if (words.vvc.length > 0) {
        figures.push({
            name: 'text/vvc/lpips-at-equal-bytes',
            value: mean(words.vvc.map(([distance]) => distance)),
            unit: '1',
            better: 'lower',
            against: { name: 'vvc', value: mean(words.vvc.map(([, distance]) => distance)) },
            note: `${words.vvc.length} pictures, 244 to 294 bytes`
        });
    }
    return only === 'text' ? figures : [...figures, ...table.figures(log)];
}
