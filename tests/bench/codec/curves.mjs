/**
 * Rate against LPIPS-alex on the Kodak pictures, in the form of the field's papers: at each rate our smallest LPIPS of any mode (words, tokens, texture, that with learned texture) and every
 * conventional codec's at no more bytes, with the rate at which they change places. VVC's points are measured ones (VVenC 1.15, three of the pictures).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeMxr, encodeMxr, parseScene, printScene } from '@mixreel/codec';
import { learnedTexture } from '@mixreel/codec/learned';
import { readFramePng } from '@mixreel/image';
import { openLpips, planarOf, shared } from './lpips.mjs';
import { peersAt } from './peers.mjs';

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

/** Every file of ours for one picture: words, tokens, texture from coarse to fine. */
function files(frame) {
    const options = [{ text: 'alone' }];
    for (const quality of [0, 50, 80]) options.push({ fixedLength: true, quality });
    for (let qp = 63; qp >= 24; qp -= 2) options.push({ quality: 100 * (1 - qp / 63) });
    return options.map((one) => encodeMxr([frame], { ...one, gopLength: 1 }));
}

export default async function curves({ quick, log, only }) {
    if (only && !'curves text'.includes(only)) return [];
    if (!existsSync(kodak)) {
        log('no photographs: ../shared/media is absent');
        return [];
    }
    const lpips = await openLpips(log);
    if (!lpips) return [];
    const generator = learnedTexture();
    const names = readdirSync(kodak).filter((name) => name.endsWith('.png'));
    const words = { bytes: [], lpips: [], vvc: [], kept: 0 };
    const table = new Map();
    const add = (codec, rate, value) => {
        if (!table.has(codec)) table.set(codec, new Map());
        table.get(codec).set(rate, [...(table.get(codec).get(rate) ?? []), value]);
    };
    const used = quick ? ['kodim15.png'] : names;
    for (const name of used) {
        const path = fileURLToPath(new URL(name, kodak));
        const frame = readFramePng(readFileSync(path));
        const source = planarOf(path);
        const pixels = frame.widthPx * frame.heightPx;
        const ours = [];
        for (const [i, file] of (only === 'text' ? files(frame).slice(0, 1) : files(frame)).entries()) {
            const { picture, scene } = decodeMxr(file).frames[0];
            const distance = await lpips(source, picture);
            ours.push({ bytes: file.length, distance });
            if (i > 0) {
                const painted = decodeMxr(file, { generator }).frames[0].picture;
                ours.push({ bytes: file.length, distance: await lpips(source, painted) });
                continue;
            }
            words.bytes.push(file.length);
            words.lpips.push(distance);
            if (printScene(parseScene(printScene(scene))) === printScene(scene)) words.kept++;
            const vvc = VVC[name.slice(0, 7)]?.[0];
            if (vvc) words.vvc.push([distance, vvc[1]]);
        }
        for (const rate of only === 'text' ? [] : RATES) {
            const most = (rate * pixels) / 8;
            const fitting = ours.filter(({ bytes }) => bytes <= most);
            if (fitting.length > 0) add('ours', rate, Math.min(...fitting.map(({ distance }) => distance)));
            for (const peer of peersAt(path, most)) {
                if (peer.bytes <= most) add(peer.name, rate, await lpips(source, peer.picture));
            }
            const vvc = vvcAt(name.slice(0, 7), most);
            if (vvc !== null && fitting.length > 0) {
                add('vvc', rate, vvc);
                add('ours-beside-vvc', rate, Math.min(...fitting.map(({ distance }) => distance)));
            }
        }
        log(name);
    }
    const figures = [
        { name: 'text/bytes', value: Math.max(...words.bytes), unit: 'B', better: 'lower', note: 'largest whole file' },
        { name: 'text/lpips', value: mean(words.lpips), unit: '1', better: 'lower', note: `${used.length} pictures` },
        { name: 'text/round-trips', value: words.kept / used.length, unit: 'share', better: 'higher' }
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
    for (const [codec, points] of table) {
        if (codec === 'ours-beside-vvc') continue;
        const ours = table.get(codec === 'vvc' ? 'ours-beside-vvc' : 'ours');
        const ahead = [];
        for (const [rate, values] of [...points].sort(([a], [b]) => a - b)) {
            // Codecs that do not reach a rate on every picture have no mean there.
            if (codec !== 'vvc' && values.length < used.length) continue;
            const mine = mean(ours.get(rate));
            const figure = {
                name: `kodak-curve/${rate}/${codec}/lpips`,
                value: mean(values),
                unit: '1',
                better: 'lower'
            };
            figures.push(
                codec === 'ours' ? figure : { ...figure, value: mine, against: { name: codec, value: mean(values) } }
            );
            if (mine < mean(values)) ahead.push(rate);
        }
        if (codec === 'ours') continue;
        figures.push({
            name: `kodak-curve/${codec}/ahead-up-to`,
            value: ahead.length > 0 ? Math.max(...ahead) : 0,
            unit: 'bit/px',
            better: 'higher',
            note: ahead.length > 0 ? `ahead at ${ahead.join(', ')}` : 'ahead nowhere'
        });
    }
    return figures;
}
