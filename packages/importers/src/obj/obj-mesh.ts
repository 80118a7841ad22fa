/**
 * Wavefront OBJ text as triangles, one mesh for each material (Wavefront's "Object Files", appendix B1 of the Advanced
 * Visualizer manual). Polygons are cut into fans; equal corners share a vertex. Curves, lines and points are reported, not read.
 */
import { badInput, type MixreelError } from '@mixreel/core';
import type { TriangleMesh } from '../convert/triangle-mesh.ts';

/** The triangles of one material. */
export interface ObjPart {
    /** Name by `usemtl`; empty before the first. */
    readonly material: string;
    readonly mesh: TriangleMesh;
}

export interface ObjFile {
    readonly parts: readonly ObjPart[];
    /** Files named by `mtllib`. */
    readonly libraries: readonly string[];
    /** Statements that were passed over, such as `curv`. */
    readonly ignored: readonly string[];
}

const WITHOUT_MEANING = new Set([
    'o',
    'g',
    's',
    'mg',
    'lod',
    'shadow_obj',
    'trace_obj',
    'vp',
    'bevel',
    'c_interp',
    'd_interp'
]);
const MAX_POLYGON = 65536;

function brokenObj(line: number, what: string, expected: string): MixreelError {
    return badInput(`line ${line} of the OBJ file: ${what}`, expected, 'Export the mesh again');
}

/** Grows by doubling; reading a file must not copy its numbers for each line. */
class FloatList {
    data: Float32Array<ArrayBuffer> = new Float32Array(3072);
    length: number = 0;

    push(value: number): void {
        if (this.length === this.data.length) {
            const larger = new Float32Array(2 * this.length);
            larger.set(this.data);
            this.data = larger;
        }
        this.data[this.length++] = value;
    }
}

interface Pools {
    readonly v: FloatList;
    readonly vt: FloatList;
    readonly vn: FloatList;
}

/** Parses OBJ text. Throws `bad-input` with the line. */
export function readObjText(text: string): ObjFile {
    const pools: Pools = { v: new FloatList(), vt: new FloatList(), vn: new FloatList() };
    const builders = new Map<string, PartBuilder>();
    const libraries: string[] = [];
    const ignored = new Set<string>();
    let part: PartBuilder | undefined;
    let number = 0;
    for (let from = 0; from < text.length; ) {
        let to = text.indexOf('\n', from);
        if (to < 0) to = text.length;
        let line = text.slice(from, to);
        from = to + 1;
        number++;
        while (line.trimEnd().endsWith('\\') && from < text.length) {
            const end = text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from);
            line = `${line.trimEnd().slice(0, -1)} ${text.slice(from, end)}`;
            from = end + 1;
            number++;
        }
        const hash = line.indexOf('#');
        const words = (hash < 0 ? line : line.slice(0, hash)).trim().split(/\s+/);
        const [keyword] = words;
        if (keyword === '') continue;
        if (keyword === 'v') numbers(words, 3, pools.v, number);
        else if (keyword === 'vt') numbers(words.length === 2 ? [...words, '0'] : words, 2, pools.vt, number);
        else if (keyword === 'vn') numbers(words, 3, pools.vn, number);
        else if (keyword === 'f') {
            part ??= partOf(builders, '');
            face(words, pools, part, number);
        } else if (keyword === 'usemtl') part = partOf(builders, line.trim().slice(6).trim());
        else if (keyword === 'mtllib') libraries.push(line.trim().slice(6).trim());
        else if (!WITHOUT_MEANING.has(keyword!)) ignored.add(keyword!.slice(0, 40));
    }
    const parts = [...builders]
        .filter(([, builder]) => builder.indices.length > 0)
        .map(([material, builder]) => ({ material, mesh: builder.build() }));
    return { parts, libraries, ignored: [...ignored] };
}

function partOf(builders: Map<string, PartBuilder>, material: string): PartBuilder {
    const known = builders.get(material) ?? new PartBuilder();
    builders.set(material, known);
    return known;
}

function numbers(words: readonly string[], count: number, into: FloatList, line: number): void {
    for (let i = 1; i <= count; i++) {
        const value = Number(words[i]);
        if (words[i] === undefined || (Number.isNaN(value) && !/^[-+]?nan/i.test(words[i]!))) {
            throw brokenObj(line, `"${words.join(' ').slice(0, 80)}"`, `${count} numbers`);
        }
        into.push(value);
    }
}

class PartBuilder {
    readonly positions: FloatList = new FloatList();
    readonly uvs: FloatList = new FloatList();
    readonly normals: FloatList = new FloatList();
    readonly indices: number[] = [];
    readonly #known = new Map<string, number>();
    #hasUvs = true;
    #hasNormals = true;

    /** Index of the corner `v/vt/vn`, whose numbers have been checked; -1 where there is none. */
    corner(key: string, v: number, vt: number, vn: number, pools: Pools): number {
        const known = this.#known.get(key);
        if (known !== undefined) return known;
        for (let c = 0; c < 3; c++) this.positions.push(pools.v.data[3 * v + c]!);
        this.uvs.push(vt < 0 ? 0 : pools.vt.data[2 * vt]!);
        // OBJ has v = 0 at the bottom of a picture, glTF at the top.
        this.uvs.push(vt < 0 ? 0 : 1 - pools.vt.data[2 * vt + 1]!);
        for (let c = 0; c < 3; c++) this.normals.push(vn < 0 ? 0 : pools.vn.data[3 * vn + c]!);
        if (vt < 0) this.#hasUvs = false;
        if (vn < 0) this.#hasNormals = false;
        const index = this.#known.size;
        this.#known.set(key, index);
        return index;
    }

    build(): TriangleMesh {
        const cut = (list: FloatList) => list.data.slice(0, list.length);
        return {
            positions: cut(this.positions),
            // A mesh that has normals or coordinates on some corners only has none to rely on.
            ...(this.#hasNormals ? { normals: cut(this.normals) } : {}),
            ...(this.#hasUvs ? { uvs: cut(this.uvs) } : {}),
            indices: Uint32Array.from(this.indices)
        };
    }
}

function face(words: readonly string[], pools: Pools, part: PartBuilder, line: number): void {
    const count = words.length - 1;
    if (count < 3 || count > MAX_POLYGON) throw brokenObj(line, `a face of ${count} corners`, `3 to ${MAX_POLYGON}`);
    const [nv, nt, nn] = [pools.v.length / 3, pools.vt.length / 2, pools.vn.length / 3];
    const corners = words.slice(1).map((word) => {
        const [v, vt, vn] = word.split('/');
        const index = (text: string | undefined, size: number) => {
            if (text === undefined || text === '') return -1;
            const value = Number(text);
            const at = value < 0 ? size + value : value - 1;
            if (Number.isInteger(value) && value !== 0 && at >= 0 && at < size) return at;
            throw brokenObj(line, `a corner "${word.slice(0, 40)}"`, `numbers from 1 to ${size}`);
        };
        const [a, b, c] = [index(v, nv), index(vt, nt), index(vn, nn)];
        if (a < 0) throw brokenObj(line, `a corner "${word.slice(0, 40)}"`, 'a vertex');
        return part.corner(`${a}/${b}/${c}`, a, b, c, pools);
    });
    for (let i = 2; i < corners.length; i++) part.indices.push(corners[0]!, corners[i - 1]!, corners[i]!);
}
