/**
 * Daylight: a clear sky as an environment and the sun as a light of its own, a disc of 0.533 degrees. The sky is Preetham,
 * Shirley and Smits 1999, "A practical analytic model for daylight" (Perez' formula, its appendix A.2), the sun their A.1: extraterrestrial
 * light attenuated by Rayleigh scattering and aerosols, without ozone and water. Chosen over Hosek and Wilkie 2012 for its size (12
 * lines of coefficients against 250 kB of them); it is too dark near the sun at sunset, and overestimates above a turbidity of 6.
 * Below the horizon: a ground of one colour, lit by both. 512 x 256 directions take about 50 ms.
 */
import { badInput, exactExp } from '@mixreel/core';
import { dot, luminance, mul, normalize, scale, type Vec3 } from '../math/vector.ts';
import type { DirectionalLight, Environment } from './scene.ts';

/** Options of {@link sunSky}. */
export interface SunSkyOptions {
    /** To the sun; need not be unit, must point above the horizon. +y is up. */
    readonly sunDirection: Vec3;
    /** Haze, 2 (mountain air) to 10 (fog); 3 is a clear day. */
    readonly turbidity: number;
    /** Reflectance of the ground, 0 to 1 each. */
    readonly groundAlbedo: Vec3;
    /** Candela per square metre that make radiance 1; 1 gives physical values. */
    readonly nitsPerUnit: number;
    /** Height of the picture, 16 to 2048; its width is twice as much. */
    readonly heightPx: number;
}

/** Defaults of {@link SunSkyOptions}: a clear day, the sun half way up, white paper in its light at about radiance 1.4. */
export const SUN_SKY_DEFAULTS: SunSkyOptions = Object.freeze({
    sunDirection: Object.freeze([0.5, 0.7, 0.5] as const),
    turbidity: 3,
    groundAlbedo: Object.freeze([0.2, 0.2, 0.2] as const),
    nitsPerUnit: 20_000,
    heightPx: 256
});

/** What lights the scene outdoors: put both into it. */
export interface SunSky {
    readonly environment: Environment;
    readonly sun: DirectionalLight;
}

/** Radius of the sun's disc, radians. */
const SUN_RADIUS_RAD = 0.00465;
/** Sun outside of the atmosphere, lux; Darula, Kittler and Gueymard 2005. */
const SUN_LUX = 133_300;
/** A black body of 5800 K in linear Rec.709, of luminance 1. */
const SUN_COLOR: Vec3 = [1.109, 0.976, 0.917];
/** Wavelengths of the three primaries, micrometres. */
const WAVELENGTHS = [0.61, 0.55, 0.465] as const;
/** Perez coefficients A to E: slope and intercept over turbidity, for luminance, x and y. */
const PEREZ = [
    [0.1787, -1.463, -0.3554, 0.4275, -0.0227, 5.3251, 0.1206, -2.5771, -0.067, 0.3703],
    [-0.0193, -0.2592, -0.0665, 0.0008, -0.0004, 0.2125, -0.0641, -0.8989, -0.0033, 0.0452],
    [-0.0167, -0.2608, -0.095, 0.0092, -0.0079, 0.2102, -0.0441, -1.6537, -0.0109, 0.0529]
] as const;
/** Chromaticity of the zenith: rows for turbidity squared, turbidity and 1; powers 3 to 0 of the sun's zenith angle. */
const ZENITH_X = [
    0.00166, -0.00375, 0.00209, 0, -0.02903, 0.06377, -0.03202, 0.00394, 0.11693, -0.21196, 0.06052, 0.25886
];
const ZENITH_Y = [
    0.00275, -0.0061, 0.00317, 0, -0.04214, 0.0897, -0.04153, 0.00516, 0.15346, -0.26756, 0.0667, 0.26688
];

