// What every pixel shows, as its layers tell: which pixels are of one smooth surface. Rows of the layers: first_hit.wgsl.
// Twin: packages/pathtracer/src/denoiser/surface.ts.

struct Camera {
    right: vec3f,
    widthPx: u32,
    up: vec3f,
    heightPx: u32,
    back: vec3f,
    // 1: rays are parallel.
    parallel: u32,
    // A pixel's place at z = -1, or a parallel ray's origin, is scale * ndc + offset.
    scale: vec2f,
    offset: vec2f,
}

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read> layers: array<vec4f>;

// Distance from the tangent plane at which a tap counts 1/e, as a share of the depth.
const PLANE_SIGMA = 0.01;
// Albedo below this is not divided by: black stays black.
const LEAST_ALBEDO = 0.02;

// Neighbours whose normals differ by more show an edge.
const MIXED_COSINE = 0.7;

struct Guide {
    normal: vec3f,
    instance: f32,
    // From the camera's position.
    place: vec3f,
    depth: f32,
}

fn indexOf(at: vec2u) -> u32 {
    return at.y * camera.widthPx + at.x;
}

fn albedoOf(pixel: u32) -> vec3f {
    return max(layers[pixel * 3u].rgb, vec3f(LEAST_ALBEDO));
}

fn guideOf(at: vec2u) -> Guide {
    let pixel = indexOf(at);
    let depth = layers[pixel * 3u].w;
    let surface = layers[pixel * 3u + 1u];
    let size = vec2f(f32(camera.widthPx), f32(camera.heightPx));
    let ndc = (2.0 * (vec2f(at) + 0.5) / size - 1.0) * vec2f(1.0, -1.0);
    let side = ndc * camera.scale + camera.offset;
    let across = camera.right * side.x + camera.up * side.y;
    let place = select(depth * (across - camera.back), across - depth * camera.back, camera.parallel != 0u);
    return Guide(surface.xyz, surface.w, place, depth);
}

// 0 to 1: how far two pixels show one smooth surface.
fn likeness(a: Guide, b: Guide) -> f32 {
    let cosine = dot(a.normal, b.normal);
    if (a.instance != b.instance || cosine <= 0.0) {
        return 0.0;
    }
    let plane = abs(dot(a.normal, b.place - a.place)) / (PLANE_SIGMA * max(1e-3, a.depth));
    if (plane > 8.0) {
        return 0.0;
    }
    // cosine^32 by five squarings.
    var sharp = cosine;
    for (var i = 0; i < 5; i++) {
        sharp *= sharp;
    }
    return sharp * exp(-plane);
}

// True where a pixel's samples may fall on several surfaces: one beside it shows another. What such a pixel has gathered is of both,
// so others take nothing from it, and its spread says nothing of noise.
fn isMixed(at: vec2u, own: Guide) -> bool {
    var mixed = false;
    for (var k = 0; k < 4; k++) {
        let step = (k & 1) * 2 - 1;
        let beside = vec2i(at) + select(vec2i(step, 0), vec2i(0, step), k > 1);
        if (any(beside < vec2i(0)) || any(beside >= vec2i(i32(camera.widthPx), i32(camera.heightPx)))) {
            continue;
        }
        let other = guideOf(vec2u(beside));
        let plane = abs(dot(own.normal, other.place - own.place)) > 8.0 * PLANE_SIGMA * max(1e-3, own.depth);
        mixed |= own.instance != other.instance || dot(own.normal, other.normal) < MIXED_COSINE || plane;
    }
    return mixed;
}

// Light and a number of at least 0 in four floats, with a mark for mixed pixels.
fn marked(light: vec3f, value: f32, mixed: bool) -> vec4f {
    return vec4f(light, select(value, -max(value, 1e-30), mixed));
}

fn luminance(c: vec3f) -> f32 {
    return dot(c, vec3f(0.2126, 0.7152, 0.0722));
}
