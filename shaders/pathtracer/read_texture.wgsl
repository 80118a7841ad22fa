// The texels of a texture of any format, level 0, layer after layer: as bytes where it holds colours or data of 8 bits, as floats
// where it holds light. Bytes of a texture that decodes sRGB when loaded are encoded again, to the byte that was stored.

struct Settings {
    srgb: u32,
}

@group(0) @binding(0) var source: texture_2d_array<f32>;
@group(0) @binding(1) var<uniform> settings: Settings;
@if(BYTES)
@group(0) @binding(2) var<storage, read_write> texels: array<u32>;
@if(!BYTES)
@group(0) @binding(2) var<storage, read_write> texels: array<vec4f>;

fn encode(c: vec3f) -> vec3f {
    let low = c * 12.92;
    let high = 1.055 * pow(max(c, vec3f(0.0031308)), vec3f(1.0 / 2.4)) - 0.055;
    return select(high, low, c <= vec3f(0.0031308));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(source);
    if (any(id.xy >= size)) {
        return;
    }
    var texel = textureLoad(source, id.xy, id.z, 0);
    if (settings.srgb != 0u) {
        texel = vec4f(encode(texel.rgb), texel.a);
    }
    let index = (id.z * size.y + id.y) * size.x + id.x;
    @if(BYTES) {
        texels[index] = pack4x8unorm(texel);
    }
    @else {
        texels[index] = texel;
    }
}
