// The mean of the film as a picture for the screen, with what was shown before the camera moved in place of the samples that are
// not there yet. A pixel takes it from where its surface was seen then (the motion layer says where), if the same instance was
// seen there under about the same normal; it counts as so many samples as it was made of, at most CAP, and fades until after FADE
// samples of its own the film alone is shown: no ghost is in a finished picture. Rows of the film: film.wgsl; of the layers:
// first_hit.wgsl. Two rows a pixel are kept for the next time: light, samples that it is worth | normal, instance, coverage, -.

struct Settings {
    // 1: something was shown before.
    hasHistory: u32,
}

@group(0) @binding(0) var<storage, read> film: array<vec4f>;
@group(0) @binding(1) var<storage, read> layers: array<vec4f>;
@group(0) @binding(2) var<storage, read> history: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> shown: array<vec4u>;
@group(0) @binding(4) var<uniform> settings: Settings;
@group(0) @binding(5) var picture: texture_storage_2d<rgba16float, write>;

const LARGEST = 65504.0;
const CAP = 16.0;
const FADE = 32.0;

struct Seen {
    light: vec3f,
    coverage: f32,
    // 0: nothing of this surface was seen.
    samples: f32,
}

// Bilinear over those of the four nearest pixels that show the surface.
fn seenBefore(place: vec2f, size: vec2u, normal: vec3f, instance: u32) -> Seen {
    var out = Seen(vec3f(0.0), 0.0, 0.0);
    let base = floor(place - 0.5);
    let part = place - 0.5 - base;
    var total = 0.0;
    for (var tap = 0; tap < 4; tap++) {
        let offset = vec2f(f32(tap & 1), f32(tap >> 1));
        let at = base + offset;
        if (any(at < vec2f(0.0)) || any(at >= vec2f(size))) {
            continue;
        }
        let row = 2u * (u32(at.y) * size.x + u32(at.x));
        let surface = history[row + 1u];
        let alike = instance == 0u || dot(unpack4x8snorm(surface.x).xyz, normal) > 0.9;
        if (surface.y != instance || !alike) {
            continue;
        }
        let shares = mix(1.0 - part, part, offset);
        let weight = shares.x * shares.y;
        let light = bitcast<vec4f>(history[row]);
        total += weight;
        out.light += weight * light.rgb;
        out.samples += weight * light.w;
        out.coverage += weight * bitcast<f32>(surface.z);
    }
    if (total < 0.01) {
        return Seen(vec3f(0.0), 0.0, 0.0);
    }
    return Seen(out.light / total, out.coverage / total, out.samples / total);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(picture);
    if (any(id.xy >= size)) {
        return;
    }
    let pixel = id.y * size.x + id.x;
    let sum = film[pixel * 2u];
    let surface = layers[pixel * 3u + 1u];
    let instance = u32(surface.w);
    var before = Seen(vec3f(0.0), 0.0, 0.0);
    let fade = max(0.0, 1.0 - sum.w / FADE);
    if (settings.hasHistory != 0u && fade > 0.0) {
        let place = vec2f(id.xy) + 0.5 - layers[pixel * 3u + 2u].xy;
        before = seenBefore(place, size, surface.xyz, instance);
    }
    let worth = min(before.samples, CAP) * fade;
    let samples = max(sum.w + worth, 1e-6);
    let light = min((sum.rgb + worth * before.light) / samples, vec3f(LARGEST));
    let coverage = (film[pixel * 2u + 1u].w + worth * before.coverage) / samples;
    shown[pixel * 2u] = bitcast<vec4u>(vec4f(light, samples));
    shown[pixel * 2u + 1u] = vec4u(pack4x8snorm(vec4f(surface.xyz, 0.0)), instance, bitcast<u32>(coverage), 0u);
    textureStore(picture, id.xy, vec4f(light, coverage));
}
