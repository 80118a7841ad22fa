// Denoised light as a picture for the screen: the colour of what it falls on comes back. Coverage is the film's, or with HISTORY that
// of what is shown.
import package::guide::{camera, indexOf, albedoOf};

@group(0) @binding(2) var<storage, read> film: array<vec4f>;
@if(HISTORY)
@group(0) @binding(3) var<storage, read> shown: array<vec4u>;
@group(0) @binding(4) var<storage, read> light: array<vec4f>;
@group(0) @binding(5) var picture: texture_storage_2d<rgba16float, write>;

const LARGEST = 65504.0;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= camera.widthPx || id.y >= camera.heightPx) {
        return;
    }
    let pixel = indexOf(id.xy);
    @if(!HISTORY)
    let coverage = film[pixel * 2u + 1u].w / max(film[pixel * 2u].w, 1.0);
    @if(HISTORY)
    let coverage = bitcast<f32>(shown[pixel * 2u + 1u].z);
    let color = light[pixel].rgb * albedoOf(pixel);
    textureStore(picture, id.xy, vec4f(min(color, vec3f(LARGEST)), coverage));
}
