// The steps of a path, as functions of values: what the streaming kernels do between queues and the megakernel does in its
// loop. Estimator: next event estimation and BSDF sampling, weighted by the power heuristic (Veach 1997, 9.2.4).
// Twin: packages/pathtracer/src/reference/reference-tracer.ts.
import package::params::{params, FAR, NONE};
import package::random::{random4, BLOCK_LIGHT, BLOCK_BSDF};
import package::surface::{Surface, toWorld, toLocal, offsetOrigin};
import package::scene::{tables, rowF, MATERIAL_ROWS};
import package::lights::{sampleLight, lightPdf, sunAt};
import package::environment::{environmentRadiance, environmentPdf};
import package::cone::coneAfter;
import package::variant::{PLAIN, MEDIA};
import package::bsdf::{evaluateBsdf, sampleBsdf};

const STRATEGY_MIS = 0u;
const STRATEGY_LIGHT = 1u;
const STRATEGY_BSDF = 2u;

// A density that says: nothing else could have made this direction (camera, mirror).
const CERTAIN = -1.0;

// Weight of a BSDF sample that hit a light which light sampling finds with density `other`.
fn bsdfWeight(pdf: f32, other: f32) -> f32 {
    if (pdf < 0.0 || params.strategy == STRATEGY_BSDF || other <= 0.0) {
        return 1.0;
    }
    if (params.strategy == STRATEGY_LIGHT) {
        return 0.0;
    }
    let ratio = other / pdf;
    return 1.0 / (1.0 + ratio * ratio);
}

fn lightWeight(pdf: f32, other: f32) -> f32 {
    if (params.strategy == STRATEGY_LIGHT) {
        return 1.0;
    }
    if (params.strategy == STRATEGY_BSDF) {
        return 0.0;
    }
    let ratio = other / pdf;
    return 1.0 / (1.0 + ratio * ratio);
}

// Radiance that a hit surface sends along the ray, weighted. pdf: density of the ray's direction, or CERTAIN; start, facing: where
// the ray began and the normal there, which the light tree needs.
fn emitted(s: Surface, direction: vec3f, distance: f32, pdf: f32, start: vec3f, facing: vec3f) -> vec3f {
    if (max(s.emission.r, max(s.emission.g, s.emission.b)) <= 0.0) {
        return vec3f(0.0);
    }
    var other = 0.0;
    if (s.light != NONE && pdf >= 0.0) {
        other = lightPdf(s.light, distance, direction, start, facing);
    }
    return s.emission * bsdfWeight(pdf, other);
}

// Radiance of the environment and of the suns along a ray that left the scene, weighted.
fn escaped(direction: vec3f, pdf: f32) -> vec3f {
    var other = 0.0;
    if (pdf >= 0.0) {
        other = params.environmentPmf * environmentPdf(direction);
    }
    var radiance = environmentRadiance(direction) * bsdfWeight(pdf, other);
    for (var i = 0u; i < params.sunCount; i += 1u) {
        let sun = sunAt(i, direction);
        radiance += sun.rgb * bsdfWeight(pdf, sun.a);
    }
    return radiance;
}

// Share of light that a medium lets through over a distance (Beer and Lambert); medium: 0 none, else material + 1. Light from
// infinity has not been in a medium: what has no other side keeps nothing back.
fn transmittance(medium: u32, distance: f32) -> vec3f {
    while (MEDIA && medium != 0u && distance < FAR) {
        let extension = params.materialBase + tables[params.materialBase + (medium - 1u) * MATERIAL_ROWS + 4u].z;
        return exp(-rowF(extension + 5u).rgb * distance);
    }
    return vec3f(1.0);
}

// By which glass with dispersion draws a channel.
fn hueOf(throughput: vec3f) -> vec3f {
    return throughput / max(throughput.r + throughput.g + throughput.b, 1e-30);
}

// The medium on the side of a surface to which a direction points.
fn mediumBeyond(s: Surface, crosses: bool, medium: u32) -> u32 {
    return select(medium, s.beyond, crosses && s.beyond != NONE);
}

