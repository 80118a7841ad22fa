import { Document } from '@gltf-transform/core';
import { chiSquareTest, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apertureSample, type CameraView, cameraFrame, cameraRay } from '../../src/scene/camera.ts';
import { sceneFromDocument } from '../../src/scene/scene-from-document.ts';
import { stereoViews } from '../../src/scene/stereo.ts';
import { orthographicProjection, perspectiveView, viewProjection } from '../../src/scene/view.ts';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
/** Looks along -z from the origin. */
const pinhole = perspectiveView({ position: [0, 0, 0], target: [0, 0, -1], fovYRad: 1, aspect: 1.5 });
const seen = (m: readonly number[], p: readonly number[]): [number, number] => {
    const row = (k: number): number => m[k]! * p[0]! + m[4 + k]! * p[1]! + m[8 + k]! * p[2]! + m[12 + k]!;
    return [(row(0) / row(3)) * 0.5 + 0.5, 0.5 - (row(1) / row(3)) * 0.5];
};
const along = ({ origin, direction }: ReturnType<typeof cameraRay>, t: number): number[] =>
    origin.map((x, k) => x + t * direction[k]!);

describe('rays of cameras', () => {
    const turned = perspectiveView({ position: [1, 2, 3], target: [-2, 0, 1], fovYRad: 0.9, aspect: 1.3 });
    const shifted = [...turned.projection];
    [shifted[8], shifted[9]] = [0.2, -0.1];
    const parallel = orthographicProjection(2, 1.5);
    [parallel[12], parallel[13]] = [0.3, -0.2];
    const views: [string, CameraView][] = [
        ['perspective', turned],
        ['off-centre', { ...turned, projection: shifted }],
        ['orthographic', { ...turned, projection: parallel }]
    ];

    it.each(views)('pass through what the projection puts there (%s)', (_, view) => {
        const m = viewProjection(view);
        fc.assert(
            fc.property(unit, unit, fc.double({ min: 0.1, max: 50, noNaN: true }), (x, y, t) => {
                const [sx, sy] = seen(m, along(cameraRay(cameraFrame(view), x, y), t));
                expect(sx).toBeCloseTo(x, 9);
                expect(sy).toBeCloseTo(y, 9);
            })
        );
    });

    it('are parallel in an orthographic camera, and as far apart as the picture is wide', () => {
        const camera = cameraFrame({ ...turned, projection: orthographicProjection(2, 1.5) });
        const [left, right] = [cameraRay(camera, 0, 0.5), cameraRay(camera, 1, 0.5)];
        expect(left.direction).toEqual(right.direction);
        expect(Math.hypot(...left.origin.map((x, k) => x - right.origin[k]!))).toBeCloseTo(4, 12);
    });

    it('look everywhere from a panorama: ahead in the middle, right at three quarters, up at the top', () => {
        const camera = cameraFrame({ ...pinhole, kind: 'equirectangular' });
        const looks = (x: number, y: number, expected: readonly number[]): void => {
            for (const [k, value] of cameraRay(camera, x, y).direction.entries())
                expect(value).toBeCloseTo(expected[k]!, 12);
        };
        looks(0.5, 0.5, [0, 0, -1]);
        looks(0.75, 0.5, [1, 0, 0]);
        looks(0.25, 0.5, [-1, 0, 0]);
        looks(0, 0.5, [0, 0, 1]);
        looks(0.3, 0, [0, 1, 0]);
        looks(0.5, 0.75, [0, -Math.SQRT1_2, -Math.SQRT1_2]);
    });
});

