/**
 * Short ways to write small things: their sizes around a usual one, and bodies of revolution as fractions of their box.
 * Small things have 50 to 600 triangles: they are seen from metres away, and there are fifty of them in a room.
 */
import type { MeshBuilder } from '../mesh/mesh-builder.ts';
import type { FurnitureClass, Shape, SizeRange } from './furniture-class.ts';

/** From a sixth smaller to a sixth larger than usual, to tenths of a millimetre. */
const range = (usual: number): SizeRange => {
    const tenths = (v: number): number => Math.round(v * 1e4) / 1e4;
    return [tenths(usual * 0.85), usual, tenths(usual * 1.15)];
};

/** A class of small things by its usual box; stands on others, anywhere, unless `more` says otherwise. */
export const thing = (
    name: string,
    [w, h, d]: readonly [number, number, number],
    build: FurnitureClass['build'],
    more: Partial<FurnitureClass> = {}
): FurnitureClass => ({
    name,
    width: range(w),
    height: range(h),
    depth: range(d),
    support: 'node',
    place: 'any',
    front: 0,
    build,
    ...more
});

/** A profile of [share of the radius, share of the height] as one of metres. */
export const profile = (
    s: Pick<Shape, 'w' | 'h' | 'd'>,
    points: readonly (readonly [number, number])[],
    share = 1
): [number, number][] => points.map(([r, y]) => [(r * share * Math.min(s.w, s.d)) / 2, y * s.h]);

/** A profile with two more points between each two, on a spline through all (Catmull and Rom 1974), inside the box. */
export function curved(points: readonly (readonly [number, number])[]): [number, number][] {
    const out: [number, number][] = [];
    points.forEach((p1, i) => {
        out.push([p1[0], p1[1]]);
        const p2 = points[i + 1];
        if (!p2) return;
        const [p0, p3] = [points[i - 1] ?? p1, points[i + 2] ?? p2];
        for (const t of [1 / 3, 2 / 3]) {
            const at = (k: 0 | 1): number => {
                const [a, b] = [(p2[k] - p0[k]) / 2, (p3[k] - p1[k]) / 2];
                const [u, v] = [t * t * (3 - 2 * t), t * (1 - t)];
                return Math.min(1, Math.max(0, p1[k] + u * (p2[k] - p1[k]) + v * ((1 - t) * a - t * b)));
            };
            out.push([at(0), at(1)]);
        }
    });
    return out;
}

/** A body of revolution that fills its box. */
export const turned =
    (materials: readonly string[], points: readonly (readonly [number, number])[], segments = 18) =>
    (b: MeshBuilder, s: Shape): void =>
        b.lathe(s.pick(...materials), 0, 0, profile(s, points), segments);

/** A rounded block that fills its box. */
export const slab =
    (materials: readonly string[], bevel = 0.004) =>
    (b: MeshBuilder, s: Shape): void =>
        b.block(s.pick(...materials), 0, 0, 0, s.w, s.h, s.d, bevel);

/** A soft ball that fills its box. */
export const ball =
    (materials: readonly string[], softness = 1) =>
    (b: MeshBuilder, s: Shape): void =>
        b.cushion(s.pick(...materials), -s.w / 2, 0, -s.d / 2, s.w / 2, s.h, s.d / 2, softness);

/** A stick along z with a head at its front end. */
export const utensil =
    (material: string, handle: string, head: 'blade' | 'bowl' | 'prongs' | 'flat') =>
    (b: MeshBuilder, s: Shape): void => {
        const [z, t] = [s.d / 2, Math.min(0.008, s.h * 0.8)];
        const neck = z * (head === 'blade' ? -0.1 : 0.35);
        b.block(handle, 0, 0, (neck - z) / 2, Math.min(s.w, 0.014), t, neck + z, 0.002);
        const [x, from, to] = [s.w / 2, neck - 0.002, z];
        if (head === 'bowl') b.cushion(material, -x, 0, from, x, s.h, to, 0.9);
        else if (head === 'prongs') {
            b.block(material, 0, 0, from + (to - from) * 0.2, s.w, t * 0.6, (to - from) * 0.4, 0.001);
            for (let i = 0; i < 4; i++)
                b.block(
                    material,
                    (i / 3 - 0.5) * s.w * 0.85,
                    0,
                    from + (to - from) * 0.7,
                    s.w * 0.1,
                    t * 0.6,
                    (to - from) * 0.6,
                    0
                );
        } else b.block(material, 0, 0, (from + to) / 2, s.w, head === 'flat' ? t * 0.5 : s.h, to - from, 0.001);
    };
