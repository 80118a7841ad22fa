// The scene's buffers and how their rows are read. Layouts are written by packages/pathtracer/src/tracer/pack-scene.ts.
import package::params::params;
import package::variant::{MIXED, HIT_QUEUE};
@if(SPLIT)
import package::split::splitPlace;

// Triangle: 3 rows in leaf order. v0, size and flags | e1 = v1 - v0, tangent 0 | e2 = v2 - v0, tangent 1. The size, for rounding, is
// the sum of the edges' absolute coordinates as a float, of which the upper 16 bits are here; below them lie the flags.
@if(!SPLIT)
@group(0) @binding(2) var<storage, read> triangles: array<vec4u>;
@if(SPLIT)
@group(0) @binding(2) var triangles: texture_2d_array<u32>;
// Triangle: 3 rows. three octahedral normals, local source | uv 0, uv 1 | uv 2, triangle index in its mesh, tangent 2. If the scene
// has them (params.shadingRows 6), 3 more: second uv 0, uv 1 | uv 2, colour 0 | colour 1, colour 2 (RGBA, 16 bits each).
@if(!SPLIT)
@group(0) @binding(3) var<storage, read> shading: array<vec4u>;
@if(SPLIT)
@group(0) @binding(3) var shading: texture_2d_array<u32>;
// Instances, sources, albedos, materials and their extensions, textures, lights, one after the other.
@group(0) @binding(4) var<storage, read> tables: array<vec4u>;

const TRIANGLE_MAY_BE_TRANSPARENT = 1u;
// Rays pass through its back; where there are instances, they say so.
const TRIANGLE_CULLED = 2u;

const INSTANCE_ROWS = 10u;
const INSTANCE_MIRRORED = 1u;
// Rows 7-9 are where it was in the frame before.
const INSTANCE_MOVED = 2u;
const INSTANCE_CULLED = 4u;
const MATERIAL_ROWS = 8u;
const LIGHT_ROWS = 6u;

const KIND_GLTF = 0u;
const KIND_DIFFUSE = 1u;
const KIND_CONDUCTOR = 2u;
const KIND_DIELECTRIC = 3u;
const KIND_PLASTIC = 4u;
const MATERIAL_DOUBLE_SIDED = 16u;
const MATERIAL_MASK = 32u;
const MATERIAL_BLEND = 64u;
const MATERIAL_THIN = 128u;
const MATERIAL_NONLINEAR = 256u;
const MATERIAL_SPECULAR = 512u;
const MATERIAL_BECKMANN = 1024u;
const MATERIAL_SINGLE = 2048u;
const MATERIAL_CLEARCOAT = 4096u;
const MATERIAL_SHEEN = 8192u;
const MATERIAL_IRIDESCENCE = 16384u;
const MATERIAL_ANISOTROPY = 32768u;
const MATERIAL_THROUGH = 65536u;
const MATERIAL_DISPERSION = 131072u;
const MATERIAL_ATTENUATED = 262144u;
// Textures of extensions.
const MATERIAL_MAPPED = 524288u;
// From this bit on, two of them: the queue that hits wait in (packages/pathtracer/src/tracer/material-queues.ts).
const MATERIAL_QUEUE = 20u;
const MATERIAL_UNLIT = 4194304u;

// Rows wherever they lie. (Traversal alone reads buffers' words one by one: see tryTriangle.)
@if(!SPLIT)
fn triangleRow(index: u32) -> vec4u {
    return triangles[index];
}
@if(SPLIT)
fn triangleRow(index: u32) -> vec4u {
    let place = splitPlace(index);
    return textureLoad(triangles, place.xy, place.z, 0);
}

@if(!SPLIT)
fn shadingRow(index: u32) -> vec4u {
    return shading[index];
}
@if(SPLIT)
fn shadingRow(index: u32) -> vec4u {
    let place = splitPlace(index);
    return textureLoad(shading, place.xy, place.z, 0);
}

