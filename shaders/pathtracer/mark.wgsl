// Marks the triangles of a mesh as maybe transparent, or as opaque, after an instance of it got another material.

struct Mark {
    triangleBase: u32,
    triangleCount: u32,
    flags: u32,
    reserved: u32,
}

@group(0) @binding(0) var<uniform> mark: Mark;
@group(0) @binding(1) var<storage, read_write> triangles: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.y * groups.x * 64u + id.x;
    if (i < mark.triangleCount) {
        let row = (mark.triangleBase + i) * 3u;
        triangles[row].w = (triangles[row].w & 0xffff0000u) | mark.flags;
    }
}
