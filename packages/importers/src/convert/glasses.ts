/** Indices of refraction of glasses and other dielectrics by name, at the yellow line of 589 nm (datasheets of Schott and CRC tables). */

/** As Mitsuba names them. */
const DIELECTRICS: Readonly<Record<string, number>> = {
    vacuum: 1,
    helium: 1.000036,
    hydrogen: 1.000132,
    air: 1.000277,
    'carbon dioxide': 1.00045,
    water: 1.333,
    acetone: 1.36,
    ethanol: 1.361,
    'carbon tetrachloride': 1.461,
    glycerol: 1.4729,
    benzene: 1.501,
    'silicone oil': 1.52045,
    bromine: 1.661,
    'water ice': 1.31,
    'fused quartz': 1.458,
    pyrex: 1.47,
    'acrylic glass': 1.49,
    polypropylene: 1.49,
    bk7: 1.5046,
    'sodium chloride': 1.544,
    amber: 1.55,
    pet: 1.575,
    diamond: 2.419
};

/** As pbrt v4 names their spectra. */
const SPECTRA: Readonly<Record<string, number>> = {
    'glass-bk7': 1.5168,
    'glass-baf10': 1.67,
    'glass-fk51a': 1.4866,
    'glass-lasf9': 1.8503,
    'glass-f5': 1.6034,
    'glass-sf5': 1.6727,
    'glass-sf10': 1.7283,
    'glass-sf11': 1.7847
};

/** Index of a dielectric by Mitsuba's or pbrt's name; undefined if it is not in the table. */
export function findGlass(name: string): number | undefined {
    const key = name.toLowerCase();
    if (Object.hasOwn(DIELECTRICS, key)) return DIELECTRICS[key];
    return Object.hasOwn(SPECTRA, key) ? SPECTRA[key] : undefined;
}
