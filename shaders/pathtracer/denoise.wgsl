// One pass of an edge-avoiding wavelet (Dammertz et al. 2010): 5 x 5 taps, `step` pixels apart, over what shows the same surface and
// differs in light by no more than its noise explains. The variance, in w, shrinks with the square of the weights. A pixel without
// noise stays as it is. Twin: `wavelet` of packages/pathtracer/src/denoiser/wavelet.ts.
import package::guide::{camera, indexOf, guideOf, likeness, luminance, marked};

struct Settings {
    step: i32,
}

@group(0) @binding(2) var<uniform> settings: Settings;
@group(0) @binding(3) var<storage, read> before: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> after: array<vec4f>;

// Standard deviations of noise that light may differ by.
const LIGHT_SIGMA = 4.0;
const TAPS = array<f32, 3>(0.375, 0.25, 0.0625);

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= camera.widthPx || id.y >= camera.heightPx) {
        return;
    }
    let pixel = indexOf(id.xy);
    let own = guideOf(id.xy);
    let centre = before[pixel];
    let level = luminance(centre.rgb);
    let reach = LIGHT_SIGMA * sqrt(abs(centre.w)) + 1e-6;
    let size = vec2i(i32(camera.widthPx), i32(camera.heightPx));
    var total = 0.0;
    var light = vec3f(0.0);
    var variance = 0.0;
    for (var dy = -2; dy <= 2; dy++) {
        for (var dx = -2; dx <= 2; dx++) {
            let at = vec2i(id.xy) + vec2i(dx, dy) * settings.step;
            if (any(at < vec2i(0)) || any(at >= size)) {
                continue;
            }
            let there = before[indexOf(vec2u(at))];
            var weight = TAPS[abs(dx)] * TAPS[abs(dy)];
            if (dx != 0 || dy != 0) {
                if (there.w < 0.0) {
                    continue;
                }
                weight *= likeness(own, guideOf(vec2u(at)));
                weight *= exp(-abs(luminance(there.rgb) - level) / reach);
            }
            total += weight;
            light += weight * there.rgb;
            variance += weight * weight * abs(there.w);
        }
    }
    after[pixel] = marked(light / total, variance / (total * total), centre.w < 0.0);
}
