/** Shape plugins of Mitsuba as triangles. */
import { decodeText } from '../convert/import-context.ts';
import { IDENTITY, lookAt, type Mat4, multiply, scaling, subtract, translation, type Vec3 } from '../convert/mat4.ts';
import type { Pictures } from '../convert/pictures.ts';
import type { ReportBuilder } from '../convert/report.ts';
import {
    cube,
    cylinder,
    disk,
    flipWinding,
    ROUND_SEGMENTS,
    rectangle,
    smoothNormals,
    sphere,
    type TriangleMesh
} from '../convert/triangle-mesh.ts';
import { readObjText } from '../obj/obj-mesh.ts';
import { readPlyMesh, unreadPly } from '../ply/ply-mesh.ts';
import type { MitsubaObject } from './mitsuba-object.ts';

/** Triangles and what has to be done to them before the shape's own transform. */
export interface ReadShape {
    readonly mesh: TriangleMesh;
    readonly local: Mat4;
}

/** Reads shapes; a file with the same options once. */
export class MitsubaShapes {
    readonly #files: Pictures;
    readonly #report: ReportBuilder;
    readonly #meshes = new Map<string, Promise<readonly TriangleMesh[]>>();
    readonly #named = new Map<string, TriangleMesh>();

    constructor(files: Pictures, report: ReportBuilder) {
        this.#files = files;
        this.#report = report;
    }

    /** The meshes of a shape; none (and a line in the report) for one that is not read. */
    async read(shape: MitsubaObject): Promise<readonly ReadShape[]> {
        const flip = shape.truth('flipnormals', false);
        const shapes = await this.#read(shape);
        return flip ? shapes.map(({ mesh, local }) => ({ mesh: flipWinding(mesh), local })) : shapes;
    }

    async #read(shape: MitsubaObject): Promise<readonly ReadShape[]> {
        const one = (mesh: TriangleMesh, local: Mat4 = IDENTITY) => [{ mesh, local }];
        // One object for each kind, so that the document holds its vertices once.
        const shared = (make: () => TriangleMesh) => {
            const mesh = this.#named.get(shape.type) ?? make();
            this.#named.set(shape.type, mesh);
            return mesh;
        };
        const round = (what: string) => this.#report.approximate(what, `triangles, ${ROUND_SEGMENTS} around`);
        switch (shape.type) {
            case 'obj':
            case 'ply':
                return (await this.#file(shape)).map((mesh) => ({ mesh, local: IDENTITY }));
            case 'rectangle':
                // Mitsuba's v runs along +y from the top of a picture.
                return one(shared(() => turned(rectangle())));
            case 'cube':
                return one(shared(cube));
            case 'disk':
                round('disk');
                return one(shared(() => disk(1, 0, 0)));
            case 'sphere': {
                round('sphere');
                const radius = shape.number('radius', 1);
                return one(
                    shared(() => sphere(1)),
                    multiply(translation(...shape.vector('center', [0, 0, 0])), scaling(radius, radius, radius))
                );
            }
            case 'cylinder': {
                round('cylinder');
                const [p0, p1] = [shape.vector('p0', [0, 0, 0]), shape.vector('p1', [0, 0, 1])];
                const length = Math.hypot(...subtract(p1, p0));
                const axis = subtract(p1, p0);
                const up: Vec3 = Math.abs(axis[1]) > 0.9 * length ? [1, 0, 0] : [0, 1, 0];
                return one(cylinder(shape.number('radius', 1), 0, length), lookAt(p0, p1, up));
            }
            default:
                this.#report.unsupported(`shape "${shape.type}"`);
                shape.readAll();
                return [];
        }
    }

    #file(shape: MitsubaObject): Promise<readonly TriangleMesh[]> {
        const name = shape.text('filename', '');
        const flat = shape.truth('facenormals', false);
        // OBJ files have v = 0 at the bottom, which Mitsuba turns round unless told otherwise; PLY files are taken as they are.
        const flipV = shape.truth('fliptexcoords', shape.type === 'obj');
        const key = JSON.stringify([shape.type, name, flat, flipV]);
        const known = this.#meshes.get(key) ?? this.#load(shape.type, name, flat, flipV);
        this.#meshes.set(key, known);
        return known;
    }

    async #load(type: string, name: string, flat: boolean, flipV: boolean): Promise<readonly TriangleMesh[]> {
        const bytes = await this.#files.file(name);
        if (type === 'ply') for (const what of unreadPly(bytes)) this.#report.unsupported(`PLY "${name}": ${what}`);
        const meshes =
            type === 'ply'
                ? [readPlyMesh(bytes, flipV)]
                : readObjText(decodeText(bytes, 'OBJ')).parts.map(({ mesh }) => (flipV ? mesh : turned(mesh)));
        return meshes.map((mesh) => {
            const { normals, ...rest } = mesh;
            if (flat) return rest;
            return normals ? mesh : smoothNormals(mesh);
        });
    }
}

/** Undoes the turn of v that reading OBJ does. */
function turned(mesh: TriangleMesh): TriangleMesh {
    return mesh.uvs ? { ...mesh, uvs: mesh.uvs.map((value, i) => (i & 1 ? 1 - value : value)) } : mesh;
}
