// The light of a film without the colour of what it falls on, and the second moment of its luminance over the samples, with a mark for
// mixed pixels (guide.wgsl). With HISTORY
// the light is what is shown (reproject.wgsl); the spread is the film's in any case. Rows of the film: film.wgsl.
import package::guide::{camera, indexOf, albedoOf, luminance, guideOf, isMixed, marked};

@group(0) @binding(2) var<storage, read> film: array<vec4f>;
@if(HISTORY)
@group(0) @binding(3) var<storage, read> shown: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> light: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= camera.widthPx || id.y >= camera.heightPx) {
        return;
    }
    let pixel = indexOf(id.xy);
    let sum = film[pixel * 2u];
    let samples = max(sum.w, 1.0);
    let mean = sum.rgb / samples;
    let deviation = sqrt(max(film[pixel * 2u + 1u].rgb / samples - mean * mean, vec3f(0.0)));
    @if(!HISTORY)
    let seen = mean;
    @if(HISTORY)
    let seen = bitcast<vec3f>(shown[pixel * 2u].rgb);
    let albedo = albedoOf(pixel);
    let bare = seen / albedo;
    // The channels of a sample err together.
    let spread = luminance(deviation / albedo);
    let level = luminance(bare);
    light[pixel] = marked(bare, level * level + spread * spread, isMixed(id.xy, guideOf(id.xy)));
}
