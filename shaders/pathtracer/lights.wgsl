// Choosing a light and a point on it. One alias table over all lights: emissive triangles and punctual lights by power, the
// environment with a share of its own; where there are many, those that have a place are one entry, and the light tree chooses
// among them. A light's 6 rows, and the 2 more of one that alpha may hide, are described in
// packages/pathtracer/src/lights/light-table.ts.
import package::params::{params, FAR, NONE, PI};
import package::scene::{tables, rowF, LIGHT_ROWS, MATERIAL_ROWS, TexturePoint};
import package::surface::emissionOf;
import package::alpha::opacityOf;
import package::environment::{sampleEnvironment, environmentRadiance};
import package::light_tree::{chooseFromTree, treeProbability};
import package::variant::{MANY_LIGHTS, OPAQUE, PLAIN, COATED};

struct LightSample {
    direction: vec3f,
    distance: f32,
    // So much short of it a shadow ray ends, for rounding not to put its end behind the light's own surface.
    gap: f32,
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
const LIGHT_TREE = 5u;
const LIGHT_SUN = 6u;
const LIGHT_TWO_SIDED = 16u;
// From this bit on: behind the first light's first row, where the rows on the light's opacity are; 0: it is opaque.
const LIGHT_OPACITY = 5u;
// Of a light's third row, y; soft lies between.
const FALLOFF_PHYSICAL = 0.0;
const FALLOFF_LINEAR = 2.0;

// How far a shadow ray's end may be off by rounding, as a share of all that goes into it: the way there and the coordinates. Of the
// light's plane this is 8 roundings of 6e-8 (differences and cross products of the triangle test, transforms); a share
// of the distance alone, 0.0005, let light through what stood near a lamp far away.
const LIGHT_ROUNDING = 5e-7;
// And at most this share of the way: seen at its edge, or as a needle, a light would shine through all that is before it.
const LIGHT_GAP = 0.01;

fn sumOf(v: vec3f) -> f32 {
    return abs(v.x) + abs(v.y) + abs(v.z);
}

// From a point p on a surface of normal n.
fn sampleLight(p: vec3f, n: vec3f, r: vec4f) -> LightSample {
    var out = LightSample(vec3f(0.0), 0.0, 0.0, vec3f(0.0), 0.0, false);
    if (params.lightCount == 0u) {
        return out;
    }
    let scaled = r.x * f32(params.lightCount);
    var index = min(u32(scaled), params.lightCount - 1u);
    let keep = bitcast<f32>(tables[params.lightBase + index * LIGHT_ROWS + 5u].z);
    let fraction = scaled - f32(index);
    if (fraction >= keep) {
        index = tables[params.lightBase + index * LIGHT_ROWS + 5u].w;
    }
    var share = 1.0;
    // The tree is the last of the choices.
    while (MANY_LIGHTS && params.lightTreeBase != NONE && index == params.lightCount - 1u) {
        let rest = select(fraction / keep, (fraction - keep) / (1.0 - keep), fraction >= keep);
        let chosen = chooseFromTree(p, n, min(rest, 0.99999994), r.w);
        index = chosen.light;
        share = chosen.pmf;
        break;
    }
    if (share <= 0.0) {
        return out;
    }
    let row = params.lightBase + index * LIGHT_ROWS;
    let l0 = tables[row];
    let l1 = rowF(row + 1u);
    let l2 = rowF(row + 2u);
    let l3 = tables[row + 3u];
    let kind = l0.w & 15u;
    let pmf = l2.w * share;
    while (kind == LIGHT_ENVIRONMENT) {
        let d = sampleEnvironment(r.yzw);
        out.direction = d.xyz;
        out.distance = FAR;
        out.radiance = environmentRadiance(d.xyz);
        out.pdf = pmf * d.w;
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
        var cosine = -dot(normalize(cross(l1.xyz, l2.xyz)), out.direction);
        if ((l0.w & LIGHT_TWO_SIDED) != 0u) {
            cosine = abs(cosine);
        }
        if (cosine <= 1e-6 || square <= 0.0) {
            return out;
        }
        out.radiance = bitcast<vec3f>(l3.xyz);
        while ((!PLAIN || COATED) && l3.w != NONE) {
            let uv01 = rowF(row + 4u);
            let uv2 = bitcast<vec2f>(tables[row + 5u].xy);
            let uv = uv01.xy * (1.0 - b.x - b.y) + uv01.zw * b.x + uv2 * b.y;
            let point = TexturePoint(uv, uv, 0.0, 0.0);
            out.radiance = emissionOf(params.materialBase + l3.w * MATERIAL_ROWS, point, !PLAIN, cosine);
            break;
        }
        while (!OPAQUE && (l0.w >> LIGHT_OPACITY) != 0u) {
            // The share of BSDF samples that would meet the light here.
            let opacity = params.lightBase + (l0.w >> LIGHT_OPACITY);
            let uv01 = rowF(opacity);
            let last = tables[opacity + 1u];
            let w = 1.0 - b.x - b.y;
            let uv = uv01.xy * w + uv01.zw * b.x + bitcast<vec2f>(last.xy) * b.y;
            let ofVertices = vec3f(unpack2x16unorm(last.z), unpack2x16unorm(last.w).x);
            let point = TexturePoint(uv, uv, 0.0, 0.0);
            let material = params.materialBase + l3.w * MATERIAL_ROWS;
            out.radiance *= opacityOf(material, dot(ofVertices, vec3f(w, b)), point);
            break;
        }
        // A flat or slanting triangle leaves its plane the more in doubt.
        let size = sumOf(l1.xyz) + sumOf(l2.xyz);
        let rounding = LIGHT_ROUNDING * (out.distance + sumOf(p) + size) * size * size / (2.0 * l1.w * cosine);
        out.gap = min(rounding, LIGHT_GAP * out.distance);
        out.pdf = pmf * square / (l1.w * cosine);
        return out;
    }
    out.radiance = bitcast<vec3f>(l3.xyz);
    while (kind == LIGHT_SUN) {
        // Uniform in the cone, 1 - cos without cancellation.
        let down = r.y * l1.w;
        let sine = sqrt(down * (2.0 - down));
        let axis = -l1.xyz;
        let sign = select(-1.0, 1.0, axis.z >= 0.0);
        let a = -1.0 / (sign + axis.z);
        let c = axis.x * axis.y * a;
        let t = vec3f(1.0 + sign * axis.x * axis.x * a, sign * c, -sign * axis.x);
        let phi = 2.0 * PI * r.z;
        let around = t * cos(phi) + vec3f(c, sign + axis.y * axis.y * a, -axis.y) * sin(phi);
        out.direction = normalize(around * sine + axis * (1.0 - down));
        out.distance = FAR;
        out.pdf = pmf / (2.0 * PI * l1.w);
        return out;
    }
    out.delta = true;
    out.pdf = pmf;
    if (kind == LIGHT_DIRECTIONAL) {
        out.direction = -l1.xyz;
        out.distance = FAR;
        return out;
    }
    let to = position - p;
    let square = max(dot(to, to), 1e-12);
    out.distance = sqrt(square);
    out.direction = to / out.distance;
    out.gap = min(LIGHT_ROUNDING * (out.distance + sumOf(p)), LIGHT_GAP * out.distance);
    out.radiance /= square;
    while (l2.x > 0.0) {
        // KHR_lights_punctual: the window that ends a light at its range.
        let ratio = square / (l2.x * l2.x);
        var window = max(1.0 - ratio * ratio, 0.0);
        while (l2.y > FALLOFF_PHYSICAL) {
            let soft = window * window * square / (square + 1.0);
            window = select(soft, square * max(1.0 - out.distance / l2.x, 0.0), l2.y == FALLOFF_LINEAR);
            break;
        }
        out.radiance *= window;
        break;
    }
    if (kind == LIGHT_SPOT) {
        // KHR_lights_punctual: the square of a ramp over the cosine; the other falloffs: a smoothstep.
        let outer = bitcast<f32>(l3.w);
        let ramp = clamp((-dot(out.direction, l1.xyz) - outer) / max(l1.w - outer, 1e-4), 0.0, 1.0);
        out.radiance *= ramp * select(ramp, ramp * (3.0 - 2.0 * ramp), l2.y > FALLOFF_PHYSICAL);
    }
    return out;
}

// Density over solid angle with which sampleLight, from p on a surface of normal n, chooses a point of an emissive triangle
// that a ray hit.
fn lightPdf(light: u32, distance: f32, direction: vec3f, p: vec3f, n: vec3f) -> f32 {
    let row = params.lightBase + light * LIGHT_ROWS;
    let l1 = rowF(row + 1u);
    let l2 = rowF(row + 2u);
    let cosine = abs(dot(normalize(cross(l1.xyz, l2.xyz)), direction));
    if (!(cosine > 1e-6 && l2.w > 0.0)) {
        return 0.0;
    }
    var pmf = l2.w;
    while (MANY_LIGHTS && params.lightTreeBase != NONE) {
        pmf *= treeProbability(tables[row + 5u].z, p, n);
        break;
    }
    return pmf * distance * distance / (l1.w * cosine);
}

// Radiance of a sun's disc in this direction and the density with which sampleLight chooses it; 0 beside the disc.
fn sunAt(sun: u32, direction: vec3f) -> vec4f {
    let row = params.lightBase + sun * LIGHT_ROWS;
    let l1 = rowF(row + 1u);
    let l3 = rowF(row + 3u);
    let off = cross(direction, l1.xyz);
    if (dot(direction, l1.xyz) > 0.0 || dot(off, off) > l3.w) {
        return vec4f(0.0);
    }
    return vec4f(l3.xyz, rowF(row + 2u).w / (2.0 * PI * l1.w));
}
