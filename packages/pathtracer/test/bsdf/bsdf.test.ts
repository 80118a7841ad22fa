import { chiSquareTest, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateBsdf, type Hue, sampleBsdf } from '../../src/bsdf/bsdf.ts';
import { internalReflectance } from '../../src/bsdf/fresnel.ts';
import { glassReflectance } from '../../src/bsdf/glass.ts';
import { type BsdfInit, makeBsdf } from '../../src/bsdf/make-bsdf.ts';
import { isRough } from '../../src/bsdf/microfacet.ts';
import { length, normalize, scale, type Vec3 } from '../../src/math/vector.ts';
import { ENERGIES } from './energies.ts';
import { ANGLES, BASE, each, isSolid, MATERIALS, outgoing, powerOf } from './materials.ts';

const HUE: Hue = [0.2, 0.5, 0.3];

/** Points of the sphere, evenly in both angles (lobes of glass at its poles are narrow), with their solid angles. */
function quadrature(n: number): { wi: Vec3; solidAngle: number; cell: number }[] {
    const out: { wi: Vec3; solidAngle: number; cell: number }[] = [];
    for (let i = 0; i < n; i++) {
        const theta = ((i + 0.5) * Math.PI) / n;
        const solidAngle = ((Math.cos((i * Math.PI) / n) - Math.cos(((i + 1) * Math.PI) / n)) * 2 * Math.PI) / n;
        for (let j = 0; j < n; j++) {
            const phi = ((j + 0.5) * 2 * Math.PI) / n;
            const s = Math.sin(theta);
            const wi: Vec3 = [s * Math.cos(phi), s * Math.sin(phi), Math.cos(theta)];
            out.push({ wi, solidAngle, cell: cellOf(wi) });
        }
    }
    return out;
}

// Boundaries of cells are boundaries of the quadrature's strips: no strip is shared.
const ROWS = 12;
const COLUMNS = 8;

function cellOf(wi: Vec3): number {
    const row = Math.min(ROWS - 1, Math.floor((Math.acos(Math.min(1, Math.max(-1, wi[2]))) / Math.PI) * ROWS));
    const phi = Math.atan2(wi[1], wi[0]) / (2 * Math.PI);
    return row * COLUMNS + Math.min(COLUMNS - 1, Math.floor((phi - Math.floor(phi)) * COLUMNS));
}

