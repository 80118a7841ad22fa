// What lies over the base: cloth's fibres, and over those a coat of varnish with a normal of its own. How they dim what is under
// them stands in the twin: packages/pathtracer/src/bsdf/layers.ts.
import package::params::PI;
import package::fresnel::schlick;
import package::albedo::{ggxAlbedo, meanAlbedo, sheenAlbedo};
import package::sheen::evaluateSheen;
import package::microfacet::{Facets, facetD, facetV, facetPdf, sampleFacet, DELTA_ALPHA};

// Reflectance of varnish at normal incidence.
const COAT_F0 = 0.04;

struct Layers {
    // 0: no coat.
    coat: f32,
    coatAlpha: f32,
    sheenAlpha: f32,
    // Probabilities of sampling the coat and the sheen.
    coatShare: f32,
    sheenShare: f32,
    // In the shading frame.
    coatNormal: vec3f,
    // Black: no sheen.
    sheen: vec3f,
}

fn coatFacets(l: Layers) -> Facets {
    return Facets(vec2f(l.coatAlpha), false);
}

// Albedo of the coat seen from a direction, without its weight.
fn coatAlbedo(l: Layers, cosine: f32) -> f32 {
    let c = max(cosine, 0.0);
    if (l.coatAlpha < DELTA_ALPHA) {
        return schlick(vec3f(COAT_F0), 1.0, c).x;
    }
    let a = ggxAlbedo(c, sqrt(l.coatAlpha));
    return COAT_F0 * (a.x - a.y) + a.y;
}

fn sheenPass(l: Layers, cosine: f32) -> f32 {
    let strength = max(l.sheen.r, max(l.sheen.g, l.sheen.b));
    if (strength <= 0.0) {
        return 1.0;
    }
    return max(0.0, 1.0 - strength * sheenAlbedo(abs(cosine), sqrt(l.sheenAlpha)));
}

// What is left of matte light (x) and of other light (y) that the base scatters between two directions on either side. Layers lie
// on the outside of a solid, and on both faces of everything else.
fn layerTransmittance(l: Layers, wo: vec3f, wi: vec3f, inside: bool, thin: bool) -> vec2f {
    let above = wi.z > 0.0;
    let meets = vec2<bool>(!inside, select(inside || thin, !inside, above));
    var coat = vec2f(1.0);
    var sheen = 1.0;
    // One turn for each direction, which keeps the code short.
    for (var k = 0u; k < 2u; k += 1u) {
        let w = select(select(-wi, wi, above), wo, k == 0u);
        if (meets[k]) {
            coat[k] = coatPass(l, dot(w, l.coatNormal));
            sheen = min(sheen, sheenPass(l, w.z));
        }
    }
    var matte = coat.x * coat.y;
    while (l.coat > 0.0 && all(meets)) {
        var mean = vec2f(1.0, 1.0 / 21.0);
        if (l.coatAlpha >= DELTA_ALPHA) {
            mean = meanAlbedo(sqrt(l.coatAlpha));
        }
        matte /= 1.0 - l.coat * (COAT_F0 * (mean.x - mean.y) + mean.y);
        break;
    }
    return vec2f(matte, min(coat.x, coat.y)) * sheen;
}

// Share of light that passes the coat.
fn coatPass(l: Layers, cosine: f32) -> f32 {
    while (l.coat > 0.0) {
        return 1.0 - l.coat * coatAlbedo(l, cosine);
    }
    return 1.0;
}

// Columns: tangent, bitangent, normal of the coat, which is isotropic.
fn coatFrame(n: vec3f) -> mat3x3f {
    let t = normalize(vec3f(n.z, 0.0, -n.x));
    return mat3x3f(t, cross(n, t), n);
}

// The layers' own light, wi above the surface: f |cos wi| in rgb, density of their samples, with their shares, in a.
fn evaluateLayers(l: Layers, wo: vec3f, wi: vec3f) -> vec4f {
    var sum = vec4f(0.0);
    var through = 1.0;
    while (l.coat > 0.0) {
        let frame = coatFrame(l.coatNormal);
        let o = wo * frame;
        let i = wi * frame;
        // The albedo rises towards grazing angles, so that the smaller share passes there.
        through = coatPass(l, min(o.z, i.z));
        if (o.z > 0.0 && i.z > 0.0 && l.coatAlpha >= DELTA_ALPHA) {
            let h = normalize(o + i);
            let cosine = dot(o, h);
            let f = coatFacets(l);
            let value = schlick(vec3f(COAT_F0), 1.0, cosine).x * facetD(f, h) * facetV(f, o, i) * i.z;
            sum += vec4f(vec3f(l.coat * value), l.coatShare * facetPdf(f, o, h) / (4.0 * cosine));
        }
        break;
    }
    while (max(l.sheen.r, max(l.sheen.g, l.sheen.b)) > 0.0) {
        sum += vec4f(l.sheen * (through * evaluateSheen(wo, wi, l.sheenAlpha)), l.sheenShare / (2.0 * PI));
        break;
    }
    return sum;
}

// A direction of the coat or of the sheen in xyz; w: 0 none, 1 rough, negative the weight of a perfect mirror.
fn sampleLayer(l: Layers, wo: vec3f, coat: bool, r: vec2f) -> vec4f {
    if (!coat) {
        let phi = 2.0 * PI * r.y;
        let s = sqrt(max(0.0, 1.0 - r.x * r.x));
        return vec4f(s * cos(phi), s * sin(phi), r.x, 1.0);
    }
    let frame = coatFrame(l.coatNormal);
    let o = wo * frame;
    if (o.z <= 0.0) {
        return vec4f(0.0);
    }
    let rough = l.coatAlpha >= DELTA_ALPHA;
    var h = vec3f(0.0, 0.0, 1.0);
    if (rough) {
        h = sampleFacet(coatFacets(l), o, r);
    }
    let i = 2.0 * dot(o, h) * h - o;
    if (i.z <= 0.0) {
        return vec4f(0.0);
    }
    let mirror = l.coat * schlick(vec3f(COAT_F0), 1.0, o.z).x / l.coatShare;
    return vec4f(frame * i, select(-mirror, 1.0, rough));
}

// Settles with which probabilities the layers are sampled. base: luminance that the base reflects, about.
fn shareLayers(layers: Layers, wo: vec3f, base: f32) -> Layers {
    var l = layers;
    let coat = 1.0 - coatPass(l, dot(wo, l.coatNormal));
    let sheen = (1.0 - coat) * (1.0 - sheenPass(l, wo.z));
    let total = coat + sheen + max((1.0 - coat) * min(1.0, base), 0.1);
    l.coatShare = coat / total;
    l.sheenShare = sheen / total;
    return l;
}
