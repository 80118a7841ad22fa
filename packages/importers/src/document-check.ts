/**
 * Checks a glTF document whatever it was read from: positions are there and finite, indices point at vertices, attributes of
 * a primitive have one length, and there is something to see. Nothing is repaired: who exports the model knows best what it
 * should have been. Cost: one pass over positions and indices.
 */
import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { brokenModel, type GltfLimits, tooLarge } from './checked-gltf.ts';

const TRIANGLES = 4;
const STRIP = 5;
const FAN = 6;
/** Attributes in which a NaN ends up in the picture. */
const MUST_BE_FINITE = /^(POSITION|NORMAL|TEXCOORD_\d+|COLOR_\d+)$/;

/** Throws `bad-input` or `limit-exceeded`; returns the number of triangles in all meshes. */
export function checkDocument(document: Document, limits: GltfLimits): number {
    let triangles = 0;
    for (const mesh of document.getRoot().listMeshes()) {
        mesh.listPrimitives().forEach((primitive, i) => {
            const where = `primitive ${i} of mesh ${JSON.stringify(mesh.getName())}`;
            triangles += checkPrimitive(primitive, where);
            if (triangles > limits.maxTriangles) {
                throw tooLarge(`it has over ${triangles} triangles`, limits.maxTriangles, 'triangles');
            }
        });
    }
    if (triangles === 0) {
        throw badInput(
            'the model has no triangles',
            'at least one',
            'Export the meshes with it; points and lines do not count'
        );
    }
    return triangles;
}

function checkPrimitive(primitive: Primitive, where: string): number {
    const position = primitive.getAttribute('POSITION');
    if (!position?.getArray()) throw brokenModel(`${where} has no positions`, 'POSITION');
    if (position.getType() !== 'VEC3')
        throw brokenModel(`${where} has positions of type ${position.getType()}`, 'VEC3');
    const vertices = position.getCount();
    const checked = new Set<Accessor>();
    for (const semantic of primitive.listSemantics()) {
        const attribute = primitive.getAttribute(semantic)!;
        if (attribute.getCount() !== vertices) {
            throw brokenModel(`${where} has ${attribute.getCount()} of ${semantic}`, `${vertices} as positions`);
        }
        if (MUST_BE_FINITE.test(semantic) && !checked.has(attribute)) checkFinite(attribute, semantic, where);
        checked.add(attribute);
    }
    const indices = primitive.getIndices()?.getArray();
    if (indices) {
        for (let i = 0; i < indices.length; i++) {
            if (indices[i]! >= vertices) {
                throw brokenModel(`${where} has index ${indices[i]} at ${i}`, `less than ${vertices}, its vertices`);
            }
        }
    }
    return countTriangles(primitive.getMode(), indices ? indices.length : vertices);
}

function checkFinite(attribute: Accessor, semantic: string, where: string): void {
    const data = attribute.getArray();
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
    for (let i = 0; i < data.length; i++) {
        if (Number.isFinite(data[i]!)) continue;
        const size = attribute.getElementSize();
        throw brokenModel(`${where} has ${data[i]} in ${semantic} of vertex ${Math.floor(i / size)}`, 'finite numbers');
    }
}

function countTriangles(mode: number, corners: number): number {
    if (mode === TRIANGLES) return Math.floor(corners / 3);
    return mode === STRIP || mode === FAN ? Math.max(0, corners - 2) : 0;
}