/** Bakes the sky and makes the sun. @throws `bad-input`: a turbidity out of range, a sun below the horizon. */
export function sunSky(options: Partial<SunSkyOptions> = {}): SunSky {
    const o = { ...SUN_SKY_DEFAULTS, ...options };
    check(o);
    const toSun = normalize(o.sunDirection);
    const sunZenith = Math.acos(Math.min(1, toSun[1]));
    const irradiance = scale(sunIrradiance(sunZenith, o.turbidity), 1 / o.nitsPerUnit);
    const [widthPx, heightPx] = [2 * o.heightPx, o.heightPx];
    const data = new Float32Array(3 * widthPx * heightPx);
    const sky = new Sky(toSun, sunZenith, o.turbidity);
    let fromSky: Vec3 = [0, 0, 0];
    for (let row = 0; row < heightPx; row++) {
        const theta = ((row + 0.5) / heightPx) * Math.PI;
        const [sine, up] = [Math.sin(theta), Math.cos(theta)];
        if (up <= 0) break;
        const projected = up * sine * (Math.PI / heightPx) * ((2 * Math.PI) / widthPx);
        for (let column = 0; column < widthPx; column++) {
            const phi = ((column + 0.5) / widthPx - 0.5) * 2 * Math.PI;
            const c = scale(sky.radiance([sine * Math.cos(phi), up, sine * Math.sin(phi)]), 1 / o.nitsPerUnit);
            data.set(c, 3 * (row * widthPx + column));
            fromSky = [fromSky[0] + c[0] * projected, fromSky[1] + c[1] * projected, fromSky[2] + c[2] * projected];
        }
    }
    const onGround = fromSky.map((e, k) => e + irradiance[k]! * toSun[1]) as unknown as Vec3;
    const ground = scale(mul(o.groundAlbedo, onGround), 1 / Math.PI);
    for (let i = 3 * widthPx * Math.floor(heightPx / 2); i < data.length; i += 3) data.set(ground, i);
    return {
        environment: { widthPx, heightPx, data },
        sun: {
            kind: 'directional',
            direction: scale(toSun, -1),
            irradiance,
            angularRadiusRad: SUN_RADIUS_RAD
        }
    };
}

/** Where the sun stands: of a latitude (radians, north positive), a day of the year (1 to 365) and solar time (hours, 12: noon). */
export interface SolarTime {
    readonly latitudeRad: number;
    readonly dayOfYear: number;
    readonly hour: number;
}

/** Direction to the sun: +x east, +y up, -z north. Declination after Cooper 1969, within half a degree. May be below the horizon. */
export function solarDirection({ latitudeRad, dayOfYear, hour }: SolarTime): Vec3 {
    const declination = (23.45 * Math.PI * Math.sin((2 * Math.PI * (284 + dayOfYear)) / 365)) / 180;
    const hourAngle = ((hour - 12) * Math.PI) / 12;
    const [sinL, cosL] = [Math.sin(latitudeRad), Math.cos(latitudeRad)];
    const [sinD, cosD] = [Math.sin(declination), Math.cos(declination)];
    const up = sinL * sinD + cosL * cosD * Math.cos(hourAngle);
    const north = cosL * sinD - sinL * cosD * Math.cos(hourAngle);
    return [-cosD * Math.sin(hourAngle), up, -north];
}

class Sky {
    readonly #toSun: Vec3;
    readonly #coefficients: readonly (readonly number[])[];
    /** Zenith value over the formula's there: luminance in cd/m^2, x, y. */
    readonly #factors: readonly number[];

    constructor(toSun: Vec3, sunZenith: number, turbidity: number) {
        this.#toSun = toSun;
        this.#coefficients = PEREZ.map((row) => [0, 2, 4, 6, 8].map((k) => row[k]! * turbidity + row[k + 1]!));
        const zenith = [zenithLuminance(sunZenith, turbidity), ...zenithChromaticity(sunZenith, turbidity)];
        this.#factors = zenith.map((value, i) => value / perez(this.#coefficients[i]!, 1, sunZenith, toSun[1]));
    }

