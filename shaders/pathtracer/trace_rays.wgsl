// The traversal alone, with the rays of a test: not in kernels.json, linked by packages/pathtracer/test/gpu/ray-tracer.ts.
import package::params::{params, NONE};
import package::scene::{indexInMesh, sourceOf};
import package::traverse::{trace, occluded};

// Two rows a ray: origin, tMax | direction, key of random choices.
@group(0) @binding(7) var<storage, read> rays: array<vec4f>;
// Two rows a ray: t, u, v, position of the triangle in the buffers or NONE | instance, triangle of its mesh, whether `occluded`
// says so too, 0.
@group(0) @binding(8) var<storage, read_write> found: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= arrayLength(&rays) / 2u) {
        return;
    }
    let start = rays[2u * id.x];
    let along = rays[2u * id.x + 1u];
    let key = vec3u(bitcast<u32>(along.w), 0u, 0u);
    let hit = trace(start.xyz, along.xyz, start.w, key);
    var instance = 0u;
    var triangle = 0u;
    if (hit.triangle != NONE) {
        instance = sourceOf(hit.instance, hit.triangle).w - 1u;
        triangle = indexInMesh(hit.triangle);
    }
    let blocked = occluded(start.xyz, along.xyz, start.w, key);
    found[2u * id.x] = vec4u(bitcast<vec3u>(vec3f(hit.t, hit.uv)), hit.triangle);
    found[2u * id.x + 1u] = vec4u(instance, triangle, select(0u, 1u, blocked), 0u);
}
