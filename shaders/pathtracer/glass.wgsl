// Glass: microfacets that reflect and refract (Walter et al. 2007), thin sheets, a film on the outside, and dispersion, whose
// channel is drawn by the path's hue and whose densities are summed over the channels. Twin: packages/pathtracer/src/bsdf/glass.ts.
import package::fresnel::fresnelDielectric;
import package::variant::EXTENDED;
import package::thin_film::thinFilm;
import package::microfacet::{Facets, facetD, facetV, facetPdf, isRough, sampleFacet};

struct Glass {
    facets: Facets,
    tint: vec3f,
    // Index behind the surface over the index before it.
    eta: f32,
    // Half of the difference of index between red and blue; 0: no dispersion.
    spread: f32,
    // Weight, index and thickness in nm of a film.
    film: vec3f,
    thin: bool,
    // The ray is in the material.
    inside: bool,
    // KHR_materials_specular: what is reflected at normal incidence and, at most, towards grazing, in place of what the index says.
    weighted: bool,
    f0: vec3f,
    f90: f32,
}

struct GlassSample {
    wi: vec3f,
    // 0 none, 1 the direction alone (rough), negative the whole sample (smooth).
    pdf: f32,
    weight: vec3f,
}

fn etaOf(g: Glass, channel: u32) -> f32 {
    let ior = select(g.eta, 1.0 / g.eta, g.inside) + (f32(channel) - 1.0) * g.spread;
    return select(ior, 1.0 / ior, g.inside);
}

fn glassReflectance(g: Glass, cosine: f32) -> vec3f {
    var out = vec3f(fresnelDielectric(cosine, g.eta));
    while (EXTENDED && g.spread > 0.0) {
        out.x = fresnelDielectric(cosine, etaOf(g, 0u));
        out.z = fresnelDielectric(cosine, etaOf(g, 2u));
        break;
    }
    let ratio = (g.eta - 1.0) / (g.eta + 1.0);
    var normal = vec3f(ratio * ratio);
    while (g.weighted) {
        // Along the true curve; total reflection stays total.
        let climb = (out - normal) / (1.0 - normal);
        out = select(mix(g.f0, vec3f(g.f90), climb), out, out >= vec3f(1.0));
        normal = g.f0;
        break;
    }
    while (EXTENDED && g.film.x > 0.0) {
        // A stack without loss passes as much either way: from inside, look at it from the refracted direction outside.
        let sin2 = (1.0 - cosine * cosine) / (g.eta * g.eta);
        let outside = select(cosine, sqrt(max(0.0, 1.0 - sin2)), g.inside);
        let film = thinFilm(outside, g.film.y, g.film.z, normal);
        out = mix(out, select(film, vec3f(1.0), sin2 >= 1.0), g.film.x);
        break;
    }
    // Between the two faces of a sheet: R + T R T + ... = 2R / (1 + R).
    return select(out, 2.0 * out / (1.0 + out), g.thin);
}

// How likely a facet's reflection is chosen.
fn glassChoice(g: Glass, reflectance: vec3f, hue: vec3f) -> f32 {
    return dot(reflectance, select(vec3f(1.0 / 3.0), hue, g.spread > 0.0));
}

// Refraction by facets that let everything through: f |cos wi|, density, and the facet's cosine to wo (0: impossible).
fn refraction(g: Glass, wo: vec3f, wi: vec3f, eta: f32) -> vec3f {
    var h = normalize(wi * eta + wo);
    h = select(h, -h, h.z < 0.0);
    let oh = dot(wo, h);
    let ih = dot(wi, h);
    if (!(oh > 0.0 && ih < 0.0)) {
        return vec3f(0.0);
    }
    let root = ih + oh / eta;
    let jacobian = abs(ih) / (root * root);
    // facetV holds 1 / (4 wo.z wi.z); the cosine of wi cancels with f * |cos|. 1 / eta^2: radiance, not power.
    let v = 4.0 * facetV(g.facets, wo, wi) * abs(wi.z);
    return vec3f(facetD(g.facets, h) * v * oh * jacobian / (eta * eta), facetPdf(g.facets, wo, h) * jacobian, oh);
}

