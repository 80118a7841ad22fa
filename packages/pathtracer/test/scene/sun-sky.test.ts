import { describe, expect, it } from 'vitest';
import { luminance, normalize, type Vec3 } from '../../src/math/vector.ts';
import { type SunSkyOptions, solarDirection, sunSky } from '../../src/scene/sun-sky.ts';

/** Mean of the texels around a direction. */
function skyAt(options: Partial<SunSkyOptions>, direction: Vec3): Vec3 {
    const { environment } = sunSky({ nitsPerUnit: 1, heightPx: 64, ...options });
    const { widthPx, heightPx, data } = environment;
    const d = normalize(direction);
    const x = Math.min(widthPx - 1, Math.floor((Math.atan2(d[2], d[0]) / (2 * Math.PI) + 0.5) * widthPx));
    const y = Math.min(heightPx - 1, Math.floor((Math.acos(d[1]) / Math.PI) * heightPx));
    const o = 3 * (y * widthPx + x);
    return [data[o]!, data[o + 1]!, data[o + 2]!];
}

const SUN: Vec3 = [0.6, 0.6, 0.5];

describe('the sky', () => {
    it('has the zenith luminance of the paper', () => {
        // (4.0453 T - 4.9710) tan chi - 0.2155 T + 2.4192 kcd/m^2, chi = (4/9 - T/120)(pi - 2 * 45 degrees).
        for (const turbidity of [2, 6]) {
            const chi = (4 / 9 - turbidity / 120) * (Math.PI / 2);
            const zenith = (4.0453 * turbidity - 4.971) * Math.tan(chi) - 0.2155 * turbidity + 2.4192;
            const found = luminance(skyAt({ turbidity, sunDirection: [1, 1, 0] }, [0.001, 1, 0.001]));
            // The nearest texel's centre is 1.4 degrees from the zenith.
            expect(Math.abs(found / (1000 * zenith) - 1)).toBeLessThan(0.05);
        }
    });

    it('is blue above, brighter round the sun and, in haze, whiter', () => {
        const above = skyAt({ sunDirection: SUN }, [-0.3, 1, -0.3]);
        expect(above[2]).toBeGreaterThan(1.5 * above[0]);
        expect(luminance(skyAt({ sunDirection: SUN }, SUN))).toBeGreaterThan(3 * luminance(above));
        const hazy = skyAt({ sunDirection: SUN, turbidity: 8 }, [-0.3, 1, -0.3]);
        expect(hazy[2] / hazy[0]).toBeLessThan(above[2] / above[0]);
    });

    it('lights the ground with what it sends down, and the ground sends it back by its albedo', () => {
        const { environment, sun } = sunSky({ sunDirection: SUN, heightPx: 64, groundAlbedo: [0.5, 0.5, 0.5] });
        const { widthPx, heightPx, data } = environment;
        let sky = 0;
        for (let y = 0; y < heightPx / 2; y++) {
            const theta = ((y + 0.5) / heightPx) * Math.PI;
            const weight = Math.cos(theta) * Math.sin(theta) * ((2 * Math.PI) / widthPx) * (Math.PI / heightPx);
            for (let x = 0; x < widthPx; x++) sky += weight * data[3 * (y * widthPx + x) + 1]!;
        }
        const total = sky - sun.irradiance[1] * sun.direction[1];
        expect(data[3 * (widthPx * heightPx - 1) + 1]! / ((0.5 * total) / Math.PI)).toBeCloseTo(1, 5);
        // A clear day, the sun 37 degrees up: it gives more than the sky; 50 to 120 klx of the 133 outside.
        expect((sun.irradiance[1] * -sun.direction[1]) / sky).toBeGreaterThan(1.5);
        expect(20_000 * luminance(sun.irradiance)).toBeGreaterThan(50_000);
        expect(20_000 * luminance(sun.irradiance)).toBeLessThan(120_000);
    });

    it('reddens and dims the sun as it sets', () => {
        const high = sunSky({ sunDirection: [0, 1, 0], heightPx: 16 }).sun.irradiance;
        const low = sunSky({ sunDirection: [1, 0.08, 0], heightPx: 16 }).sun.irradiance;
        expect(luminance(low)).toBeLessThan(0.4 * luminance(high));
        expect(low[0] / low[2]).toBeGreaterThan(2 * (high[0] / high[2]));
    });

    it('is finite and positive for every sun and turbidity it takes', () => {
        for (const turbidity of [2, 3, 6, 10]) {
            for (const y of [0.001, 0.05, 0.3, 1]) {
                const { environment, sun } = sunSky({ sunDirection: [1 - y, y, 0], turbidity, heightPx: 16 });
                const all = [...environment.data, ...sun.irradiance];
                expect(all.every((x) => x >= 0 && x < 1e6)).toBe(true);
            }
        }
    });

    it('refuses what it does not model, saying so', () => {
        expect(() => sunSky({ sunDirection: [1, -0.1, 0] })).toThrow(/above the horizon.*Night and dusk/);
        expect(() => sunSky({ turbidity: 1 })).toThrow(/2 \(clearest\) to 10/);
        expect(() => sunSky({ groundAlbedo: [2, 0, 0] })).toThrow(/albedo/);
        expect(() => sunSky({ nitsPerUnit: 0 })).toThrow(/nitsPerUnit/);
        expect(() => sunSky({ heightPx: 5000 })).toThrow(/16 to 2048/);
    });
});

describe('the sun', () => {
    const london = (51.5 * Math.PI) / 180;
    it('stands where almanacs say', () => {
        const elevation = (dayOfYear: number, hour: number): number =>
            (Math.asin(solarDirection({ latitudeRad: london, dayOfYear, hour })[1]) * 180) / Math.PI;
        // Noon: 90 degrees less the latitude plus the declination; within half a degree.
        expect(Math.abs(elevation(172, 12) - (90 - 51.5 + 23.44))).toBeLessThan(0.5);
        expect(Math.abs(elevation(355, 12) - (90 - 51.5 - 23.44))).toBeLessThan(0.5);
        expect(Math.abs(elevation(81, 6))).toBeLessThan(0.5);
        expect(elevation(172, 0)).toBeLessThan(0);
    });

    it('rises in the east, is in the south at noon and sets in the west', () => {
        const at = (hour: number): Vec3 => solarDirection({ latitudeRad: london, dayOfYear: 81, hour });
        expect(at(7)[0]).toBeGreaterThan(0.9);
        expect(at(12)[2]).toBeGreaterThan(0.7);
        expect(at(17)[0]).toBeLessThan(-0.9);
        expect(Math.hypot(...at(9))).toBeCloseTo(1, 12);
    });
});
