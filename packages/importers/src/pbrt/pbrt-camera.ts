/** The camera of a pbrt scene as glTF's, and whether the scene is seen in a mirror: pbrt is left-handed. */
import type { ImportContext } from '../convert/import-context.ts';
import { determinant, invert, type Mat4, multiply, scaling, transformPoint } from '../convert/mat4.ts';
import { brokenPbrt } from './pbrt-lexer.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** The Camera directive with the transform that held there. */
export interface PbrtCamera {
    readonly type: string;
    readonly parameters: Parameters;
    readonly worldToCamera: Mat4;
}

/** Turns the scene's world into a right-handed one. */
export const MIRROR: Mat4 = scaling(1, 1, -1);

/** True when the scene has to be mirrored to be right-handed. */
export function isMirrored({ worldToCamera }: PbrtCamera): boolean {
    return determinant(worldToCamera) > 0;
}

/** Adds the view, and the mirror if there is one. */
export function addPbrtCamera(
    { builder, options, report }: ImportContext,
    camera: PbrtCamera,
    ownFilm: { readonly widthPx: number; readonly heightPx: number }
): void {
    const { type, parameters, worldToCamera } = camera;
    const mirrored = isMirrored(camera);
    if (mirrored) builder.mirror();
    if (type !== 'perspective') report.approximate(`camera "${type}"`, 'a perspective one');
    const film = options.film ?? ownFilm;
    const aspect = film.widthPx / film.heightPx;
    // The field of view is that of the shorter side.
    const half = Math.tan((parameters.number('fov', 90) * Math.PI) / 360);
    const yfovRad = 2 * Math.atan(aspect >= 1 ? half : half / aspect);
    if (parameters.get('screenwindow')) report.unsupported('screen window');
    // pbrt's cameras look along +z with x to the right, glTF's along -z.
    const toWorld = multiply(invert(worldToCamera), MIRROR);
    const matrix = mirrored ? multiply(MIRROR, toWorld) : toWorld;
    const lensRadius = parameters.number('lensradius', 0);
    const at = transformPoint(matrix, [0, 0, 0]);
    if (!at.every(Number.isFinite)) throw brokenPbrt(0, 'the camera is nowhere', 'a finite transform');
    builder.addCamera({
        name: 'camera',
        matrix,
        yfovRad,
        ...film,
        ...(lensRadius > 0 ? { lensRadius, focusDistance: parameters.number('focaldistance', 1e6) } : {})
    });
}
