/** Shapes of pbrt as triangles. */
import type { Pictures } from '../convert/pictures.ts';
import type { ReportBuilder } from '../convert/report.ts';
import { cylinder, disk, ROUND_SEGMENTS, sphere, type TriangleMesh } from '../convert/triangle-mesh.ts';
import { readPlyMesh, unreadPly } from '../ply/ply-mesh.ts';
import { brokenPbrt } from './pbrt-lexer.ts';
import type { Parameters } from './pbrt-parameters.ts';

/** Reads shapes; PLY files once however often they are named. */
export class PbrtShapes {
    readonly #files: Pictures;
    readonly #report: ReportBuilder;
    readonly #meshes = new Map<string, Promise<TriangleMesh>>();

    constructor(files: Pictures, report: ReportBuilder) {
        this.#files = files;
        this.#report = report;
    }

    /** The triangles of a shape, or undefined (and a line in the report) for one that is not read. */
    async read(type: string, parameters: Parameters, line: number): Promise<TriangleMesh | undefined> {
        switch (type) {
            case 'trianglemesh':
            case 'loopsubdiv':
                if (type === 'loopsubdiv') {
                    this.#report.approximate('loopsubdiv', 'its control mesh');
                    for (const name of ['levels', 'nlevels', 'scheme']) parameters.get(name);
                }
                return inlineMesh(parameters, line);
            case 'plymesh':
                return this.#ply(parameters.text('filename', ''));
            case 'bilinearmesh':
                this.#report.approximate('bilinear patches', 'two triangles each');
                return patches(parameters, line);
            case 'sphere':
                this.#round('sphere');
                return sphere(parameters.number('radius', 1));
            case 'disk':
                this.#round('disk');
                return disk(
                    parameters.number('radius', 1),
                    parameters.number('innerradius', 0),
                    parameters.number('height', 0),
                    (parameters.number('phimax', 360) * Math.PI) / 180
                );
            case 'cylinder':
                this.#round('cylinder');
                return cylinder(
                    parameters.number('radius', 1),
                    parameters.number('zmin', -1),
                    parameters.number('zmax', 1),
                    (parameters.number('phimax', 360) * Math.PI) / 180
                );
            default:
                this.#report.unsupported(`shape "${type}"`);
                return undefined;
        }
    }

    #round(what: string): void {
        this.#report.approximate(what, `triangles, ${ROUND_SEGMENTS} around`);
    }

    #ply(name: string): Promise<TriangleMesh> {
        const load = async () => {
            const bytes = await this.#files.file(name);
            for (const what of unreadPly(bytes)) this.#report.unsupported(`PLY "${name}": ${what}`);
            return readPlyMesh(bytes, true);
        };
        const known = this.#meshes.get(name) ?? load();
        this.#meshes.set(name, known);
        return known;
    }
}

function inlineMesh(parameters: Parameters, line: number): TriangleMesh {
    const points = parameters.get('P')?.numbers ?? [];
    if (points.length < 9 || points.length % 3 !== 0)
        throw brokenPbrt(line, `a mesh has ${points.length} numbers in P`, '9 or more');
    const count = points.length / 3;
    const indices = parameters.get('indices')?.numbers ?? (count === 3 ? [0, 1, 2] : []);
    checkIndices(indices, 3, count, line);
    const normals = attribute(parameters, 'N', 3, count, line);
    const uvs = attribute(parameters, 'uv', 2, count, line) ?? attribute(parameters, 'st', 2, count, line);
    return {
        positions: Float32Array.from(points),
        ...(normals ? { normals } : {}),
        ...(uvs ? { uvs: uvs.map((value, i) => (i & 1 ? 1 - value : value)) } : {}),
        indices: Uint32Array.from(indices)
    };
}

function checkIndices(indices: ArrayLike<number>, group: number, count: number, line: number): void {
    if (indices.length === 0 || indices.length % group !== 0) {
        throw brokenPbrt(line, `a mesh has ${indices.length} indices`, `a multiple of ${group}`);
    }
    for (let i = 0; i < indices.length; i++) {
        const index = indices[i]!;
        if (!Number.isInteger(index) || index < 0 || index >= count)
            throw brokenPbrt(line, `a mesh has index ${index}`, `0 to ${count - 1}`);
    }
}

function attribute(
    parameters: Parameters,
    name: string,
    size: number,
    count: number,
    line: number
): Float32Array | undefined {
    const numbers = parameters.get(name)?.numbers;
    if (!numbers) return undefined;
    if (numbers.length === size * count) return Float32Array.from(numbers);
    throw brokenPbrt(line, `a mesh has ${numbers.length} numbers in ${name}`, String(size * count));
}

/** v4's bilinear patches: corners (0,0), (1,0), (0,1), (1,1). */
function patches(parameters: Parameters, line: number): TriangleMesh {
    const points = parameters.get('P')?.numbers ?? [];
    const count = points.length / 3;
    const corners = parameters.get('indices')?.numbers ?? (count === 4 ? [0, 1, 2, 3] : []);
    checkIndices(corners, 4, count, line);
    const indices: number[] = [];
    for (let i = 0; i < corners.length; i += 4) {
        const [a, b, c, d] = [corners[i]!, corners[i + 1]!, corners[i + 2]!, corners[i + 3]!];
        indices.push(a, b, d, a, d, c);
    }
    const normals = attribute(parameters, 'N', 3, count, line);
    const uvs = attribute(parameters, 'uv', 2, count, line);
    return {
        positions: Float32Array.from(points),
        ...(normals ? { normals } : {}),
        ...(uvs ? { uvs: uvs.map((value, i) => (i & 1 ? 1 - value : value)) } : {}),
        indices: Uint32Array.from(indices)
    };
}
