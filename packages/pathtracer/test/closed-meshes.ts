/** Meshes without holes: vertices that neighbours share have the same coordinates, to the last bit. */
import { add, scale, type Vec3 } from '../src/math/vector.ts';
import type { Mesh } from '../src/scene/scene.ts';

/** A sphere of triangles: an octahedron whose faces are cut in four so many times. */
export function sphereMesh(center: Vec3, radius: number, cuts: number): Mesh {
    let faces: Vec3[][] = [];
    for (const x of [1, -1]) {
        for (const y of [1, -1]) {
            for (const z of [1, -1]) {
                const face: Vec3[] = [
                    [x, 0, 0],
                    [0, y, 0],
                    [0, 0, z]
                ];
                faces.push(x * y * z > 0 ? face : face.reverse());
            }
        }
    }
    const middle = (a: Vec3, b: Vec3): Vec3 => {
        const m = [a[0] + b[0], a[1] + b[1], a[2] + b[2]] as const;
        const size = Math.hypot(...m);
        return [m[0] / size, m[1] / size, m[2] / size];
    };
    for (let i = 0; i < cuts; i++) {
        faces = faces.flatMap(([a, b, c]) => {
            const [ab, bc, ca] = [middle(a!, b!), middle(b!, c!), middle(c!, a!)];
            return [
                [a!, ab, ca],
                [ab, b!, bc],
                [ca, bc, c!],
                [ab, bc, ca]
            ];
        });
    }
    const positions = Float32Array.from(faces.flat(2), (x, i) => x * radius + center[i % 3]!);
    return { positions, indices: Uint32Array.from({ length: faces.length * 3 }, (_, i) => i) };
}

/** A closed ball: rings of triangles, thin at the poles. */
export function ballMesh(n: number, radius: number, at: Vec3): Mesh {
    const positions: number[] = [];
    const indices: number[] = [];
    const column = (i: number, j: number): number => (i === 0 ? 0 : i === n ? 1 : 2 + (i - 1) * 2 * n + (j % (2 * n)));
    const push = (a: number, b: number): void => {
        const s = Math.sin(a);
        positions.push(...add(at, scale([s * Math.cos(b), Math.cos(a), s * Math.sin(b)], radius)));
    };
    push(0, 0);
    push(Math.PI, 0);
    for (let i = 1; i < n; i++) for (let j = 0; j < 2 * n; j++) push((Math.PI * i) / n, (Math.PI * j) / n);
    for (let i = 0; i < n; i++) {
        for (let j = 0; j < 2 * n; j++) {
            const [a, b, c, d] = [column(i, j), column(i, j + 1), column(i + 1, j), column(i + 1, j + 1)];
            if (i > 0) indices.push(a, b, c);
            if (i < n - 1) indices.push(b, d, c);
        }
    }
    return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** A cube from -1 to 1, n x n squares of two triangles a side; for powers of two its coordinates are exact in float32. */
export function cubeMesh(n: number): Mesh {
    const positions: number[] = [];
    const indices: number[] = [];
    for (let face = 0; face < 6; face++) {
        const [axis, side] = [face % 3, face < 3 ? -1 : 1];
        const first = positions.length / 3;
        for (let i = 0; i <= n; i++) {
            for (let j = 0; j <= n; j++) {
                const p = [0, 0, 0];
                p[axis] = side;
                p[(axis + 1) % 3] = (2 * i) / n - 1;
                p[(axis + 2) % 3] = (2 * j) / n - 1;
                positions.push(...p);
                if (i === n || j === n) continue;
                const a = first + i * (n + 1) + j;
                const [b, c, d] = [a + n + 1, a + n + 2, a + 1];
                indices.push(...(side > 0 ? [a, b, c, a, c, d] : [a, c, b, a, d, c]));
            }
        }
    }
    return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}
