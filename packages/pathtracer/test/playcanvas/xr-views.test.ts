import { type AppBase, Mat4, Quat, Vec3 } from 'playcanvas';
import { describe, expect, it } from 'vitest';
import { xrViews } from '../../src/playcanvas/xr-views.ts';
import { stereoViews } from '../../src/scene/stereo.ts';
import { perspectiveProjection } from '../../src/scene/view.ts';

const app = (xr: unknown): AppBase => ({ xr }) as unknown as AppBase;

describe("the eyes of the engine's XR session", () => {
    it('stand where its matrices put them, camera rig included', () => {
        const rig = new Mat4().setTRS(new Vec3(1, 2, 3), new Quat().setFromEulerAngles(0, 90, 0), Vec3.ONE);
        const list = (['right', 'left'] as const).map((eye) => {
            const inRig = new Mat4().setTranslate(eye === 'left' ? -0.03 : 0.03, 1.6, 0);
            const projMat = new Mat4();
            projMat.data.set(perspectiveProjection(1.5, 0.9, 0.1, 100));
            return { eye, projMat, viewInvOffMat: new Mat4().mul2(rig, inRig) };
        });
        const [left, right] = stereoViews(xrViews(app({ active: true, views: { list } })));
        // A quarter turn about y: the rig's +x is the world's -z.
        for (const [view, z] of [
            [left, 3.03],
            [right, 2.97]
        ] as const) {
            for (const [i, value] of [1, 3.6, z].entries()) expect(view.position[i]).toBeCloseTo(value, 6);
            for (const [i, value] of [0, Math.SQRT1_2, 0, Math.SQRT1_2].entries()) {
                expect(view.rotation[i]).toBeCloseTo(value, 6);
            }
        }
        expect(left.projection[0]).toBeCloseTo(1 / (Math.tan(0.75) * 0.9), 6);
    });

    it.each([null, { active: false, views: { list: [] } }])('are asked for where there are none: %o', (xr) => {
        expect(() => xrViews(app(xr))).toThrow(/no XR session runs.*pass views/s);
    });
});
