/** Points on the triangles of a scan, at most `spacing` metres apart; of one triangle at most 2,145 (64 rows). */
import type { TriangleMesh } from './spatial-entity.ts';

export function sampleMesh(
    mesh: TriangleMesh,
    spacing: number,
    visit: (x: number, y: number, z: number) => void
): void {
    const { positions: p, indices } = mesh;
    for (let i = 0; i < indices.length; i += 3) {
        const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
        let longest = 0;
        for (let k = 0; k < 3; k++)
            longest = Math.max(longest, Math.abs(p[b + k]! - p[a + k]!), Math.abs(p[c + k]! - p[a + k]!));
        const n = Math.max(1, Math.min(64, Math.ceil((longest * 1.5) / spacing)));
        for (let s = 0; s <= n; s++) {
            for (let t = 0; s + t <= n; t++) {
                const [u, v] = [s / n, t / n];
                const w = 1 - u - v;
                visit(
                    w * p[a]! + u * p[b]! + v * p[c]!,
                    w * p[a + 1]! + u * p[b + 1]! + v * p[c + 1]!,
                    w * p[a + 2]! + u * p[b + 2]! + v * p[c + 2]!
                );
            }
        }
    }
}
