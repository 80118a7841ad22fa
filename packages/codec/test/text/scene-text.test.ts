import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    decodeScene,
    encodeScene,
    parseScene,
    printScene,
    SCENE_WORDS,
    type SceneRegion,
    type SceneText
} from '../../src/index.ts';

const code = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
const region: fc.Arbitrary<SceneRegion> = fc.record({
    word: fc.constantFrom(...SCENE_WORDS),
    semanticId: fc.oneof(fc.constant(0), code(65534)),
    instanceId: fc.oneof(fc.constant(0), code(65534)),
    color: fc.tuple(code(31), code(31), code(31)),
    fade: fc.tuple(fc.integer({ min: -7, max: 7 }), fc.integer({ min: -7, max: 7 })),
    rough: fc.tuple(code(7), code(7), code(7), code(7)),
    along: fc.option(code(7))
});
const scene: fc.Arbitrary<SceneText> = fc
    .record({
        widthPx: fc.integer({ min: 1, max: 8192 }),
        heightPx: fc.integer({ min: 1, max: 8192 }),
        request: fc.option(fc.stringMatching(/^[ !#-~]{1,60}$/)),
        columns: fc.integer({ min: 1, max: 40 }),
        rows: fc.integer({ min: 1, max: 40 }),
        regions: fc.array(region, { minLength: 1, maxLength: 62 }),
        seed: fc.integer()
    })
    .map(({ seed, ...rest }) => ({
        ...rest,
        labels: Uint8Array.from(
            { length: rest.columns * rest.rows },
            (_, i) => (Math.imul(i >> 2, seed | 1) >>> 7) % rest.regions.length
        )
    }));

const LIGHTHOUSE = `picture 96x64
request "a lighthouse, seed 7"
a sky #84a5c6 fade 0 -2
b plants 12.3 #294221 rough 3 4 5 2 along 45
map 6x3
aaaaaa
aabbaa
bbbbbb
`;

describe('the scene language', () => {
    it('is the same after printing and parsing, whatever the scene', () => {
        fc.assert(
            fc.property(scene, (one) => {
                expect(parseScene(printScene(one))).toEqual(one);
            })
        );
    });

    it('is the same after coding and decoding, whatever the scene', () => {
        fc.assert(
            fc.property(scene, (one) => {
                expect(decodeScene(encodeScene(one), one)).toEqual(one);
            })
        );
    });

    it('is the same text after parsing and printing, and an edited line changes what it says', () => {
        expect(printScene(parseScene(LIGHTHOUSE))).toBe(LIGHTHOUSE);
        const edited = parseScene(
            LIGHTHOUSE.replace('fade 0 -2', 'fade 3 1 rough 0 0 2 0').replace('aabbaa', 'aaabba')
        );
        expect(edited.regions[0]).toMatchObject({ word: 'sky', fade: [3, 1], rough: [0, 0, 2, 0] });
        expect([...edited.labels.subarray(6, 12)]).toEqual([0, 0, 0, 1, 1, 0]);
        expect(edited.request).toBe('a lighthouse, seed 7');
    });

    it('refuses what it cannot say, naming the line and the remedy', () => {
        const cases: readonly (readonly [string, string, RegExp])[] = [
            ['picture 96x64', 'picture 96', /line 1 .*"picture WIDTHxHEIGHT"/],
            ['picture 96x64', 'picture 9000x64', /1 to 8192/],
            ['a sky', 'a heaven', /line 3 .*one of thing, sky.*not "heaven"/],
            ['b plants', 'c plants', /region b, not "c"/],
            ['#294221', 'green', /a colour as #a08060/],
            ['fade 0 -2', 'fade 0', /fade and 2 integers from -7 to 7/],
            ['rough 3 4 5 2', 'rough 3 4 5 9', /rough and 4 integers/],
            ['along 45', 'along 40', /along 0, 22.5/],
            ['along 45', 'along 45 nicely', /nothing after/],
            ['aabbaa', 'aabba', /6 letters/],
            ['aabbaa', 'aaccaa', /letters of regions, not "c"/],
            ['map 6x3', 'map 6x4', /6 letters.*4 rows/],
            ['map 6x3', 'map 6x2', /nothing after the map/],
            ['"a lighthouse, seed 7"', 'a lighthouse', /request "…"/]
        ];
        for (const [from, to, message] of cases)
            expect(() => parseScene(LIGHTHOUSE.replace(from, to))).toThrow(message);
        expect(() => parseScene('')).toThrow(/the text is empty/);
        const { labels, ...rest } = parseScene(LIGHTHOUSE);
        expect(() => encodeScene({ ...rest, labels: labels.subarray(1) })).toThrow(/17 cells/);
    });

    it('of damaged bytes is no scene: every bit of a text is flipped', () => {
        const payload = encodeScene(parseScene(LIGHTHOUSE));
        let taken = 0;
        for (let bit = 0; bit < 8 * payload.length; bit++) {
            const damaged = payload.slice();
            damaged[bit >> 3]! ^= 1 << (bit & 7);
            const read = decodeScene(damaged, { widthPx: 96, heightPx: 64 });
            // A payload has no check of its own; what reads to its last bit is a scene, and one that can be printed.
            if (read) {
                taken++;
                expect(parseScene(printScene(read))).toEqual(read);
            }
        }
        expect(taken).toBeLessThan(payload.length);
    });
});
