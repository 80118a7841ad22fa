/** The eyes of the app's XR session, where the engine has them: in the world, the camera's parent counted in. */
import { badInput } from '@mixreel/core';
import { type AppBase, type Mat4, Quat, Vec3 } from 'playcanvas';
import type { XrViewLike } from '../scene/stereo.ts';

/** What is used of the engine's XrView; its declarations (2.23.3) hide the matrices. */
interface EngineXrView {
    readonly eye: XrViewLike['eye'];
    readonly projMat: Mat4;
    /** Eye to world. */
    readonly viewInvOffMat: Mat4;
}

/** @throws MixreelError `bad-input` if no session runs. */
export function xrViews(app: AppBase): XrViewLike[] {
    const { xr } = app;
    const views = xr?.active ? (xr.views.list as unknown as readonly EngineXrView[]) : [];
    if (views.length === 0) {
        throw badInput('no XR session runs', 'a session, or views', 'Start one with app.xr, or pass views');
    }
    return views.map(({ eye, projMat, viewInvOffMat }) => ({
        eye,
        projectionMatrix: [...projMat.data],
        transform: {
            position: viewInvOffMat.getTranslation(new Vec3()),
            orientation: new Quat().setFromMat4(viewInvOffMat)
        }
    }));
}