describe('a thin lens', () => {
    const lens = { radiusM: 0.05, focusM: 2 };

    it('sends all rays of a point of the picture through one point of the plane in focus', () => {
        for (const projection of [pinhole.projection, orthographicProjection(1, 1)]) {
            const camera = cameraFrame({ ...pinhole, projection, lens });
            fc.assert(
                fc.property(unit, unit, unit, unit, (x, y, u, v) => {
                    const sharp = cameraRay(camera, x, y);
                    const blurred = cameraRay(camera, x, y, apertureSample(0, u, v));
                    const [a, b] = [along(sharp, -2 / sharp.direction[2]), along(blurred, -2 / blurred.direction[2])];
                    for (let k = 0; k < 3; k++) expect(b[k]).toBeCloseTo(a[k]!, 9);
                })
            );
        }
    });

    it('spreads a point at depth z over a circle of confusion of radius R |z - f| / (f z) at unit distance', () => {
        const camera = cameraFrame({ ...pinhole, lens });
        const scale = camera.scale[1];
        for (const z of [0.5, 1, 2, 4, 40]) {
            const radius = (0.05 * Math.abs(z - 2)) / (2 * z);
            for (const turn of [0, 0.2, 0.7]) {
                // The rim of the aperture sees the point (0, 0, -z) this far from the middle of the picture.
                const l = apertureSample(0, turn, 1);
                const d = l.map((x) => (x * 0.05 * (z - 2)) / (2 * z));
                const ray = cameraRay(camera, 0.5 + d[0]! / camera.scale[0] / 2, 0.5 - d[1]! / scale / 2, l);
                const p = along(ray, -z / ray.direction[2]);
                expect(Math.hypot(p[0]!, p[1]!)).toBeLessThan(1e-12);
                expect(Math.hypot(...d)).toBeCloseTo(radius, 12);
            }
        }
    });

    it('has an aperture of even density: a disk, or a polygon of so many blades', () => {
        for (const blades of [0, 3, 5, 6]) {
            const n = 40;
            let [inner, outside, mean] = [0, 0, 0];
            const apothem = blades === 0 ? 1 : Math.cos(Math.PI / blades);
            for (let i = 0; i < n * n; i++) {
                const [x, y] = apertureSample(blades, ((i % n) + 0.5) / n, (Math.floor(i / n) + 0.5) / n);
                mean += x;
                if (Math.hypot(x, y) > 1) outside++;
                // The half of the area whose shape is the aperture's own.
                if (Math.hypot(x, y) < apothem * Math.SQRT1_2) inner++;
            }
            const area = blades === 0 ? Math.PI : (blades / 2) * Math.sin((2 * Math.PI) / blades);
            expect(outside).toBe(0);
            expect(mean / n / n).toBeCloseTo(0, 2);
            // 1600 stratified points: their count in a disk is right to about a cell's boundary.
            expect(Math.abs(inner / (n * n) - (Math.PI * apothem ** 2) / 2 / area)).toBeLessThan(0.02);
        }
    });

    it.each([0, 3, 5, 8])('has points that fall evenly on its aperture of %i blades (chi-square)', (blades) => {
        const random = Rng.create(8).stream('aperture');
        // A disk: 6 rings of the same area in 12 sectors; a polygon: each triangle from its middle to a side in 16 of the same size.
        const sectors = blades === 0 ? 12 : blades;
        const rings = blades === 0 ? 6 : 16;
        const counts = new Float64Array(sectors * rings);
        for (let i = 0; i < 30_000; i++) {
            const [x, y] = apertureSample(blades, random.float(), random.float());
            const turn = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
            const sector = Math.min(sectors - 1, Math.floor(turn * sectors));
            if (blades === 0) {
                counts[sector * rings + Math.min(rings - 1, Math.floor((x * x + y * y) * rings))]!++;
                continue;
            }
            const [a, b] = [(2 * Math.PI * sector) / blades, (2 * Math.PI * (sector + 1)) / blades];
            const size = Math.sin(b - a);
            // Of the two corners of the side.
            const u = 4 * Math.max(0, (x * Math.sin(b) - y * Math.cos(b)) / size);
            const v = 4 * Math.max(0, (y * Math.cos(a) - x * Math.sin(a)) / size);
            // Rows of 7, 5, 3 and 1 triangles, from the middle's corner on.
            const row = Math.min(3, Math.floor(u));
            const place = Math.min(6 - 2 * row, 2 * Math.floor(v) + ((u % 1) + (v % 1) >= 1 ? 1 : 0));
            counts[sector * rings + [0, 7, 12, 15][row]! + place]!++;
        }
        expect(chiSquareTest(counts, new Float64Array(counts.length).fill(1)).p).toBeGreaterThan(1e-4);
    });

    it('is refused where it cannot be', () => {
        const refused = (view: Partial<CameraView>, message: RegExp): void =>
            expect(() => cameraFrame({ ...pinhole, ...view })).toThrow(message);
        refused({ lens: { radiusM: -1, focusM: 1 } }, /radiusM -1/);
        refused({ lens: { radiusM: 0.1, focusM: 0 } }, /focusM 0/);
        refused({ lens: { radiusM: 0.1, focusM: 1, blades: 2 } }, /blades 2/);
        refused({ kind: 'equirectangular', lens }, /panorama has a lens/);
        refused({ rotation: [0, 0, 0, 0] }, /rotation 0, 0, 0, 0, of length 0 .*unit quaternion.*Normalise/);
        refused({ rotation: [0, 1, 0, 1] }, /of length 1.414/);
        refused({ rotation: [0, Number.NaN, 0, 1] }, /not finite/);
        refused({ rotation: [0, 0, 0, Infinity] }, /not finite/);
        refused({ position: [0, Number.NaN, 0] }, /not finite/);
        refused({ projection: pinhole.projection.map((x, i) => (i === 15 ? 0.5 : x)) }, /neither perspective/);
    });
});

describe('stereo pairs', () => {
    it('stand the distance of the eyes apart, from a head or from XR views', () => {
        const turned = perspectiveView({ position: [1, 2, 3], target: [4, 2, 3], fovYRad: 1, aspect: 1 });
        const { position, rotation, projection } = turned;
        const pair = stereoViews({ position, rotation, ipdM: 0.064, projections: [projection, projection] });
        // Looking along +x, right is +z.
        expect(pair.map((view) => view.position[2])).toEqual([expect.closeTo(2.968, 12), expect.closeTo(3.032, 12)]);
        const xr = pair.map((view) => ({
            eye: view.eye as 'left' | 'right',
            projectionMatrix: Float32Array.from(view.projection),
            transform: {
                position: { x: view.position[0], y: view.position[1], z: view.position[2] },
                orientation: { x: rotation[0], y: rotation[1], z: rotation[2], w: rotation[3] }
            }
        }));
        const again = stereoViews(xr.reverse());
        expect(again.map(({ eye, position: p }) => ({ eye, p }))).toEqual(
            pair.map(({ eye, position: p }) => ({ eye, p }))
        );
        expect(() => stereoViews(xr.slice(1))).toThrow(/right eye/);
    });
});

describe('glTF cameras', () => {
    it('that are orthographic become orthographic views', () => {
        const document = new Document();
        const camera = document.createCamera().setType('orthographic').setXMag(2).setYMag(1).setZNear(0.1).setZFar(9);
        const node = document.createNode('eye').setCamera(camera).setTranslation([0, 0, 5]);
        document.createScene().addChild(node);
        const { view } = sceneFromDocument(document);
        expect(cameraFrame(view!)).toMatchObject({ kind: 1, scale: [2, 1], position: [0, 0, 5] });
        expect(cameraFrame(sceneFromDocument(document, { aspect: 3 }).view!).scale).toEqual([3, 1]);
    });
});
