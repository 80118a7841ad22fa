// Choosing a light and a point on it. One alias table over all lights: emissive triangles and punctual lights by power, the
// environment with a share of its own. A light's 6 rows are described in packages/pathtracer/src/lights/light-table.ts.
import package::params::{params, FAR, NONE};
import package::scene::{tables, rowF, LIGHT_ROWS, MATERIAL_ROWS};
import package::surface::emissionOf;
import package::environment::{sampleEnvironment, environmentRadiance};

struct LightSample {
    direction: vec3f,
    distance: f32,
    // Radiance arriving, or for lights without area what takes its place with pdf = probability of choosing it.
    radiance: vec3f,
    // Density over solid angle; 0: no light from here.
    pdf: f32,
    // A light that no BSDF sample can hit.
    delta: bool,
}

const LIGHT_TRIANGLE = 0u;
const LIGHT_POINT = 1u;
const LIGHT_SPOT = 2u;
const LIGHT_DIRECTIONAL = 3u;
const LIGHT_ENVIRONMENT = 4u;
const LIGHT_TWO_SIDED = 16u;

fn sampleLight(p: vec3f, r: vec4f) -> LightSample {
    var out = LightSample(vec3f(0.0), 0.0, vec3f(0.0), 0.0, false);
    if (params.lightCount == 0u) {
        return out;
    }
    let scaled = r.x * f32(params.lightCount);
    var index = min(u32(scaled), params.lightCount - 1u);
    let entry = tables[params.lightBase + index * LIGHT_ROWS + 5u];
    if (scaled - f32(index) >= bitcast<f32>(entry.z)) {
        index = entry.w;
    }
    let row = params.lightBase + index * LIGHT_ROWS;
    let l0 = tables[row];
    let l1 = rowF(row + 1u);
    let l2 = rowF(row + 2u);
    let l3 = tables[row + 3u];
    let kind = l0.w & 15u;
    while (kind == LIGHT_ENVIRONMENT) {
        let d = sampleEnvironment(r.yzw);
        out.direction = d.xyz;
        out.distance = FAR;
        out.radiance = environmentRadiance(d.xyz);
        out.pdf = l2.w * d.w;
        return out;
    }
    let position = bitcast<vec3f>(l0.xyz);
    if (kind == LIGHT_TRIANGLE) {
        let root = sqrt(r.y);
        let b = vec2f(root * (1.0 - r.z), root * r.z);
        let to = position + l1.xyz * b.x + l2.xyz * b.y - p;
        let square = dot(to, to);
        out.distance = sqrt(square);
        out.direction = to / out.distance;
        let n = normalize(cross(l1.xyz, l2.xyz));
        var cosine = -dot(n, out.direction);
        if ((l0.w & LIGHT_TWO_SIDED) != 0u) {
            cosine = abs(cosine);
        }
        if (cosine <= 1e-6 || square <= 0.0) {
            return out;
        }
        out.radiance = bitcast<vec3f>(l3.xyz);
        while (l3.w != NONE) {
            let uv01 = rowF(row + 4u);
            let uv = uv01.xy * (1.0 - b.x - b.y) + uv01.zw * b.x + bitcast<vec2f>(entry.xy) * b.y;
            out.radiance = emissionOf(params.materialBase + l3.w * MATERIAL_ROWS, uv);
            break;
        }
        out.pdf = l2.w * square / (l1.w * cosine);
        return out;
    }
    out.delta = true;
    out.pdf = l2.w;
    out.radiance = bitcast<vec3f>(l3.xyz);
    if (kind == LIGHT_DIRECTIONAL) {
        out.direction = -l1.xyz;
        out.distance = FAR;
        return out;
    }
    let to = position - p;
    let square = max(dot(to, to), 1e-12);
    out.distance = sqrt(square);
    out.direction = to / out.distance;
    out.radiance /= square;
    if (kind == LIGHT_SPOT) {
        // KHR_lights_punctual: the square of a ramp over the cosine.
        let outer = bitcast<f32>(l3.w);
        let ramp = clamp((-dot(out.direction, l1.xyz) - outer) / max(l1.w - outer, 1e-4), 0.0, 1.0);
        out.radiance *= ramp * ramp;
    }
    return out;
}

// Density over solid angle with which sampleLight chooses a point of an emissive triangle that a ray hit.
fn lightPdf(light: u32, distance: f32, direction: vec3f) -> f32 {
    let row = params.lightBase + light * LIGHT_ROWS;
    let l1 = rowF(row + 1u);
    let l2 = rowF(row + 2u);
    let cosine = abs(dot(normalize(cross(l1.xyz, l2.xyz)), direction));
    return select(0.0, l2.w * distance * distance / (l1.w * cosine), cosine > 1e-6);
}
