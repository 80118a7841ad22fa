// RGBA8 textures in one storage buffer, filtered here, so that every device gives the same picture. A texture's row in the
// table: first texel, width, height, flags (bits 0-1 wrap u, 2-3 wrap v: 0 repeat, 1 clamp, 2 mirror; bit 4 sRGB; bit 5: two
// rows of a 2 x 3 matrix for the coordinates follow; bit 6: second set of coordinates; bit 7: nearest texel when magnified;
// bits 8-11: levels after the first). The levels of its pyramid follow each other, each half the size, rounded down, at least 1
// (packages/pathtracer/src/tracer/texture-pyramid.ts).
//
// Filtered trilinearly by the footprint of the ray cone (cone.wgsl). The level is that whose texels have the footprint's area,
// so that a slanting footprint is neither blurred by its long side nor aliased by its short one alone; the samples of a pixel
// filter what is left.
import package::params::params;
import package::scene::{tables, TexturePoint};
import package::variant::PLAIN;
@if(SPLIT)
import package::split::splitPlace;

@if(!SPLIT)
@group(0) @binding(5) var<storage, read> texels: array<u32>;
@if(SPLIT)
@group(0) @binding(5) var texels: texture_2d_array<u32>;

@if(SPLIT)
fn texelWord(index: u32) -> u32 {
    let place = splitPlace(index);
    return textureLoad(texels, place.xy, place.z, 0).x;
}

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

fn texel(first: u32, size: vec2i, flags: u32, x: i32, y: i32) -> vec4f {
    let u = wrap(x, size.x, flags & 3u);
    let v = wrap(y, size.y, (flags >> 2u) & 3u);
    @if(!SPLIT)
    let c = unpack4x8unorm(texels[first + u32(v * size.x + u)]);
    @if(SPLIT)
    let c = unpack4x8unorm(texelWord(first + u32(v * size.x + u)));
    if ((flags & 16u) != 0u) {
        return vec4f(toLinear(c.rgb), c.a);
    }
    return c;
}

fn sampleTexture(index: u32, point: TexturePoint) -> vec4f {
    if (PLAIN) {
        return vec4f(1.0);
    }
    let header = tables[params.textureBase + index];
    let second = (header.w & 64u) != 0u;
    var at = select(point.uv, point.uv1, second);
    var area = select(point.area, point.area1, second) * f32(header.y * header.z);
    while ((header.w & 32u) != 0u) {
        let u = bitcast<vec3f>(tables[params.textureBase + index + 1u].xyz);
        let v = bitcast<vec3f>(tables[params.textureBase + index + 2u].xyz);
        area *= abs(u.x * v.y - u.y * v.x);
        at = vec2f(dot(u, vec3f(at, 1.0)), dot(v, vec3f(at, 1.0)));
        break;
    }
    at = clamp(at, vec2f(-1e4), vec2f(1e4));
    var first = header.x;
    var size = vec2i(header.yz);
    var sharp = (header.w & 128u) != 0u;
    var share = 1.0;
    var rest = 0.0;
    while (area > 1.0) {
        let level = min(0.5 * log2(area), f32((header.w >> 8u) & 15u));
        let whole = u32(level);
        for (var i = 0u; i < whole; i += 1u) {
            first += u32(size.x * size.y);
            size = max(size >> vec2u(1u), vec2i(1));
        }
        sharp = sharp && whole == 0u;
        rest = level - f32(whole);
        share = 1.0 - rest;
        break;
    }
    var sum = vec4f(0.0);
    // Loops, not eight calls: kernels inline everything, and this keeps SwiftShader's compile time down by half.
    for (var turn = 0u; turn < 2u; turn += 1u) {
        let p = at * vec2f(size) - 0.5;
        let base = floor(p);
        var f = p - base;
        if (sharp) {
            f = step(vec2f(0.5), f);
        }
        for (var k = 0; k < 4; k += 1) {
            let corner = vec2i(k & 1, k >> 1u);
            let weight = select(1.0 - f, f, corner == vec2i(1));
            let here = vec2i(base) + corner;
            sum += texel(first, size, header.w, here.x, here.y) * (weight.x * weight.y * share);
        }
        if (rest <= 0.0) {
            break;
        }
        first += u32(size.x * size.y);
        size = max(size >> vec2u(1u), vec2i(1));
        sharp = false;
        share = rest;
    }
    return sum;
}
