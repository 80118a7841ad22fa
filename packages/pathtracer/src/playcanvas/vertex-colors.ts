/**
 * Colours of vertices. The engine multiplies them into whatever a material's switches name (`diffuseVertexColor`, …; its chunks
 * `diffuse` and `opacity`, 2.23.3); the tracer has them with the mesh, as factors on base colour and opacity. So a mesh is read
 * once for each way in which its materials take them.
 */
import {
    type Material as EngineMaterial,
    type Mesh as EngineMesh,
    SEMANTIC_COLOR,
    StandardMaterial,
    TYPE_INT8,
    TYPE_INT16,
    TYPE_UINT8,
    TYPE_UINT16
} from 'playcanvas';
import { clamp01 } from './linear-color.ts';

/** How a material takes the colours of vertices: channels for base colour and opacity ('' for none); null: not at all. */
export type VertexColorUse = `${string}/${string}/${'gamma' | 'linear'}` | null;

/** Largest values of integers that mean 1. */
const WHOLE = new Map<number, number>([
    [TYPE_INT8, 127],
    [TYPE_UINT8, 255],
    [TYPE_INT16, 32767],
    [TYPE_UINT16, 65535]
]);

/** Switches whose colours the tracer has no place for, with what they tint. */
const OTHERS = ['emissive', 'gloss', 'metalness', 'specular', 'ao', 'light', 'sheen', 'clearCoat'] as const;

/** Whether a mesh has a stream of colours. */
export function hasVertexColors(mesh: EngineMesh | null): boolean {
    return mesh?.vertexBuffer?.format?.elements.some(({ name }) => name === SEMANTIC_COLOR) ?? false;
}

/** See {@link VertexColorUse}. */
export function vertexColorUse(material: EngineMaterial | null): VertexColorUse {
    if (!(material instanceof StandardMaterial)) return null;
    const color = switched(material, 'diffuse');
    const opacity = switched(material, 'opacity');
    if (!color && !opacity) return null;
    // The engine's declarations (2.23.3) miss the flag.
    const { vertexColorGamma } = material as unknown as { vertexColorGamma: boolean };
    return `${color}/${opacity}/${vertexColorGamma ? 'gamma' : 'linear'}`;
}

/** What else a material takes from the colours of vertices, which is ignored. */
export function ignoredVertexColors(material: EngineMaterial | null): string[] {
    if (!(material instanceof StandardMaterial)) return [];
    // Materials of glTF have this switch on, though metals and dielectrics of index n have no specular colour.
    const specular = !material.useMetalness || material.useMetalnessSpecularColor;
    return OTHERS.filter((name) => (name !== 'specular' || specular) && switched(material, name));
}

/** 4 floats a vertex, or null if the mesh has no colours. */
export function vertexColorsOf(mesh: EngineMesh, vertices: number, use: VertexColorUse): Float32Array | null {
    if (use === null || !hasVertexColors(mesh)) return null;
    const { dataType, normalize, numComponents } = mesh.vertexBuffer.format.elements.find(
        ({ name }) => name === SEMANTIC_COLOR
    ) as unknown as { dataType: number; normalize: boolean; numComponents: number };
    const stored: number[] = [];
    if (mesh.getColors(stored) !== vertices) return null;
    const scale = normalize ? 1 / (WHOLE.get(dataType) ?? 1) : 1;
    const [color = '', opacity = '', encoding] = use.split('/');
    const decode = encoding === 'gamma' ? (value: number): number => value ** 2.2 : (value: number): number => value;
    const at = (vertex: number, channel: string): number => {
        const k = 'rgba'.indexOf(channel);
        if (k >= numComponents) return k === 3 ? 1 : 0;
        const value = clamp01(stored[vertex * numComponents + k]! * scale);
        return k === 3 ? value : decode(value);
    };
    const out = new Float32Array(vertices * 4).fill(1);
    for (let v = 0; v < vertices; v++) {
        // One channel in place of three tints them all.
        for (let k = 0; color && k < 3; k++) out[v * 4 + k] = at(v, color[color.length === 1 ? 0 : k]!);
        if (opacity) out[v * 4 + 3] = at(v, opacity[0]!);
    }
    return out;
}

/** The channels that a switch takes, '' if it is off. */
function switched(material: StandardMaterial, name: string): string {
    const read = material as unknown as Record<string, unknown>;
    return read[`${name}VertexColor`] === true ? String(read[`${name}VertexColorChannel`] ?? '') : '';
}
