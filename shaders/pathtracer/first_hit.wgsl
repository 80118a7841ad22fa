// The layers beside the colour, from one ray through the centre of each pixel: free of noise, and where a pixel's motion starts.
// Three rows a pixel: albedo, depth | normal, instance id | motion, semantic id, 0. Depth FAR: nothing was hit.
import package::params::{params, NONE, FAR, PI};
import package::camera::{cameraRay, CAMERA_ORTHOGRAPHIC, CAMERA_EQUIRECTANGULAR};
import package::cone::cameraCone;
import package::scene::{triangleRow, tables, instanceRow, transformPoint, INSTANCE_MOVED};
import package::traverse::{trace, Hit};
import package::variant::FLATTENED;
import package::surface::surfaceOf;

@group(0) @binding(12) var<storage, read_write> layers: array<vec4f>;

// Where a point of the world (w = 1) or a direction (w = 0) was in the picture before, pixels from where it is now.
fn motionOf(p: vec4f, here: vec2f) -> vec2f {
    let size = vec2f(f32(params.widthPx), f32(params.heightPx));
    // With a panorama, the point in the camera's space.
    let clip = params.previousViewProjection * p;
    if (params.cameraKind == CAMERA_EQUIRECTANGULAR) {
        let d = normalize(clip.xyz);
        let before = vec2f(atan2(d.x, -d.z) / (2.0 * PI) + 0.5, acos(clamp(d.y, -1.0, 1.0)) / PI) * size;
        let motion = here - before;
        // The shorter way around.
        return vec2f(motion.x - size.x * round(motion.x / size.x), motion.y);
    }
    if (params.cameraKind == CAMERA_ORTHOGRAPHIC && p.w == 0.0) {
        return vec2f(0.0);
    }
    let ndc = clip.xy / clip.w;
    return here - vec2f(ndc.x * 0.5 + 0.5, 0.5 - ndc.y * 0.5) * size;
}

// Where the point that was hit was in the frame before, w 1; w 0 if it has not moved.
fn placeBefore(hit: Hit) -> vec4f {
    if (FLATTENED) {
        return vec4f(0.0);
    }
    let row = instanceRow(hit.instance);
    let i = hit.triangle * 3u;
    let e1 = bitcast<vec3f>(triangleRow(i + 1u).xyz);
    let e2 = bitcast<vec3f>(triangleRow(i + 2u).xyz);
    let p = bitcast<vec3f>(triangleRow(i).xyz) + e1 * hit.uv.x + e2 * hit.uv.y;
    let moved = (tables[row + 6u].z & INSTANCE_MOVED) != 0u;
    return select(vec4f(0.0), vec4f(transformPoint(row + 7u, p), 1.0), moved);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let pixel = params.pixelStart + id.x;
    if (id.x >= params.pixelCount) {
        return;
    }
    let ray = cameraRay(pixel, vec2f(0.5), vec2f(0.0));
    let direction = ray.direction;
    let hit = trace(ray.origin, direction, FAR, vec3u(pixel, 0u, 0u));
    let here = vec2f(f32(pixel % params.widthPx), f32(pixel / params.widthPx)) + 0.5;
    var motion = vec2f(0.0);
    if (hit.triangle == NONE) {
        if (params.hasPreviousView != 0u) {
            // The environment is infinitely far away: only the rotation of the camera moves it.
            motion = motionOf(vec4f(direction, 0.0), here);
        }
        layers[pixel * 3u] = vec4f(0.0, 0.0, 0.0, FAR);
        layers[pixel * 3u + 1u] = vec4f(0.0);
        layers[pixel * 3u + 2u] = vec4f(motion, 0.0, 0.0);
        return;
    }
    let s = surfaceOf(hit, direction, cameraCone());
    let before = placeBefore(hit);
    if (params.hasPreviousView != 0u || before.w > 0.0) {
        motion = motionOf(select(vec4f(s.position, 1.0), before, before.w > 0.0), here);
    }
    let along = select(-dot(direction, params.cameraBack), 1.0, params.cameraKind == CAMERA_EQUIRECTANGULAR);
    let depth = hit.t * along;
    layers[pixel * 3u] = vec4f(s.baseColor, depth);
    layers[pixel * 3u + 1u] = vec4f(s.normal, f32(s.origin.w));
    layers[pixel * 3u + 2u] = vec4f(motion, f32(s.origin.y), 0.0);
}
