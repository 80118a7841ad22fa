/** One glTF primitive as a triangle mesh: lists, strips and fans; quantised and normalised attributes become floats. */
import type { Accessor, Primitive } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import type { GltfReader } from './gltf-reader.ts';
import type { Mesh } from './scene.ts';

/** Converts a primitive, or returns null (with an event) if it has no triangles to render. */
export function convertPrimitive(primitive: Primitive, name: string, reader: GltfReader): Mesh | null {
    const mode = primitive.getMode();
    if (mode < 4) {
        reader.note('skipped', 'points and lines are not rendered');
        return null;
    }
    const position = primitive.getAttribute('POSITION');
    if (!position?.getArray()) {
        throw badInput(
            `mesh "${name}" has a primitive without POSITION data`,
            'an accessor with its buffer',
            'Check that the .bin files lie beside the .gltf, or export the model again as GLB'
        );
    }
    const normal = primitive.getAttribute('NORMAL');
    const uv = primitive.getAttribute('TEXCOORD_0');
    const uv1 = primitive.getAttribute('TEXCOORD_1');
    const tangent = primitive.getAttribute('TANGENT');
    const colors = vertexColors(primitive);
    return {
        name,
        positions: floats(position, 3),
        indices: triangleIndices(primitive, position.getCount(), mode),
        ...(normal?.getArray() ? { normals: floats(normal, 3) } : {}),
        ...(uv?.getArray() ? { uvs: floats(uv, 2) } : {}),
        ...(uv1?.getArray() ? { uvs1: floats(uv1, 2) } : {}),
        ...(tangent?.getArray() && normal?.getArray() ? { tangents: floats(tangent, 4) } : {}),
        ...(colors ? { colors } : {})
    };
}

/** COLOR_0 as linear RGBA; null where there is none, or nothing but white. */
function vertexColors(primitive: Primitive): Float32Array | null {
    const color = primitive.getAttribute('COLOR_0');
    if (!color?.getArray()) return null;
    const width = color.getElementSize();
    const given = floats(color, width);
    if (given.every((x) => x >= 1)) return null;
    const out = new Float32Array(color.getCount() * 4).fill(1);
    for (let i = 0; i < color.getCount(); i++) out.set(given.subarray(i * width, (i + 1) * width), i * 4);
    return out;
}

/** An accessor's numbers, `width` an element. */
export function floats(accessor: Accessor, width: number): Float32Array {
    const array = accessor.getArray();
    if (array instanceof Float32Array && accessor.getElementSize() === width) return array;
    const out = new Float32Array(accessor.getCount() * width);
    const element: number[] = [];
    for (let i = 0; i < accessor.getCount(); i++) {
        accessor.getElement(i, element);
        for (let k = 0; k < width; k++) out[i * width + k] = element[k]!;
    }
    return out;
}

function triangleIndices(primitive: Primitive, vertices: number, mode: number): Uint32Array {
    const given = primitive.getIndices()?.getArray();
    const list = given ? Uint32Array.from(given) : Uint32Array.from({ length: vertices }, (_, i) => i);
    // A trailing part of a triangle is not one.
    if (mode === 4) return list.subarray(0, list.length - (list.length % 3));
    const count = Math.max(0, list.length - 2);
    const out = new Uint32Array(count * 3);
    for (let i = 0; i < count; i++) {
        const fan = mode === 6;
        const odd = i % 2 === 1;
        out[i * 3] = fan ? list[0]! : list[i]!;
        out[i * 3 + 1] = list[fan ? i + 1 : odd ? i + 2 : i + 1]!;
        out[i * 3 + 2] = list[fan ? i + 2 : odd ? i + 1 : i + 2]!;
    }
    return out;
}
