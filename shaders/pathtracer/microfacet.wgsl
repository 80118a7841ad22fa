// Microfacet distributions, isotropic or stretched along the axes of the frame: GGX (Walter et al. 2007, Heitz 2014, visible
// normals by spherical caps of Dupuy and Benyoub 2023), and Beckmann for materials of other renderers, drawn by D.
// Twin: packages/pathtracer/src/bsdf/microfacet.ts.
import package::params::PI;
import package::variant::{EXTENDED, REFLECTIVE};

struct Facets {
    // Along x and y.
    alpha: vec2f,
    beckmann: bool,
}

const DELTA_ALPHA = 0.001;

fn isRough(f: Facets) -> bool {
    return REFLECTIVE && max(f.alpha.x, f.alpha.y) >= DELTA_ALPHA;
}

fn facetD(f: Facets, h: vec3f) -> f32 {
    let s = h.xy / f.alpha;
    while (EXTENDED && f.beckmann) {
        let c2 = max(h.z * h.z, 1e-8);
        return exp(-dot(s, s) / c2) / (PI * f.alpha.x * f.alpha.y * c2 * c2);
    }
    let d = dot(s, s) + h.z * h.z;
    return 1.0 / (PI * f.alpha.x * f.alpha.y * d * d);
}

fn stretchedLength(f: Facets, v: vec3f) -> f32 {
    return length(vec3f(f.alpha * v.xy, v.z));
}

fn beckmannLambda(f: Facets, v: vec3f) -> f32 {
    let a = abs(v.z) / max(length(f.alpha * v.xy), 1e-9);
    return select(0.0, (1.0 - 1.259 * a + 0.396 * a * a) / (3.535 * a + 2.181 * a * a), a < 1.6);
}

// Height-correlated masking and shadowing over 4 |o.z| |i.z|.
fn facetV(f: Facets, o: vec3f, i: vec3f) -> f32 {
    let co = abs(o.z);
    let ci = abs(i.z);
    while (EXTENDED && f.beckmann) {
        return 0.25 / (co * ci * (1.0 + beckmannLambda(f, o) + beckmannLambda(f, i)));
    }
    return 0.5 / (ci * stretchedLength(f, o) + co * stretchedLength(f, i));
}

// Density of h by sampleFacet.
fn facetPdf(f: Facets, wo: vec3f, h: vec3f) -> f32 {
    while (EXTENDED && f.beckmann) {
        return facetD(f, h) * h.z;
    }
    return facetD(f, h) * max(0.0, dot(wo, h)) * 2.0 / (wo.z + stretchedLength(f, wo));
}

fn sampleFacet(f: Facets, wo: vec3f, r: vec2f) -> vec3f {
    let phi = 2.0 * PI * r.x;
    while (EXTENDED && f.beckmann) {
        let radius = sqrt(-log(1.0 - r.y));
        return normalize(vec3f(-f.alpha * radius * vec2f(cos(phi), sin(phi)), 1.0));
    }
    let w = normalize(vec3f(wo.xy * f.alpha, wo.z));
    let z = (1.0 - r.y) * (1.0 + w.z) - w.z;
    let s = sqrt(clamp(1.0 - z * z, 0.0, 1.0));
    let h = vec3f(s * cos(phi), s * sin(phi), z) + w;
    return normalize(vec3f(h.xy * f.alpha, max(h.z, 1e-7)));
}
