// The scene's buffers and how their rows are read. Layouts are written by packages/pathtracer/src/tracer/pack-scene.ts.
import package::params::params;

// Triangle: 3 rows in leaf order. v0, flags | e1 = v1 - v0, 0 | e2 = v2 - v0, 0.
@group(0) @binding(2) var<storage, read> triangles: array<vec4u>;
// Triangle: 3 rows. three octahedral normals, local source | uv0, uv1 | uv2, triangle index in its mesh, 0.
@group(0) @binding(3) var<storage, read> shading: array<vec4u>;
// Instances, sources, materials, textures, lights, one after the other.
@group(0) @binding(4) var<storage, read> tables: array<vec4u>;

const TRIANGLE_MAY_BE_TRANSPARENT = 1u;

const INSTANCE_ROWS = 7u;
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

fn rowF(index: u32) -> vec4f {
    return bitcast<vec4f>(tables[index]);
}

// Rows 0-2 world to object, 3-5 object to world (row-major 3x4), 6 (BVH root, first source, 1 if mirrored, 0).
fn instanceRow(instance: u32) -> u32 {
    return params.instanceBase + instance * INSTANCE_ROWS;
}

// (material, semantic id, first light or NONE, layer id)
fn sourceOf(instance: u32, triangle: u32) -> vec4u {
    let local = shading[triangle * 3u].w;
    let first = tables[instanceRow(instance) + 6u].y;
    return tables[params.sourceBase + first + local];
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

fn triangleUv(triangle: u32, b: vec2f) -> vec2f {
    let uv01 = bitcast<vec4f>(shading[triangle * 3u + 1u]);
    let uv2 = bitcast<vec2f>(shading[triangle * 3u + 2u].xy);
    return uv01.xy * (1.0 - b.x - b.y) + uv01.zw * b.x + uv2 * b.y;
}
