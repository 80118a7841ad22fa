// The mean of the film as a picture for the screen, at any time between waves. Rows of the film: see film.wgsl.

@group(0) @binding(0) var<storage, read> film: array<vec4f>;
@group(0) @binding(1) var picture: texture_storage_2d<rgba16float, write>;

// The largest half float: a firefly must not become an infinity that the tone mapper turns into NaN.
const LARGEST = 65504.0;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(picture);
    if (any(id.xy >= size)) {
        return;
    }
    let pixel = id.y * size.x + id.x;
    let sum = film[pixel * 2u];
    let samples = max(sum.w, 1.0);
    let coverage = film[pixel * 2u + 1u].w / samples;
    textureStore(picture, id.xy, vec4f(min(sum.rgb / samples, vec3f(LARGEST)), coverage));
}
