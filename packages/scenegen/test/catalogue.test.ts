import { describe, expect, it } from 'vitest';
import { buildMesh, CATALOGUE, type LegStyle, STYLE_NAMES, styleNamed } from '../src/index.ts';

const LEGS: readonly LegStyle[] = ['round', 'square', 'taper', 'hairpin'];

describe.each([...CATALOGUE.values()].map((c) => [c.name, c] as const))('the class %s', (name, kind) => {
    it('builds closed-form meshes inside its box, with unit normals that agree with the winding', () => {
        for (const size of [0, 1, 2] as const) {
            for (const legs of LEGS) {
                for (let variant = 0; variant < 4; variant++) {
                    const dims = { width: kind.width[size], height: kind.height[size], depth: kind.depth[size] };
                    const mesh = buildMesh(name, { dims, variant, legs, bevel: 0.01 });
                    expect(mesh.triangles).toBeGreaterThan(11);
                    expect(mesh.triangles).toBeLessThan(4500);
                    for (const part of mesh.parts.values()) checkPart(part.positions, part.normals, part.indices, dims);
                }
            }
        }
    });

    it('uses only materials that every style has', () => {
        for (const style of STYLE_NAMES) {
            for (let variant = 0; variant < 8; variant++) {
                const dims = { width: kind.width[1], height: kind.height[1], depth: kind.depth[1] };
                const mesh = buildMesh(name, { dims, variant, legs: 'round', bevel: 0.01 });
                for (const slot of mesh.parts.keys()) expect(Object.keys(styleNamed(style).slots)).toContain(slot);
            }
        }
    });
});

function checkPart(
    p: readonly number[],
    n: readonly number[],
    indices: readonly number[],
    dims: { width: number; height: number; depth: number }
): void {
    // 1 cm: parts that lean or are turned inside the box may graze it; the collision tolerance of furniture is the box.
    const slack = 0.01;
    for (let i = 0; i < p.length; i += 3) {
        const out = Math.max(
            Math.abs(p[i]!) - dims.width / 2,
            -p[i + 1]!,
            p[i + 1]! - dims.height,
            Math.abs(p[i + 2]!) - dims.depth / 2
        );
        if (!(out < slack)) expect.fail(`vertex ${p.slice(i, i + 3)} is ${out} m outside ${JSON.stringify(dims)}`);
        const length = Math.hypot(n[i]!, n[i + 1]!, n[i + 2]!);
        if (Math.abs(length - 1) > 1e-6) expect.fail(`normal of length ${length}`);
    }
    for (let i = 0; i < indices.length; i += 3) {
        const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
        const u = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!) as [number, number, number];
        const v = [0, 1, 2].map((k) => p[c + k]! - p[a + k]!) as [number, number, number];
        const face = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
        if (Math.hypot(...face) < 1e-9) continue;
        const agree = [0, 1, 2].reduce((sum, k) => sum + face[k]! * (n[a + k]! + n[b + k]! + n[c + k]!), 0);
        if (agree < 0) expect.fail('a triangle is wound against its normals');
    }
}