// False if a contribution is nothing. What is not a number, infinite or negative goes on, for the film to reject and count the
// sample; asked by bits, since WGSL lets compilers assume that floats are finite.
fn contributes(c: vec3f) -> bool {
    return any((bitcast<vec3u>(c) & vec3u(0x7fffffffu)) != vec3u(0u));
}

struct ShadowRay {
    origin: vec3f,
    tMax: f32,
    direction: vec3f,
    // What to add if nothing is in the way; zero: nothing to test.
    contribution: vec3f,
}

fn lightSample(s: Surface, throughput: vec3f, medium: u32, pixel: u32, sampleIndex: u32, bounce: u32) -> ShadowRay {
    var ray = ShadowRay(vec3f(0.0), 0.0, vec3f(0.0), vec3f(0.0));
    let light = sampleLight(s.position, s.normal, random4(pixel, sampleIndex, bounce, BLOCK_LIGHT));
    if (!(light.pdf > 0.0) || (params.strategy == STRATEGY_BSDF && !light.delta)) {
        return ray;
    }
    let wi = toLocal(s, light.direction);
    let side = dot(s.geometric, light.direction);
    // Above the shading normal but below the real surface, or the other way round: light would leak.
    if (wi.z * side <= 0.0) {
        return ray;
    }
    let f = evaluateBsdf(s.bsdf, s.wo, wi, hueOf(throughput));
    var weight = 1.0;
    if (!light.delta) {
        weight = lightWeight(light.pdf, f.a);
    }
    ray.contribution = throughput * f.rgb * light.radiance * (weight / light.pdf);
    ray.contribution *= transmittance(mediumBeyond(s, wi.z < 0.0, medium), light.distance);
    ray.origin = offsetOrigin(s.position, select(-s.geometric, s.geometric, side > 0.0));
    ray.direction = light.direction;
    ray.tMax = FAR;
    if (light.distance < FAR) {
        // From there to the light's very point, so that the offset does not carry the end through the light.
        let aim = light.direction * light.distance - (ray.origin - s.position);
        let reach = length(aim);
        ray.direction = aim / reach;
        ray.tMax = reach - light.gap;
    }
    return ray;
}

const SCATTERED = 0u;
const DROPPED = 1u;
const ROULETTE = 2u;

struct Scattered {
    origin: vec3f,
    // SCATTERED, DROPPED (the BSDF or its density is zero) or ROULETTE.
    outcome: u32,
    direction: vec3f,
    pdf: f32,
    throughput: vec3f,
    // What the ray goes on in.
    medium: u32,
    // Ray cone, packed.
    cone: u32,
}

fn scatter(s: Surface, throughput: vec3f, medium: u32, pixel: u32, sampleIndex: u32, bounce: u32) -> Scattered {
    var out = Scattered(vec3f(0.0), DROPPED, vec3f(0.0), 0.0, vec3f(0.0), medium, 0u);
    let r = random4(pixel, sampleIndex, bounce, BLOCK_BSDF);
    let chosen = sampleBsdf(s.bsdf, s.wo, r.xyz, hueOf(throughput));
    if (chosen.pdf == 0.0) {
        return out;
    }
    out.direction = normalize(toWorld(s, chosen.wi));
    let side = dot(s.geometric, out.direction);
    out.throughput = throughput * chosen.weight;
    let largest = max(out.throughput.r, max(out.throughput.g, out.throughput.b));
    if (chosen.wi.z * side <= 0.0 || !(largest > 0.0)) {
        return out;
    }
    if (bounce >= params.rouletteStart) {
        let survive = min(largest, 0.95);
        if (r.w >= survive) {
            out.outcome = ROULETTE;
            return out;
        }
        out.throughput /= survive;
    }
    out.origin = offsetOrigin(s.position, select(-s.geometric, s.geometric, side > 0.0));
    out.pdf = chosen.pdf;
    if (!PLAIN) {
        let beyond = select(s.bsdf.lobe.eta, 1.0, s.bsdf.lobe.thin);
        out.cone = coneAfter(s.cone, s.curvature, select(0.0, beyond, chosen.wi.z < 0.0), chosen.pdf);
    }
    out.medium = mediumBeyond(s, chosen.wi.z < 0.0, medium);
    out.outcome = SCATTERED;
    return out;
}
