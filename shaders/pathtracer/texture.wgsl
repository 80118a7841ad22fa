// RGBA8 textures in one storage buffer, filtered here, so that every device gives the same picture. A texture's row in the
// table: first texel, width, height, flags (bits 0-1 wrap u, 2-3 wrap v: 0 repeat, 1 clamp, 2 mirror; bit 4 sRGB, bit 5:
// two rows of a 2 x 3 matrix for the coordinates follow).
import package::params::params;
import package::scene::tables;

@group(0) @binding(5) var<storage, read> texels: array<u32>;

fn wrap(i: i32, size: i32, mode: u32) -> i32 {
    if (mode == 1u) {
        return clamp(i, 0, size - 1);
    }
    if (mode == 2u) {
        let period = 2 * size;
        let m = ((i % period) + period) % period;
        return select(m, period - 1 - m, m >= size);
    }
    return ((i % size) + size) % size;
}

fn toLinear(c: vec3f) -> vec3f {
    return select(pow((c + 0.055) / 1.055, vec3f(2.4)), c / 12.92, c <= vec3f(0.04045));
}

fn texel(header: vec4u, x: i32, y: i32) -> vec4f {
    let size = vec2i(header.yz);
    let u = wrap(x, size.x, header.w & 3u);
    let v = wrap(y, size.y, (header.w >> 2u) & 3u);
    let c = unpack4x8unorm(texels[header.x + u32(v * size.x + u)]);
    if ((header.w & 16u) != 0u) {
        return vec4f(toLinear(c.rgb), c.a);
    }
    return c;
}

// Bilinear.
fn sampleTexture(index: u32, uv: vec2f) -> vec4f {
    let header = tables[params.textureBase + index];
    var at = uv;
    while ((header.w & 32u) != 0u) {
        let u = bitcast<vec3f>(tables[params.textureBase + index + 1u].xyz);
        let v = bitcast<vec3f>(tables[params.textureBase + index + 2u].xyz);
        at = vec2f(dot(u, vec3f(uv, 1.0)), dot(v, vec3f(uv, 1.0)));
        break;
    }
    let p = clamp(at, vec2f(-1e4), vec2f(1e4)) * vec2f(header.yz) - 0.5;
    let base = floor(p);
    let f = p - base;
    var sum = vec4f(0.0);
    // A loop, not four calls: kernels inline everything, and this keeps SwiftShader's compile time down by half.
    for (var k = 0; k < 4; k += 1) {
        let corner = vec2i(k & 1, k >> 1u);
        let weight = select(1.0 - f, f, corner == vec2i(1));
        sum += texel(header, i32(base.x) + corner.x, i32(base.y) + corner.y) * (weight.x * weight.y);
    }
    return sum;
}
