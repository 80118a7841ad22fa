// Variance of the mean luminance: of a pixel's own samples where there are enough, else of those of a neighbourhood of the same
// surface, from which a mixed pixel has all that it knows. Twin: `spread` of packages/pathtracer/src/denoiser/wavelet.ts.
import package::guide::{camera, indexOf, guideOf, likeness, luminance, marked};

@group(0) @binding(2) var<storage, read> film: array<vec4f>;
@group(0) @binding(3) var<storage, read> light: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> spread: array<vec4f>;

// Samples from which their own variance is trusted: a few dark samples of a lit pixel look like no noise at all.
const ENOUGH = 32.0;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= camera.widthPx || id.y >= camera.heightPx) {
        return;
    }
    let pixel = indexOf(id.xy);
    let own = guideOf(id.xy);
    let samples = max(film[pixel * 2u].w, 1.0);
    let mixed = light[pixel].w < 0.0;
    let reach = select(3, 0, samples >= ENOUGH && !mixed);
    let here = vec2i(id.xy);
    let last = vec2i(i32(camera.widthPx), i32(camera.heightPx)) - 1;
    var total = 0.0;
    var first = 0.0;
    var second = 0.0;
    for (var y = max(0, here.y - reach); y <= min(last.y, here.y + reach); y++) {
        for (var x = max(0, here.x - reach); x <= min(last.x, here.x + reach); x++) {
            let at = vec2u(vec2i(x, y));
            let there = light[indexOf(at)];
            if (there.w < 0.0) {
                continue;
            }
            var weight = 1.0;
            if (any(at != id.xy)) {
                weight = likeness(own, guideOf(at));
            }
            total += weight;
            first += weight * luminance(there.rgb);
            second += weight * there.w;
        }
    }
    // A mixed pixel with no other of its surface near stays as it is.
    let mean = first / max(total, 1e-6);
    let variance = max(0.0, second / max(total, 1e-6) - mean * mean) / samples;
    spread[pixel] = marked(light[pixel].rgb, variance, mixed);
}
