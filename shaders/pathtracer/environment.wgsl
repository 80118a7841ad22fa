// The equirectangular environment: looked up bilinearly, sampled texel by texel from an alias table. Rows: one per texel (rgb,
// probability), then (keep, alias) pairs of two texels each. Within a texel directions are uniform over its solid angle.
import package::params::{params, PI};
import package::variant::ENVIRONMENT;

@group(0) @binding(6) var<storage, read> environment: array<vec4f>;

fn environmentTexel(x: i32, y: i32) -> vec3f {
    let width = i32(params.environmentWidth);
    let column = ((x % width) + width) % width;
    let row = clamp(y, 0, i32(params.environmentHeight) - 1);
    return environment[row * width + column].rgb;
}

fn environmentUv(direction: vec3f) -> vec2f {
    let d = vec3f(
        params.environmentCos * direction.x - params.environmentSin * direction.z,
        direction.y,
        params.environmentSin * direction.x + params.environmentCos * direction.z,
    );
    return vec2f(atan2(d.z, d.x) / (2.0 * PI) + 0.5, acos(clamp(d.y, -1.0, 1.0)) / PI);
}

fn environmentRadiance(direction: vec3f) -> vec3f {
    if (!ENVIRONMENT || params.environmentWidth * params.environmentHeight == 0u) {
        return vec3f(0.0);
    }
    if (params.environmentWidth * params.environmentHeight == 1u) {
        return environment[0].rgb * params.environmentIntensity;
    }
    let p = environmentUv(direction) * vec2f(f32(params.environmentWidth), f32(params.environmentHeight)) - 0.5;
    let base = floor(p);
    let f = p - base;
    let i = vec2i(base);
    let top = mix(environmentTexel(i.x, i.y), environmentTexel(i.x + 1, i.y), f.x);
    let bottom = mix(environmentTexel(i.x, i.y + 1), environmentTexel(i.x + 1, i.y + 1), f.x);
    return mix(top, bottom, f.y) * params.environmentIntensity;
}

// Solid angle of a texel of a row.
fn texelSolidAngle(row: u32) -> f32 {
    let height = f32(params.environmentHeight);
    let top = cos(PI * f32(row) / height);
    let bottom = cos(PI * f32(row + 1u) / height);
    return (top - bottom) * 2.0 * PI / f32(params.environmentWidth);
}

// Density over solid angle with which sampleEnvironment gives this direction.
fn environmentPdf(direction: vec3f) -> f32 {
    let count = params.environmentWidth * params.environmentHeight;
    if (!ENVIRONMENT || count == 0u) {
        return 0.0;
    }
    let size = vec2f(f32(params.environmentWidth), f32(params.environmentHeight));
    let p = vec2u(clamp(environmentUv(direction) * size, vec2f(0.0), size - 1.0));
    return environment[p.y * params.environmentWidth + p.x].a / texelSolidAngle(p.y);
}

// Direction in xyz, its density in w.
fn sampleEnvironment(r: vec3f) -> vec4f {
    if (!ENVIRONMENT) {
        return vec4f(0.0);
    }
    let count = params.environmentWidth * params.environmentHeight;
    let scaled = r.x * f32(count);
    var texel = min(u32(scaled), count - 1u);
    let pair = environment[count + texel / 2u];
    let entry = select(pair.xy, pair.zw, (texel & 1u) == 1u);
    if (scaled - f32(texel) >= entry.x) {
        texel = bitcast<u32>(entry.y);
    }
    let row = texel / params.environmentWidth;
    let column = texel % params.environmentWidth;
    let height = f32(params.environmentHeight);
    let y = mix(cos(PI * f32(row) / height), cos(PI * f32(row + 1u) / height), r.z);
    let phi = ((f32(column) + r.y) / f32(params.environmentWidth) - 0.5) * 2.0 * PI;
    let s = sqrt(max(1.0 - y * y, 0.0));
    let d = vec3f(s * cos(phi), y, s * sin(phi));
    let world = vec3f(
        params.environmentCos * d.x + params.environmentSin * d.z,
        d.y,
        -params.environmentSin * d.x + params.environmentCos * d.z,
    );
    return vec4f(world, environment[texel].a / texelSolidAngle(row));
}