    /** Linear Rec.709, cd/m^2. */
    radiance(d: Vec3): Vec3 {
        const cosGamma = Math.min(1, Math.max(-1, dot(d, this.#toSun)));
        const gamma = Math.acos(cosGamma);
        const [Y, x, y] = this.#factors.map((f, i) => f * perez(this.#coefficients[i]!, d[1], gamma, cosGamma)) as [
            number,
            number,
            number
        ];
        const [X, Z] = [(Y * x) / y, (Y * (1 - x - y)) / y];
        // IEC 61966-2-1.
        return [
            Math.max(0, 3.2406 * X - 1.5372 * Y - 0.4986 * Z),
            Math.max(0, -0.9689 * X + 1.8758 * Y + 0.0415 * Z),
            Math.max(0, 0.0557 * X - 0.204 * Y + 1.057 * Z)
        ];
    }
}

/** Perez et al. 1993: theta from the zenith, gamma from the sun. */
function perez(c: readonly number[], cosTheta: number, gamma: number, cosGamma: number): number {
    const horizon = exactExp(c[1]! / Math.max(cosTheta, 1e-3));
    return (1 + c[0]! * horizon) * (1 + c[2]! * exactExp(c[3]! * gamma) + c[4]! * cosGamma * cosGamma);
}

/** Cd/m^2 straight up. */
function zenithLuminance(sunZenith: number, turbidity: number): number {
    const chi = (4 / 9 - turbidity / 120) * (Math.PI - 2 * sunZenith);
    return 1000 * Math.max(0.01, (4.0453 * turbidity - 4.971) * Math.tan(chi) - 0.2155 * turbidity + 2.4192);
}

function zenithChromaticity(t: number, turbidity: number): [number, number] {
    const powers = [t ** 3, t * t, t, 1];
    const value = (m: readonly number[]): number => {
        const row = (k: number): number => powers.reduce((sum, p, i) => sum + p * m[k + i]!, 0);
        return turbidity * turbidity * row(0) + turbidity * row(4) + row(8);
    };
    return [value(ZENITH_X), value(ZENITH_Y)];
}

/** Lux on a surface that faces the sun, as linear Rec.709. */
function sunIrradiance(zenith: number, turbidity: number): Vec3 {
    const degrees = (zenith * 180) / Math.PI;
    const airMass = 1 / (Math.cos(zenith) + 0.15 * (93.885 - degrees) ** -1.253);
    const beta = 0.04608 * turbidity - 0.04586;
    const through = WAVELENGTHS.map((lambda) => {
        const rayleigh = exactExp(-0.008735 * lambda ** -4.08 * airMass);
        return rayleigh * exactExp(-beta * lambda ** -1.3 * airMass);
    }) as unknown as Vec3;
    return mul(scale(SUN_COLOR, SUN_LUX / luminance(SUN_COLOR)), through);
}

function check({ sunDirection, turbidity, groundAlbedo, nitsPerUnit, heightPx }: SunSkyOptions): void {
    if (!(turbidity >= 2 && turbidity <= 10)) {
        throw badInput(`the turbidity is ${turbidity}`, '2 (clearest) to 10 (haze)', 'A clear day has 3');
    }
    if (!(sunDirection.every(Number.isFinite) && sunDirection[1] > 0)) {
        const what = `the sun is at ${sunDirection.join(', ')}`;
        throw badInput(what, 'a direction above the horizon (y more than 0)', 'Night and dusk are not modelled');
    }
    if (!groundAlbedo.every((x) => x >= 0 && x <= 1)) {
        throw badInput(`the ground's albedo is ${groundAlbedo.join(', ')}`, '0 to 1 each', 'Grass has about 0.2');
    }
    if (!(nitsPerUnit > 0 && nitsPerUnit < Infinity)) {
        throw badInput(`nitsPerUnit is ${nitsPerUnit}`, 'more than 0', 'Pass 1 for cd/m^2');
    }
    if (!(Number.isInteger(heightPx) && heightPx >= 16 && heightPx <= 2048)) {
        throw badInput(`the sky's heightPx is ${heightPx}`, 'an integer from 16 to 2048', 'Pass 256');
    }
}
