// Writes the triangles of a mesh anew from its moved vertices: corners and edges, and the normals of its corners.
// Twin: packages/pathtracer/src/tracer/pack-triangles.ts.

struct Deform {
    triangleBase: u32,
    triangleCount: u32,
    // First float of the normals among the vertices; 0: none, triangles are flat.
    normals: u32,
    // Rows of a triangle in `shading`.
    stride: u32,
}

@group(0) @binding(0) var<uniform> deform: Deform;
@group(0) @binding(1) var<storage, read_write> triangles: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> shading: array<vec4u>;
// Positions, then normals.
@group(0) @binding(3) var<storage, read> vertices: array<f32>;
@group(0) @binding(4) var<storage, read> indices: array<u32>;

fn vertexAt(first: u32, index: u32) -> vec3f {
    let at = first + index * 3u;
    return vec3f(vertices[at], vertices[at + 1u], vertices[at + 2u]);
}

fn octahedral(n: vec3f) -> u32 {
    let sum = abs(n.x) + abs(n.y) + abs(n.z);
    if (!(sum > 0.0)) {
        return 0x7fff0000u;
    }
    var e = n.xy / sum;
    if (n.z < 0.0) {
        e = (1.0 - abs(e.yx)) * select(vec2f(-1.0), vec2f(1.0), e >= vec2f(0.0));
    }
    return pack2x16snorm(e);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.y * groups.x * 64u + id.x;
    if (i >= deform.triangleCount) {
        return;
    }
    let row = (deform.triangleBase + i) * 3u;
    let attributes = (deform.triangleBase + i) * deform.stride;
    // Index of the triangle in its mesh.
    let triangle = shading[attributes + 2u].z;
    let corners = vec3u(indices[triangle * 3u], indices[triangle * 3u + 1u], indices[triangle * 3u + 2u]);
    let a = vertexAt(0u, corners.x);
    let e1 = vertexAt(0u, corners.y) - a;
    let e2 = vertexAt(0u, corners.z) - a;
    triangles[row] = vec4u(bitcast<vec3u>(a), triangles[row].w);
    triangles[row + 1u] = vec4u(bitcast<vec3u>(e1), triangles[row + 1u].w);
    triangles[row + 2u] = vec4u(bitcast<vec3u>(e2), triangles[row + 2u].w);
    var normals = vec3u(octahedral(cross(e1, e2)));
    if (deform.normals != 0u) {
        for (var k = 0u; k < 3u; k += 1u) {
            let given = vertexAt(deform.normals, corners[k]);
            if (any(given != vec3f(0.0))) {
                normals[k] = octahedral(given);
            }
        }
    }
    shading[attributes] = vec4u(normals, shading[attributes].w);
}
