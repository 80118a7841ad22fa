import { describe, expect, it } from 'vitest';
import { scaling } from '../../src/convert/mat4.ts';
import {
    cube,
    cylinder,
    disk,
    flipWinding,
    rectangle,
    smoothNormals,
    sphere,
    type TriangleMesh,
    transformMesh
} from '../../src/convert/triangle-mesh.ts';

/** Signed volume and area by the divergence theorem; the winding of every triangle against its normals. */
function measure(mesh: TriangleMesh): { volume: number; area: number; agrees: boolean } {
    const { positions: p, normals: n, indices } = mesh;
    let [volume, area] = [0, 0];
    let agrees = true;
    for (let i = 0; i < indices.length; i += 3) {
        const [a, b, c] = [0, 1, 2].map((k) => 3 * indices[i + k]!) as [number, number, number];
        const u = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!);
        const v = [0, 1, 2].map((k) => p[c + k]! - p[a + k]!);
        const g = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
        const doubled = Math.hypot(...g);
        area += doubled / 2;
        volume += g.reduce((sum, x, k) => sum + x * p[a + k]!, 0) / 6;
        const along = g.reduce((sum, x, k) => sum + x * (n![a + k]! + n![b + k]! + n![c + k]!), 0);
        if (doubled > 1e-9 && along <= 0) agrees = false;
    }
    return { volume, area, agrees };
}

describe('named shapes', () => {
    it('have the area and volume of what they stand for, wound to their normals', () => {
        expect(measure(rectangle())).toMatchObject({ area: 4, agrees: true });
        const box = measure(cube());
        expect([box.area, box.volume, box.agrees]).toEqual([24, 8, true]);
        // 64 segments: areas and volumes fall short by up to 1 - sinc^2(pi / 64) = 0.5 %.
        const ball = measure(sphere(2));
        expect(ball.volume / ((4 / 3) * Math.PI * 8)).toBeCloseTo(1, 2);
        expect(ball.area / (16 * Math.PI)).toBeCloseTo(1, 2);
        expect(ball.agrees).toBe(true);
        const plate = measure(disk(1, 0.5, 3));
        expect(plate.area / (Math.PI * 0.75)).toBeCloseTo(1, 2);
        expect(plate.agrees).toBe(true);
        const pipe = measure(cylinder(1, -1, 1));
        expect(pipe.area / (4 * Math.PI)).toBeCloseTo(1, 2);
        expect(pipe.agrees).toBe(true);
    });

    it('stay wound to their normals when flipped, mirrored and smoothed', () => {
        expect(measure(flipWinding(sphere(1))).volume).toBeLessThan(0);
        expect(measure(flipWinding(sphere(1))).agrees).toBe(true);
        const mirrored = measure(transformMesh(sphere(1), scaling(-1, 2, 3)));
        expect(mirrored.agrees).toBe(true);
        expect(mirrored.volume / (8 * Math.PI)).toBeCloseTo(1, 2);
        const { normals: _, ...bare } = cube();
        expect(measure(smoothNormals(bare)).agrees).toBe(true);
    });
});
