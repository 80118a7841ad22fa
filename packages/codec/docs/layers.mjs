/** Makes the picture of layers.md by the codec itself: node packages/codec/docs/layers.mjs (after npm run build). */
import { readFileSync, writeFileSync } from 'node:fs';
import {
    FrameDecoder,
    FrameEncoder,
    moveRegions,
    pictureFromFrame,
    readConceptStyles,
    readObjects,
    readUnit,
    restyleConcept,
    rewrite
} from '@mixreel/codec';
import { learnedConcept, learnedTexture } from '@mixreel/codec/learned';
import { readFramePng, resizeFrame, writePng } from '@mixreel/image';

const [WIDTH, HEIGHT, GAP] = [384, 256, 6];
const fixtures = new URL('../../../fixtures/pictures/', import.meta.url);
const frame = resizeFrame(readFramePng(readFileSync(new URL('living-room.png', fixtures))), WIDTH, HEIGHT);

const of = (units, ...layers) => units.filter((unit) => layers.includes(readUnit(unit).layer));
const size = (units) => units.reduce((sum, unit) => sum + unit.length, 0);
const panels = [];
const panel = (title, units, options) => {
    panels.push(new FrameDecoder(options).decodeUnits(units).picture);
    console.log(`${title}: ${size(units)} bytes`);
};

panels.push(pictureFromFrame(frame).picture);
console.log(`source: ${3 * WIDTH * HEIGHT} bytes of RGB`);
const words = new FrameEncoder({ text: 'alone' }).encode(frame).units;
panel('L0, words', words);
// What covers most of the picture but does not reach its border moves; the largest region of all turns blue.
const objects = readObjects(words).sort((a, b) => b.share - a.share);
const inside =
    objects.find(({ boxCells: [x, y, w, h] }) => Math.min(x, y) > 0 && Math.max(w, h) < 30) ?? objects.at(-1);
const edited = moveRegions(words, (_, index) => index === inside.region, 6, 0);
panel(
    'L0 edited',
    rewrite(edited, (scene) => ({
        ...scene,
        regions: scene.regions.map((region, i) =>
            i === objects[0].region ? { ...region, color: [8, 12, 24] } : region
        )
    }))
);
const { units } = new FrameEncoder({ quality: 30 }).encode(frame);
panel('L1 structure and L2 style', of(units, 'structure', 'style'));
const coarse = new FrameEncoder({ quality: 12 }).encode(frame).units;
panel('with coarse L3 texture', coarse);
panel('that with learned texture', coarse, { generator: learnedTexture() });
panel('that with grain', new FrameEncoder({ quality: 12, grain: true }).encode(frame).units);
panel('with L3 texture', units);
panel('that with learned texture', units, { generator: learnedTexture() });
const tokens = new FrameEncoder({ fixedLength: true, quality: 80 }).encode(frame).units;
panel('tokens', tokens);
panel(
    'half of the tokens',
    tokens.filter((unit) => readUnit(unit).first % 2 === 0)
);
panel(
    'texture with every second unit lost',
    units.filter((unit, i) => readUnit(unit).layer !== 'texture' || i % 2 === 0)
);

const concept = learnedConcept();
const { units: concepts } = new FrameEncoder({ concept, quality: 20 }).encode(frame);
panel('concepts', concepts, { concept });
const styles = readConceptStyles(concepts);
// The style codes of the largest region become those of the smallest.
const bySize = readObjects(concepts).sort((a, b) => b.share - a.share);
const [largest, smallest] = [bySize[0].region, bySize.at(-1).region];
panel(
    'concepts, a style swapped',
    restyleConcept(concepts, (style, region) => (region === largest ? styles[smallest] : style)),
    { concept }
);
panel('words drawn by the generator', words, { concept });

const columns = 3;
const rows = panels.length / columns;
const sheet = { widthPx: columns * (WIDTH + GAP) - GAP, heightPx: rows * (HEIGHT + GAP) - GAP };
const data = new Uint8Array(3 * sheet.widthPx * sheet.heightPx).fill(255);
panels.forEach(({ rgb }, k) => {
    const [left, top] = [(k % columns) * (WIDTH + GAP), Math.floor(k / columns) * (HEIGHT + GAP)];
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
        const at = (top + Math.floor(i / WIDTH)) * sheet.widthPx + left + (i % WIDTH);
        for (let c = 0; c < 3; c++) data[3 * at + c] = rgb[c * WIDTH * HEIGHT + i];
    }
});
writeFileSync(new URL('codec-layers.png', fixtures), writePng({ ...sheet, channels: 3, bitDepth: 8, data }));