// f |cos wi| in rgb and density in a of glass of weight 1. above: f |cos wi| and density of the bare lobe and the facet's cosine,
// if wi is above the surface. One loop for all cases, so that the film's code is there once.
fn evaluateGlass(g: Glass, wo: vec3f, wi: vec3f, above: vec3f, hue: vec3f) -> vec4f {
    let refracts = wi.z < 0.0 && !g.thin;
    let channels = select(1u, 3u, EXTENDED && refracts && g.spread > 0.0);
    var sum = vec4f(0.0);
    for (var c = 0u; c < channels; c += 1u) {
        var one = above;
        if (refracts) {
            one = refraction(g, wo, wi, select(g.eta, etaOf(g, c), channels == 3u));
        } else if (wi.z < 0.0) {
            let mirrored = vec3f(wi.xy, -wi.z);
            let h = normalize(wo + mirrored);
            one.z = dot(wo, h);
            one.x = facetD(g.facets, h) * facetV(g.facets, wo, mirrored) * mirrored.z;
            one.y = facetPdf(g.facets, wo, h) / (4.0 * one.z);
        }
        if (one.z > 0.0) {
            let reflectance = glassReflectance(g, one.z);
            let chance = glassChoice(g, reflectance, hue);
            if (wi.z > 0.0) {
                sum = vec4f(reflectance * one.x, chance * one.y);
            } else if (channels == 1u) {
                sum = vec4f(g.tint * (1.0 - reflectance) * one.x, (1.0 - chance) * one.y);
            } else {
                let kept = 1.0 - reflectance[c];
                sum[c] = g.tint[c] * kept * one.x;
                sum.a += hue[c] * kept * one.y;
            }
        }
    }
    return sum;
}

// u chooses the channel and the side, r the facet.
fn sampleGlass(g: Glass, wo: vec3f, u: f32, r: vec2f, hue: vec3f) -> GlassSample {
    let rough = isRough(g.facets);
    let none = GlassSample(vec3f(0.0), 0.0, vec3f(0.0));
    var h = vec3f(0.0, 0.0, 1.0);
    if (rough) {
        h = sampleFacet(g.facets, wo, r);
    }
    let cosine = dot(wo, h);
    if (cosine <= 0.0) {
        return none;
    }
    let reflectance = glassReflectance(g, cosine);
    let all = glassChoice(g, reflectance, hue);
    var channel = 1u;
    var left = u;
    var chance = all;
    var eta = g.eta;
    while (EXTENDED && g.spread > 0.0) {
        var before = 0.0;
        if (u < hue.x) {
            channel = 0u;
        } else if (u >= hue.x + hue.y) {
            channel = 2u;
            before = hue.x + hue.y;
        } else {
            before = hue.x;
        }
        left = (u - before) / max(hue[channel], 1e-6);
        chance = reflectance[channel];
        eta = etaOf(g, channel);
        break;
    }
    let reflected = left < chance;
    var wi = vec3f(0.0);
    if (reflected || g.thin) {
        wi = 2.0 * cosine * h - wo;
        if (wi.z <= 0.0) {
            return none;
        }
        if (!reflected) {
            wi.z = -wi.z;
        }
    } else {
        let sin2 = (1.0 - cosine * cosine) / (eta * eta);
        if (sin2 >= 1.0) {
            return none;
        }
        wi = -wo / eta + (cosine / eta - sqrt(1.0 - sin2)) * h;
        if (wi.z >= 0.0) {
            return none;
        }
    }
    if (rough) {
        return GlassSample(wi, 1.0, vec3f(0.0));
    }
    if (reflected) {
        return GlassSample(wi, -1.0, reflectance / all);
    }
    while (EXTENDED && g.spread > 0.0) {
        // This direction is this channel's alone.
        var weight = vec3f(0.0);
        weight[channel] = g.tint[channel] / (hue[channel] * eta * eta);
        return GlassSample(wi, -1.0, weight);
    }
    let bend = select(1.0 / (eta * eta), 1.0, g.thin);
    return GlassSample(wi, -1.0, g.tint * bend * (1.0 - reflectance) / (1.0 - all));
}
