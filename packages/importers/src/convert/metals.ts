/**
 * Complex indices of refraction of metals as linear Rec.709 triples: the measured spectra of Palik and of the SOPRA library
 * weighted by the CIE 1931 observer, as renderers tabulate them. Figures to seven digits from the tables that Tungsten and
 * Mitsuba publish.
 */
import type { Vec3 } from './mat4.ts';

/** Real and imaginary part. */
export interface Metal {
    readonly eta: Vec3;
    readonly k: Vec3;
}

const METALS: Readonly<Record<string, Metal>> = {
    ag: { eta: [0.1552647, 0.1167233, 0.1383807], k: [4.8283433, 3.1222459, 2.1470504] },
    al: { eta: [1.65746, 0.8803689, 0.5212287], k: [9.2238692, 6.2695232, 4.8370012] },
    au: { eta: [0.143119, 0.374957, 1.4424786], k: [3.9831604, 2.3857207, 1.6032153] },
    cr: { eta: [4.3696829, 2.9167025, 1.6547005], k: [5.2064338, 4.2313645, 3.7549467] },
    cu: { eta: [0.2004377, 0.9240334, 1.102212], k: [3.9129485, 2.4528477, 2.142188] },
    // Reflects everything: (0 - 1)^2 + 1 over (0 + 1)^2 + 1.
    none: { eta: [0, 0, 0], k: [1, 1, 1] }
};

/** The metal of that symbol (`Cu`, `metal-Cu-eta`, `Cu_palik`); undefined if it is not in the table. */
export function findMetal(name: string): Metal | undefined {
    const symbol = name
        .toLowerCase()
        .replace(/^metal-/, '')
        .replace(/-(eta|k)$/, '')
        .replace(/_palik$/, '');
    return Object.hasOwn(METALS, symbol) ? METALS[symbol] : undefined;
}