describe('the BSDF', () => {
    it('reflects and transmits as much light as arrives (white furnace), in every channel, but for what is documented', () => {
        const random = Rng.create(1).stream('furnace');
        const seen = new Map<string, number>();
        each((name, bsdf, o, material) => {
            const turn = seen.get(material) ?? 0;
            seen.set(material, turn + 1);
            const [sum, squares] = [
                [0, 0, 0],
                [0, 0, 0]
            ];
            const n = 2500;
            for (let i = 0; i < n; i++) {
                const s = sampleBsdf(bsdf, o, (i + random.float()) / n, random.float(), random.float(), HUE);
                powerOf(bsdf, s.weight, s.wi[2] < 0).forEach((w, c) => {
                    sum[c]! += w / n;
                    squares[c]! += (w * w) / n;
                });
            }
            const documented = ENERGIES[material];
            const expected = documented ? documented.energy[turn]! : ([1, 1, 1] as const);
            for (let c = 0; c < 3; c++) {
                const error = Math.sqrt(Math.max(0, squares[c]! - sum[c]! ** 2) / n);
                // 4.5 standard errors: 450 checks, a false alarm in 300 runs at most (choices are stratified), and the seed is
                // fixed. For all that is given back 0.006: the tables are off by up to 0.004; else the error of what is documented.
                const allowed = 4.5 * error + (documented ? 0.003 : 0.006);
                expect(Math.abs(sum[c]! - expected[c]!), `${name}, channel ${c}: ${sum[c]}`).toBeLessThan(allowed);
            }
        });
        // What is documented is there, with all of its angles.
        for (const [name, { energy, gains }] of Object.entries(ENERGIES)) {
            expect(seen.get(name), name).toBe(energy.length);
            // More than arrives is another matter than less. 0.003 is the standard error of what was measured.
            expect(Math.max(...energy.flat()) > 1.003, name).toBe(gains === true);
        }
    });

    it('gives back what scatters between the facets of metals to within a percent, by quadrature: without noise', () => {
        const points = quadrature(120).filter(({ wi }) => wi[2] > 0);
        const metals = ['white metal', 'white conductor', 'very rough white conductor', 'stretched metal'];
        for (const name of [...metals, 'white brushed conductor']) {
            for (const [turn, angle] of ANGLES.entries()) {
                const o = outgoing(angle);
                const bsdf = makeBsdf(MATERIALS[name]!, true, o);
                let energy = 0;
                for (const { wi, solidAngle } of points) energy += evaluateBsdf(bsdf, o, wi).f[1] * solidAngle;
                const [, expected] = ENERGIES[name]?.energy[turn] ?? [1, 1, 1];
                // The tables are off by up to 0.004 and the midpoints by as much; what is documented by 4 errors of 0.0019.
                expect(Math.abs(energy - expected), `${name}, ${angle} rad: ${energy}`).toBeLessThan(0.008);
            }
        }
    });

    it('reflects of glass what KHR_materials_specular says, and lets the rest through', () => {
        const wo: Vec3 = [0, 0, 1];
        const glass = makeBsdf({ ...BASE, transmission: 1, specular: 0.5, specularColor: [10, 1, 0] }, true, wo);
        // 0.04 times the colour, times the factor.
        for (const [i, f0] of [0.2, 0.02, 0].entries()) expect(glassReflectance(glass, 1)[i]).toBeCloseTo(f0, 12);
        for (const f90 of glassReflectance(glass, 0)) expect(f90).toBe(1);
        for (const f90 of glassReflectance(glass, 1e-6)) expect(f90).toBeCloseTo(0.5, 4);
        const none = makeBsdf({ ...BASE, transmission: 1, specular: 0 }, false, wo);
        // From inside, below and above the critical angle of 41.8 degrees.
        expect(glassReflectance(none, 0.8)).toEqual([0, 0, 0]);
        expect(glassReflectance(none, 0.7)).toEqual([1, 1, 1]);
    });

    it('loses nothing in smooth glass, with or without film and dispersion', () => {
        const random = Rng.create(7).stream('smooth glass');
        const names = ['smooth glass', 'smooth filmed glass', 'smooth prism', 'glass without reflection'];
        for (const name of [...names, 'thin glass that reflects red']) {
            for (const front of [true, false]) {
                const b = makeBsdf(MATERIALS[name]!, front, normalize([0.4, 0.3, 1]));
                const sum = [0, 0, 0];
                const n = 3000;
                for (let i = 0; i < n; i++) {
                    const u = (i + random.float()) / n;
                    const s = sampleBsdf(b, normalize([0.4, 0.3, 1]), u, 0, 0, HUE);
                    powerOf(b, s.weight, s.wi[2] < 0).forEach((w, c) => {
                        sum[c]! += w / n;
                    });
                }
                // Stratified choice of side and channel: each boundary between two falls into one stratum.
                for (const c of sum) expect(Math.abs(c - 1), name).toBeLessThan(20 / n);
            }
        }
    });

    it('reflects diffuse light inside a coat as the tabulated means say', () => {
        // Egan and Hilgeman 1973, as renderers use them: 0.596 for 1.5. Light cannot be held by no coat at all.
        expect(internalReflectance(1.5)).toBeCloseTo(0.596, 3);
        expect(internalReflectance(1)).toBeCloseTo(0, 12);
        expect(internalReflectance(1.9)).toBeGreaterThan(0.75);
    });

    it('is reciprocal: f(wo, wi) / eta_o^2 equals f(wi, wo) / eta_i^2', () => {
        const random = Rng.create(2).stream('reciprocity');
        for (const [name, init] of Object.entries(MATERIALS)) {
            // A normal of its own puts the coat's cosine in place of the surface's.
            if (name === 'wavy coat') continue;
            for (let i = 0; i < 100; i++) {
                const o = normalize([random.normal(), random.normal(), Math.abs(random.normal()) + 0.05]);
                let w = normalize([random.normal(), random.normal(), random.normal()]);
                const b = makeBsdf(init, true, o);
                const f = scale(evaluateBsdf(b, o, w, HUE).f, 1 / Math.abs(w[2]));
                const above = w[2] > 0;
                w = [w[0], w[1], Math.abs(w[2])];
                // Seen from the other side: mirror the frame, and the indices change places.
                const back = makeBsdf(init, above || !isSolid(init), w);
                const g = scale(evaluateBsdf(back, w, above ? o : [o[0], o[1], -o[2]], HUE).f, 1 / o[2]);
                const here = powerOf(b, f, !above && init.transmission + (init.kind === 'dielectric' ? 1 : 0) > 0);
                for (let k = 0; k < 3; k++) {
                    expect(Math.abs(here[k]! - g[k]!) / (1 + Math.abs(g[k]!)), name).toBeLessThan(1e-8);
                }
            }
        }
    });

    it('samples the density that it states (chi-square), which integrates to the share of samples it keeps', () => {
        const random = Rng.create(4).stream('chi-square');
        const points = quadrature(120);
        const results: { name: string; p: number }[] = [];
        each(
            (name, bsdf, o) => {
                if (!isRough(bsdf.facets) && (bsdf.glass === 1 || bsdf.diffuse[0] === 0)) return;
                const n = 8000;
                const observed = new Float64Array(ROWS * COLUMNS + 1);
                let [longest, perfect] = [0, 0];
                for (let i = 0; i < n; i++) {
                    const s = sampleBsdf(bsdf, o, random.float(), random.float(), random.float(), HUE);
                    if (s.pdf < 0) perfect++;
                    else if (s.pdf === 0) observed[ROWS * COLUMNS]!++;
                    else observed[cellOf(s.wi)]!++;
                    if (s.pdf > 0) longest = Math.max(longest, Math.abs(length(s.wi) - 1));
                }
                expect(longest, name).toBeLessThan(1e-9);
                const expected = new Float64Array(ROWS * COLUMNS + 1);
                let integral = 0;
                for (const { wi, solidAngle, cell } of points) {
                    const density = evaluateBsdf(bsdf, o, wi, HUE).pdf * solidAngle;
                    integral += density;
                    expected[cell]! += density * n;
                }
                // What is neither in a cell nor perfect was refused.
                expected[ROWS * COLUMNS] = Math.max(0, n * (1 - integral) - perfect);
                // 14,400 midpoints: below 1 % of the whole for lobes of alpha 0.08 and more; sampling: 3 of 0.0056 at most.
                expect(Math.abs(integral - (n - perfect - observed[ROWS * COLUMNS]!) / n), name).toBeLessThan(0.025);
                results.push({ name, p: chiSquareTest(observed, expected).p });
            },
            [0.3, 1.2]
        );
        // Bonferroni: 1 false alarm in 1000 over all of them.
        for (const { name, p } of results) expect(p, name).toBeGreaterThan(0.001 / results.length);
        expect(results.length).toBeGreaterThan(60);
    });

    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const color = fc.tuple(unit, unit, unit);
    const direction = fc.tuple(fc.double({ min: 0.02, max: 1, noNaN: true }), unit).map(([z, turn]): Vec3 => {
        const s = Math.sqrt(1 - z * z);
        return [s * Math.cos(7 * turn), s * Math.sin(7 * turn), z];
    });
    const sometimes = fc.oneof(fc.constant(0), unit);
    const anyMaterial: fc.Arbitrary<BsdfInit> = fc
        .record({
            kind: fc.constantFrom(
                'gltf' as const,
                'gltf' as const,
                'conductor' as const,
                'plastic' as const,
                'dielectric' as const
            ),
            baseColor: color,
            metallic: sometimes,
            roughness: unit,
            ior: fc.double({ min: 1, max: 2.5, noNaN: true }),
            transmission: sometimes,
            thin: fc.boolean(),
            specularColor: color,
            specular: unit,
            nonlinear: fc.boolean(),
            beckmann: fc.boolean(),
            singleScattering: fc.boolean(),
            clearcoat: sometimes,
            clearcoatRoughness: unit,
            coatNormal: fc.tuple(unit, unit).map(([x, y]) => normalize([x - 0.5, y - 0.5, 1])),
            sheenColor: fc.oneof(fc.constant([0, 0, 0] as Vec3), color),
            sheenRoughness: unit,
            iridescence: sometimes,
            iridescenceIor: fc.double({ min: 1, max: 2.5, noNaN: true }),
            iridescenceThicknessNm: fc.double({ min: 0, max: 1200, noNaN: true }),
            anisotropy: sometimes,
            diffuseTransmission: sometimes,
            diffuseTransmissionColor: color,
            dispersion: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5, noNaN: true }))
        })
        .map((values) => ({ ...BASE, ...values }));

    it('gives for any material finite light of at least 0, and samples that agree with what it evaluates', () => {
        fc.assert(
            fc.property(anyMaterial, direction, fc.boolean(), fc.tuple(unit, unit, unit), (init, o, front, r) => {
                const b = makeBsdf(init, front, o);
                const [r0, r1, r2] = r.map((x) => Math.min(x, 1 - 2 ** -24)) as [number, number, number];
                const s = sampleBsdf(b, o, r0, r1, r2, HUE);
                expect(s.weight.every((w) => Number.isFinite(w) && w >= 0)).toBe(true);
                expect(Number.isFinite(s.pdf)).toBe(true);
                if (s.pdf <= 0) return;
                const { f, pdf } = evaluateBsdf(b, o, s.wi, HUE);
                expect(pdf).toBe(s.pdf);
                for (let k = 0; k < 3; k++) expect(f[k]! / pdf).toBeCloseTo(s.weight[k]!, 9);
            }),
            { numRuns: 1000, seed: 11 }
        );
    });

    it('never gives more light than arrives, whatever the material', () => {
        const random = Rng.create(5).stream('any material');
        fc.assert(
            fc.property(anyMaterial, direction, (init, o) => {
                const b = makeBsdf(init, true, o);
                const n = 600;
                let [sum, squares] = [0, 0];
                for (let i = 0; i < n; i++) {
                    const s = sampleBsdf(b, o, (i + random.float()) / n, random.float(), random.float(), HUE);
                    const w = powerOf(b, s.weight, s.wi[2] < 0)[1];
                    sum += w;
                    squares += w * w;
                }
                const mean = sum / n;
                const error = Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
                // 6 standard errors. 0.05: films over rough bases, plastic's rough coats and tilted coats gain up to that.
                expect(mean).toBeLessThan(1.05 + 6 * error);
            }),
            { numRuns: 60, seed: 12, endOnFailure: true }
        );
    });
});
