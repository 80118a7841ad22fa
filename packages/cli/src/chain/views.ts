/**
 * Where the camera is: a scene's own view at another shape of picture, a view that shows the whole of a scene that has no
 * camera, and a short movement of a head. Positions in metres, angles in radians.
 */
import type { View } from '@mixreel/image';
import { type CameraView, perspectiveView, type Scene } from '@mixreel/pathtracer';

/** Vertical field of view of a made-up camera: a 35 mm film camera's 28 mm lens, as product views use. */
const FIELD_OF_VIEW_RAD = 0.8;
/** From where a made-up camera looks: right of, above and in front of the scene. */
const DIRECTION = [0.55, 0.4, 0.75] as const;

/** A view with the same vertical field of view for a picture of another shape. */
export function withAspect(view: View, aspect: number): View {
    const projection = [...view.projection];
    projection[0] = (projection[5] as number) / aspect;
    return { ...view, projection };
}

/** The scene's own camera, or one that sees all of it. */
export function viewOf(scene: Scene, aspect: number): { view: View; own: boolean } {
    if (scene.view) return { view: withAspect(scene.view, aspect), own: true };
    const { low, high } = bounds(scene);
    const target = low.map((value, i) => (value + (high[i] as number)) / 2) as [number, number, number];
    const radius = Math.max(1e-3, Math.hypot(...high.map((value, i) => value - (low[i] as number))) / 2);
    const half = Math.atan(Math.tan(FIELD_OF_VIEW_RAD / 2) * Math.min(1, aspect));
    const distance = radius / Math.sin(half);
    const length = Math.hypot(...DIRECTION);
    const position = target.map((value, i) => value + ((DIRECTION[i] as number) / length) * distance);
    const init = { position: position as [number, number, number], target, fovYRad: FIELD_OF_VIEW_RAD, aspect };
    return { view: perspectiveView({ ...init, near: distance / 1000, far: distance * 10 }), own: false };
}

/** The camera of a view: with a lens if the radius is not 0, focused on the scene's middle if the distance is; or a panorama. */
export function cameraOf(
    scene: Scene,
    view: View,
    init: { readonly panorama: boolean; readonly radiusM: number; readonly focusM: number }
): CameraView {
    const kind = init.panorama ? 'equirectangular' : 'projection';
    if (init.radiusM === 0) return { ...view, kind };
    const { low, high } = bounds(scene);
    const middle = low.map((value, i) => (value + (high[i] as number)) / 2 - (view.position[i] as number));
    // Along the camera's axis, its local -z: the third column of its rotation matrix is its back.
    const [x, y, z, w] = view.rotation;
    const back = [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)];
    const ahead = -middle.reduce((sum, value, i) => sum + value * (back[i] as number), 0);
    const focusM = init.focusM > 0 ? init.focusM : Math.max(ahead, 0.01);
    return { ...view, kind, lens: { radiusM: init.radiusM, focusM } };
}

/** Corners of the box around all instances, by their meshes' boxes. */
function bounds(scene: Scene): { low: number[]; high: number[] } {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const { mesh, transform } of scene.instances) {
        const positions = scene.meshes[mesh]?.positions ?? new Float32Array(0);
        for (let v = 0; v < positions.length; v += 3) {
            for (let row = 0; row < 3; row++) {
                let value = transform[12 + row] as number;
                for (let k = 0; k < 3; k++) value += (transform[4 * k + row] as number) * (positions[v + k] as number);
                if (value < (low[row] as number)) low[row] = value;
                if (value > (high[row] as number)) high[row] = value;
            }
        }
    }
    return { low, high };
}

/** Sway of a standing person who looks around: amplitude and frequency of each degree of freedom, exaggerated to be seen. */
const SWAY = {
    rightM: { amplitude: 0.06, hertz: 0.35 },
    upM: { amplitude: 0.015, hertz: 0.7 },
    yawRad: { amplitude: 0.07, hertz: 0.45 }
};

const wave = ({ amplitude, hertz }: { amplitude: number; hertz: number }, timeS: number): number =>
    amplitude * Math.sin(2 * Math.PI * hertz * timeS);

/** The view of a head that stood at `base` at time 0. */
export function headView(base: View, timeS: number): View {
    const [x, y, z, w] = base.rotation;
    // The camera's own right axis, level: the first column of its rotation matrix without its y.
    const right = [1 - 2 * (y * y + z * z), 2 * (x * z - y * w)] as const;
    const aside = wave(SWAY.rightM, timeS) / (Math.hypot(right[0], right[1]) || 1);
    const position = [
        base.position[0] + aside * right[0],
        base.position[1] + wave(SWAY.upM, timeS),
        base.position[2] + aside * right[1]
    ] as const;
    // Yaw about the world's up axis comes before the base rotation: q = yaw * base.
    const half = wave(SWAY.yawRad, timeS) / 2;
    const [s, c] = [Math.sin(half), Math.cos(half)];
    const rotation = [c * x + s * z, c * y + s * w, c * z - s * x, c * w - s * y] as const;
    return { ...base, position, rotation };
}
