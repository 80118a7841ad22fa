// Writes the triangles of a mesh anew from its moved vertices: corners and edges, and the normals of its corners. Tangents are carried
// along with the edges: the direction in which texture coordinates grow is the same mix of both before and after. (Each time is
// rounded to 16 bits, 0.005 degrees.)
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

const TANGENT_SIGN = 0x10000u;

fn octahedralVector(packed: u32) -> vec3f {
    let e = unpack2x16snorm(packed);
    let z = 1.0 - abs(e.x) - abs(e.y);
    let t = max(-z, 0.0);
    return vec3f(e + select(vec2f(t), vec2f(-t), e >= vec2f(0.0)), z);
}

// A tangent on a triangle with the edges a, which are now the edges b.
fn carried(word: u32, a1: vec3f, a2: vec3f, b1: vec3f, b2: vec3f) -> u32 {
    if (word == 0u) {
        return 0u;
    }
    let tangent = normalize(octahedralVector(word & ~TANGENT_SIGN));
    let n = cross(a1, a2);
    let m = cross(b1, b2);
    let along = vec2f(dot(tangent, a1), dot(tangent, a2));
    let square = vec3f(dot(a1, a1), dot(a1, a2), dot(a2, a2));
    let determinant = square.x * square.z - square.y * square.y;
    // A triangle without area has lost its directions: those before stand.
    if (!(determinant > 0.0 && dot(n, n) > 0.0 && dot(m, m) > 0.0)) {
        return word;
    }
    let inPlane = vec2f(along.x * square.z - along.y * square.y, along.y * square.x - along.x * square.y) / determinant;
    // Where normals bend, tangents rise above their triangle.
    let moved = b1 * inPlane.x + b2 * inPlane.y + normalize(m) * dot(tangent, normalize(n));
    return max((octahedral(moved) & ~TANGENT_SIGN) | (word & TANGENT_SIGN), 1u);
}

// The absolute coordinates of the edges, summed: the upper 16 bits of the float, rounded up.
fn sizeOf(e1: vec3f, e2: vec3f) -> u32 {
    let size = abs(e1.x) + abs(e1.y) + abs(e1.z) + abs(e2.x) + abs(e2.y) + abs(e2.z);
    return (bitcast<u32>(size) & 0xffff0000u) + 0x10000u;
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
    let r1 = triangles[row + 1u];
    let r2 = triangles[row + 2u];
    let old1 = bitcast<vec3f>(r1.xyz);
    let old2 = bitcast<vec3f>(r2.xyz);
    triangles[row] = vec4u(bitcast<vec3u>(a), sizeOf(e1, e2) | (triangles[row].w & 0xffffu));
    triangles[row + 1u] = vec4u(bitcast<vec3u>(e1), carried(r1.w, old1, old2, e1, e2));
    triangles[row + 2u] = vec4u(bitcast<vec3u>(e2), carried(r2.w, old1, old2, e1, e2));
    shading[attributes + 2u].w = carried(shading[attributes + 2u].w, old1, old2, e1, e2);
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
