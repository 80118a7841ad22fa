// The layers beside the colour, from one ray through the centre of each pixel: free of noise, and where a pixel's motion starts.
// Three rows a pixel: albedo, depth | normal, instance id | motion, semantic id, 0. Depth FAR: nothing was hit.
import package::params::{params, NONE, FAR};
import package::path::cameraDirection;
import package::traverse::trace;
import package::surface::surfaceOf;

@group(0) @binding(12) var<storage, read_write> layers: array<vec4f>;

fn project(p: vec4f) -> vec2f {
    let clip = params.previousViewProjection * p;
    let ndc = clip.xy / clip.w;
    return vec2f((ndc.x * 0.5 + 0.5) * f32(params.widthPx), (0.5 - ndc.y * 0.5) * f32(params.heightPx));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let pixel = params.pixelStart + id.x;
    if (id.x >= params.pixelCount) {
        return;
    }
    let direction = cameraDirection(pixel, vec2f(0.5));
    let hit = trace(params.cameraPosition, direction, FAR, vec3u(pixel, 0u, 0u));
    let here = vec2f(f32(pixel % params.widthPx), f32(pixel / params.widthPx)) + 0.5;
    var motion = vec2f(0.0);
    if (hit.triangle == NONE) {
        if (params.hasPreviousView != 0u) {
            // The environment is infinitely far away: only the rotation of the camera moves it.
            motion = here - project(vec4f(direction, 0.0));
        }
        layers[pixel * 3u] = vec4f(0.0, 0.0, 0.0, FAR);
        layers[pixel * 3u + 1u] = vec4f(0.0);
        layers[pixel * 3u + 2u] = vec4f(motion, 0.0, 0.0);
        return;
    }
    let s = surfaceOf(hit, direction);
    if (params.hasPreviousView != 0u) {
        motion = here - project(vec4f(s.position, 1.0));
    }
    let depth = hit.t * -dot(direction, params.cameraBack);
    layers[pixel * 3u] = vec4f(s.baseColor, depth);
    layers[pixel * 3u + 1u] = vec4f(s.normal, f32(s.origin.w));
    layers[pixel * 3u + 2u] = vec4f(motion, f32(s.origin.y), 0.0);
}