// The triangle's place in its mesh.
fn indexInMesh(triangle: u32) -> u32 {
    return shadingRow(triangle * params.shadingRows + 2u).z;
}

fn rowF(index: u32) -> vec4f {
    return bitcast<vec4f>(tables[index]);
}

// Rows 0-2 world to object, 3-5 object to world (row-major 3x4), 6 (BVH root, first source, flags, volume: |determinant|), 7-9
// object to world in the frame before.
fn instanceRow(instance: u32) -> u32 {
    return params.instanceBase + instance * INSTANCE_ROWS;
}

// (material, semantic id, first light or NONE, layer id)
fn sourceOf(instance: u32, triangle: u32) -> vec4u {
    let local = shadingRow(triangle * params.shadingRows).w;
    let first = tables[instanceRow(instance) + 6u].y;
    return tables[params.sourceBase + first + local];
}

fn materialQueue(instance: u32, triangle: u32) -> u32 {
    if (!MIXED) {
        return HIT_QUEUE;
    }
    return (tables[params.materialBase + sourceOf(instance, triangle).x * MATERIAL_ROWS + 3u].x >> MATERIAL_QUEUE) & 3u;
}

fn transformPoint(row: u32, p: vec3f) -> vec3f {
    let q = vec4f(p, 1.0);
    return vec3f(dot(rowF(row), q), dot(rowF(row + 1u), q), dot(rowF(row + 2u), q));
}

fn transformVector(row: u32, v: vec3f) -> vec3f {
    return vec3f(dot(rowF(row).xyz, v), dot(rowF(row + 1u).xyz, v), dot(rowF(row + 2u).xyz, v));
}

// Object normal to world normal: the transpose of world to object, unnormalised.
fn transformNormal(row: u32, n: vec3f) -> vec3f {
    return rowF(row).xyz * n.x + rowF(row + 1u).xyz * n.y + rowF(row + 2u).xyz * n.z;
}

fn octahedral(packed: u32) -> vec3f {
    let e = unpack2x16snorm(packed);
    var n = vec3f(e, 1.0 - abs(e.x) - abs(e.y));
    let t = max(-n.z, 0.0);
    n.x += select(t, -t, n.x >= 0.0);
    n.y += select(t, -t, n.y >= 0.0);
    return normalize(n);
}

// Where to look a texture up: both sets of coordinates, and the area of the ray cone's footprint in each set's units.
struct TexturePoint {
    uv: vec2f,
    uv1: vec2f,
    area: f32,
    area1: f32,
}

// The texture coordinates of a hit, with a footprint of no area: the finest level of every texture.
fn triangleUv(triangle: u32, b: vec2f) -> TexturePoint {
    let row = triangle * params.shadingRows;
    let uv01 = bitcast<vec4f>(shadingRow(row + 1u));
    let uv2 = bitcast<vec2f>(shadingRow(row + 2u).xy);
    let w = 1.0 - b.x - b.y;
    var point = TexturePoint(uv01.xy * w + uv01.zw * b.x + uv2 * b.y, vec2f(0.0), 0.0, 0.0);
    while (params.shadingRows > 3u) {
        let second01 = bitcast<vec4f>(shadingRow(row + 3u));
        point.uv1 = second01.xy * w + second01.zw * b.x + bitcast<vec2f>(shadingRow(row + 4u).xy) * b.y;
        break;
    }
    return point;
}

fn unpackColor(words: vec2u) -> vec4f {
    return vec4f(unpack2x16unorm(words.x), unpack2x16unorm(words.y));
}

// Colour of the vertices at a hit, linear; white where there is none.
fn vertexColor(triangle: u32, b: vec2f) -> vec4f {
    var color = vec4f(1.0);
    while (params.shadingRows > 3u) {
        let row = triangle * params.shadingRows;
        let last = shadingRow(row + 5u);
        color = unpackColor(shadingRow(row + 4u).zw) * (1.0 - b.x - b.y);
        color += unpackColor(last.xy) * b.x + unpackColor(last.zw) * b.y;
        break;
    }
    return color;
}
