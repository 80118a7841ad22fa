import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cross, dot, type Vec3 } from '../../src/math/vector.ts';
import { cornerTangents, mikkTangents, type TangentInput } from '../../src/scene/tangents.ts';

/** The algorithm as its author's code, compiled to WebAssembly. Takes v up and gives one tangent a corner. */
const require = createRequire(import.meta.url);
const { generateTangents } = require('mikktspace') as {
    generateTangents(positions: Float32Array, normals: Float32Array, uvs: Float32Array): Float32Array;
};

function unpacked({ positions, normals, uvs, indices }: TangentInput): [Float32Array, Float32Array, Float32Array] {
    const take = (data: Float32Array, width: number): Float32Array =>
        Float32Array.from([...indices].flatMap((v) => [...data.subarray(v * width, v * width + width)]));
    const up = take(uvs, 2).map((x, i) => (i % 2 ? 1 - x : x));
    return [take(positions, 3), take(normals, 3), up];
}

/** A bumpy sheet of n x n quads whose texture is mirrored beyond a column, as of a symmetric model. */
function sheet(n: number, heights: readonly number[], mirrorAt: number): TangentInput {
    const [positions, normals, uvs, indices]: number[][] = [[], [], [], []];
    for (let y = 0; y <= n; y++) {
        for (let x = 0; x <= n; x++) {
            const h = heights[(y * (n + 1) + x) % heights.length]!;
            positions!.push(x, y, h);
            const l = Math.hypot(h - 0.5, 0.3, 1);
            normals!.push((h - 0.5) / l, 0.3 / l, 1 / l);
            uvs!.push(Math.abs(x - mirrorAt) / 8, y / 8);
        }
    }
    for (let y = 0; y < n; y++) {
        for (let x = 0; x < n; x++) {
            const a = y * (n + 1) + x;
            indices!.push(a, a + 1, a + n + 2, a, a + n + 2, a + n + 1);
        }
    }
    return {
        positions: Float32Array.from(positions!),
        normals: Float32Array.from(normals!),
        uvs: Float32Array.from(uvs!),
        indices: Uint32Array.from(indices!)
    };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
    expect(a.length).toBe(b.length);
    let worst = 0;
    for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    return worst;
}

describe('mikkTangents', () => {
    it('agrees with the reference implementation on bumpy sheets with mirrored halves', () => {
        const heights = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 30 });
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 5 }), heights, fc.integer({ min: 0, max: 5 }), (n, h, mirrorAt) => {
                const input = sheet(n, h, mirrorAt);
                // Single against double precision.
                expect(largestDifference(mikkTangents(input), generateTangents(...unpacked(input)))).toBeLessThan(1e-4);
            }),
            { numRuns: 60 }
        );
    });

    it('agrees where triangles have no area, in space or in the picture', () => {
        const input = sheet(3, [0.2, 0.7, 0.4], 1);
        input.positions.copyWithin(3, 0, 3);
        input.uvs.fill(0.5, 10, 18);
        expect(largestDifference(mikkTangents(input), generateTangents(...unpacked(input)))).toBeLessThan(1e-4);
    });

    it('turns the bitangent around where the texture is mirrored, and never the tangent plane', () => {
        const input = sheet(4, [0.5], 2);
        const tangents = mikkTangents(input);
        const signs = new Map<number, number>();
        for (let i = 0; i < input.indices.length; i++) {
            const v = input.indices[i]!;
            const t = [...tangents.subarray(i * 4, i * 4 + 3)] as unknown as Vec3;
            const n = [...input.normals.subarray(v * 3, v * 3 + 3)] as unknown as Vec3;
            expect(Math.abs(dot(t, n))).toBeLessThan(1e-6);
            // +u runs away from the middle column, v down along +y: the picture's up is -y.
            const triangleX = input.positions[input.indices[i - (i % 3) + ((i + 1) % 3)]! * 3]!;
            signs.set(Math.floor(i / 6) % 4, tangents[i * 4 + 3]!);
            const up = cross(n, t)[1] * tangents[i * 4 + 3]!;
            expect(up, `corner ${i} near ${triangleX}`).toBeLessThan(-0.9);
        }
        expect([0, 1, 2, 3].map((column) => signs.get(column))).toEqual([1, 1, -1, -1]);
    });
});

describe('cornerTangents', () => {
    it("takes the mesh's own tangents where it has them", () => {
        const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0);
        const tangents = Float32Array.of(0, 1, 0, -1, 1, 0, 0, 1, 0, 0, 1, 1);
        const mesh = { positions, indices: Uint32Array.of(2, 0, 1), tangents };
        expect([...cornerTangents(mesh, new Float32Array(6))]).toEqual([0, 0, 1, 1, 0, 1, 0, -1, 1, 0, 0, 1]);
    });

    it('lies in the triangle where the mesh has no normals', () => {
        const mesh = {
            positions: Float32Array.of(0, 0, 0, 0, 2, 0, 0, 0, 2),
            indices: Uint32Array.of(0, 1, 2)
        };
        const tangents = cornerTangents(mesh, Float32Array.of(0, 1, 1, 1, 0, 0));
        for (let k = 0; k < 3; k++) expect([...tangents.subarray(k * 4, k * 4 + 4)]).toEqual([0, 1, 0, 1]);
    });
});
