import { cornellBox, createScene, perspectiveView, quadMesh } from '@mixreel/pathtracer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cameraOf, headView, viewOf, withAspect } from '../../src/chain/views.ts';

const BASE = perspectiveView({ position: [1, 1.6, 2], target: [-1, 1, -3], fovYRad: 0.9, aspect: 2 });

test('a head stands at the base view at time 0 and never sways further than it says', () => {
    expect(headView(BASE, 0)).toEqual(BASE);
    fc.assert(
        fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (timeS) => {
            const { position, rotation } = headView(BASE, timeS);
            expect(Math.hypot(...rotation)).toBeCloseTo(1, 12);
            expect(Math.abs(position[1] - BASE.position[1])).toBeLessThanOrEqual(0.015 + 1e-12);
            const aside = Math.hypot(position[0] - BASE.position[0], position[2] - BASE.position[2]);
            expect(aside).toBeLessThanOrEqual(0.06 + 1e-12);
            // The angle between two unit quaternions: half of it is the arc cosine of their dot product.
            const dot = rotation.reduce((sum, value, i) => sum + value * (BASE.rotation[i] as number), 0);
            expect(2 * Math.acos(Math.min(1, Math.abs(dot)))).toBeLessThanOrEqual(0.07 + 1e-6);
        })
    );
});

test('another shape of picture keeps the vertical field of view', () => {
    const view = withAspect(BASE, 1);
    expect(view.projection[5]).toBe(BASE.projection[5]);
    expect(view.projection[0]).toBeCloseTo(BASE.projection[5] as number, 12);
});

test('a lens is focused on the middle of the scene, along the axis, if no distance is given', () => {
    const scene = cornellBox();
    const view = perspectiveView({ position: [0.5, 0.5, 3], target: [0.5, 0.5, 0], fovYRad: 0.9, aspect: 1 });
    const focus = (focusM: number): number | undefined =>
        cameraOf(scene, view, { panorama: false, radiusM: 0.1, focusM }).lens?.focusM;
    expect(focus(1.5)).toBe(1.5);
    const z = scene.meshes.flatMap((mesh) => [...mesh.positions].filter((_, i) => i % 3 === 2));
    expect(focus(0)).toBeCloseTo(3 - (Math.min(...z) + Math.max(...z)) / 2, 3);
    expect(cameraOf(scene, view, { panorama: true, radiusM: 0, focusM: 0 }).kind).toBe('equirectangular');
});

test("a scene's own camera is taken if it has one", () => {
    const scene = cornellBox();
    expect(viewOf(scene, 1).own).toBe(true);
});

test('a scene without a camera is seen whole, whatever its size, place and the shape of the picture', () => {
    const length = fc.double({ min: 0.01, max: 1000, noNaN: true });
    const place = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
        fc.property(
            length,
            length,
            place,
            place,
            fc.double({ min: 0.2, max: 5, noNaN: true }),
            (a, b, x, y, aspect) => {
                const corner = [x, y, 0] as const;
                const scene = createScene({
                    meshes: [quadMesh([...corner], [a, 0, 0], [0, 0, b])],
                    materials: [{ kind: 'diffuse' }],
                    instances: [{ mesh: 0, material: 0, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }]
                });
                const { view, own } = viewOf(scene, aspect);
                expect(own).toBe(false);
                for (const [u, v] of [
                    [0, 0],
                    [a, 0],
                    [0, b],
                    [a, b]
                ] as const) {
                    const [ndcX, ndcY] = project(view, [x + u, y, v]);
                    expect(Math.abs(ndcX)).toBeLessThanOrEqual(1.001);
                    expect(Math.abs(ndcY)).toBeLessThanOrEqual(1.001);
                }
            }
        )
    );
});

/** Normalised device coordinates of a world point: rotate by the inverse quaternion, then project. */
function project(view: typeof BASE, point: readonly number[]): [number, number] {
    const [x, y, z, w] = view.rotation;
    const [px, py, pz] = point.map((value, i) => value - (view.position[i] as number)) as [number, number, number];
    const [tx, ty, tz] = [2 * (pz * -y - py * -z), 2 * (px * -z - pz * -x), 2 * (py * -x - px * -y)];
    const cx = px + w * tx + (-y * tz - -z * ty);
    const cy = py + w * ty + (-z * tx - -x * tz);
    const cz = pz + w * tz + (-x * ty - -y * tx);
    return [((view.projection[0] as number) * cx) / -cz, ((view.projection[5] as number) * cy) / -cz];
}
