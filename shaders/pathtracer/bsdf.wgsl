// Scattering: one BSDF for every material, a mixture of a diffuse lobe (which may let light through), a microfacet reflection and
// glass, with layers over it. Local frame: z is the shading normal on the side of wo, so wo.z > 0; x is the direction in which an
// anisotropic material is stretched. Lobes: microfacet.wgsl, glass.wgsl, layers.wgsl; twin: packages/pathtracer/src/bsdf/bsdf.ts.
//
// Lobes that no material of the scene has are left out when the pipeline is made (variant.wgsl). A loop of one turn around what
// some have is a branch like any other: SwiftShader goes through it if one path of its four does.
import package::params::{PI, INVERSE_PI, luminance};
import package::fresnel::{schlick, fresnelDielectric, fresnelConductor};
import package::thin_film::thinFilm;
import package::variant::{EXTENDED, REFLECTIVE, SPECIAL};
import package::microfacet::{Facets, facetD, facetV, facetPdf, isRough, sampleFacet};
import package::albedo::{ggxAlbedo, meanAlbedo};
import package::glass::{Glass, evaluateGlass, sampleGlass};
import package::layers::{Layers, layerTransmittance, evaluateLayers, sampleLayer};

struct Bsdf {
    // Roughness, tint, index and film, of reflection too; its weight is `glass`.
    lobe: Glass,
    // Reflectance and transmittance of the matte part, already without its metallic part.
    diffuse: vec3f,
    through: vec3f,
    // Weight of the glass, 0 to 1.
    glass: f32,
    // Reflectance at normal incidence (glTF), or a factor on the reflection (conductor, plastic).
    f0: vec3f,
    // At grazing incidence.
    f90: f32,
    // Of the dielectric over the matte part; 0: bare.
    baseF0: f32,
    baseF90: f32,
    // Index of refraction of the coat of plastic; 0: no plastic.
    coat: f32,
    // Probability of the specular lobe among the opaque ones.
    specular: f32,
    // Complex index of a conductor; conductorK.x < 0 for everything else.
    conductorEta: vec3f,
    conductorK: vec3f,
    // Reflectance of what scatters more than once between facets; black: not given back.
    multiple: vec3f,
    layered: bool,
    layers: Layers,
}

struct BsdfSample {
    wi: vec3f,
    // Density of wi over solid angle; 0 no sample, negative a perfect mirror or glass.
    pdf: f32,
    // f * |cos| / pdf
    weight: vec3f,
}

fn filmed(b: Bsdf, bare: vec3f, cosine: f32, f0: vec3f) -> vec3f {
    while (EXTENDED && b.lobe.film.x > 0.0) {
        return mix(bare, thinFilm(cosine, b.lobe.film.y, b.lobe.film.z, f0), b.lobe.film.x);
    }
    return bare;
}

fn bareFresnel(b: Bsdf, cosine: f32) -> vec3f {
    while (SPECIAL && b.conductorK.x >= 0.0) {
        return b.f0 * fresnelConductor(cosine, b.conductorEta, b.conductorK);
    }
    while (SPECIAL && b.coat > 0.0) {
        return b.f0 * fresnelDielectric(cosine, b.coat);
    }
    return schlick(b.f0, b.f90, cosine);
}

// Films are for glTF alone.
fn specularFresnel(b: Bsdf, cosine: f32) -> vec3f {
    return filmed(b, bareFresnel(b, cosine), cosine, b.f0);
}

// Where the lobe stands in the table: of stretched ones, the isotropic lobe of mean alpha.
fn tableRoughness(f: Facets) -> f32 {
    return sqrt(0.5 * (f.alpha.x + f.alpha.y));
}

// E and B of the reflection from a direction.
fn albedoAt(b: Bsdf, cosine: f32) -> vec2f {
    while (isRough(b.lobe.facets)) {
        return ggxAlbedo(cosine, tableRoughness(b.lobe.facets));
    }
    let m = 1.0 - cosine;
    return vec2f(1.0, m * m * m * m * m);
}

fn meansOf(b: Bsdf) -> vec2f {
    while (isRough(b.lobe.facets)) {
        return meanAlbedo(tableRoughness(b.lobe.facets));
    }
    return vec2f(1.0, 1.0 / 21.0);
}

// What the dielectric over a matte base leaves of it, in and out (Kelemen and Szirmay-Kalos 2001).
fn coupling(b: Bsdf, co: f32, ci: f32) -> vec3f {
    while (SPECIAL && b.coat > 0.0) {
        return vec3f((1.0 - fresnelDielectric(co, b.coat)) * (1.0 - fresnelDielectric(ci, b.coat)));
    }
    while (REFLECTIVE && b.baseF0 > 0.0) {
        while (EXTENDED && b.lobe.film.x > 0.0) {
            return filmCoupling(b, co, ci);
        }
        let means = meansOf(b);
        let facet = b.baseF0 + (b.baseF90 - b.baseF0) / 21.0;
        let again = facet * facet * means.x / (1.0 - facet * (1.0 - means.x));
        // Albedo: F0 (E - B) + F90 B + again (1 - E).
        let slope = vec2f(b.baseF0 - again, b.baseF90 - b.baseF0);
        let o = 1.0 - again - dot(slope, albedoAt(b, co));
        let i = 1.0 - again - dot(slope, albedoAt(b, ci));
        return vec3f(o * i / (1.0 - again - dot(slope, means)));
    }
    return vec3f(1.0);
}

// The same under a film, as if smooth: its mean by four points of Gauss and Legendre over the squared cosine.
fn filmCoupling(b: Bsdf, co: f32, ci: f32) -> vec3f {
    let f0 = vec3f(b.baseF0);
    var through = vec3f(1.0);
    var mean = vec3f(0.0);
    for (var k = 0; k < 6; k += 1) {
        let inner = k == 3 || k == 4;
        let side = select(0.5 - 0.169990522, 0.5 - 0.430568156, !inner);
        var c = sqrt(select(side, 1.0 - side, k >= 4));
        c = select(select(c, ci, k == 1), co, k == 0);
        let kept = 1.0 - filmed(b, schlick(f0, b.baseF90, c), c, f0);
        if (k < 2) {
            through *= kept;
        } else {
            mean += kept * select(0.1739274226, 0.3260725774, inner);
        }
    }
    return through / max(mean, vec3f(1e-4));
}

// Share of the matte samples that go through.
fn throughShare(b: Bsdf) -> f32 {
    let t = luminance(b.through);
    return select(0.0, t / (t + luminance(b.diffuse)), t > 0.0);
}

// Light that left the facets after two reflections and more, times pi.
fn repeated(b: Bsdf, co: f32, ci: f32) -> vec3f {
    while (REFLECTIVE && max(b.multiple.r, max(b.multiple.g, b.multiple.b)) > 0.0) {
        let lost = (1.0 - albedoAt(b, co).x) * (1.0 - albedoAt(b, ci).x);
        return b.multiple * (lost / max(1.0 - meansOf(b).x, 1e-4));
    }
    return vec3f(0.0);
}

// f * |cos wi| in rgb and the density in a, without the perfect lobes. hue: see glass.wgsl.
fn evaluateBsdf(b: Bsdf, wo: vec3f, wi: vec3f, hue: vec3f) -> vec4f {
    var sum = vec4f(0.0);
    let rough = isRough(b.lobe.facets);
    let above = wi.z > 0.0;
    var keep = vec2f(1.0);
    while (EXTENDED && b.layered) {
        keep = layerTransmittance(b.layers, wo, wi, b.lobe.inside, b.lobe.thin);
        break;
    }
    // The bare reflection: f |cos wi|, density, cosine at the facet.
    var lobe = vec3f(0.0);
    while (rough && above) {
        let h = normalize(wo + wi);
        lobe.z = dot(wo, h);
        lobe.x = facetD(b.lobe.facets, h) * facetV(b.lobe.facets, wo, wi) * wi.z;
        lobe.y = facetPdf(b.lobe.facets, wo, h) / (4.0 * lobe.z);
        break;
    }
    if (!SPECIAL || b.glass < 1.0) {
        let lambert = abs(wi.z) * INVERSE_PI;
        let matte = select(b.through, b.diffuse, above);
        var opaque = vec3f(0.0);
        while (max(matte.r, max(matte.g, matte.b)) > 0.0) {
            opaque = matte * coupling(b, wo.z, abs(wi.z)) * (keep.x * lambert);
            break;
        }
        let through = throughShare(b);
        var pdf = (1.0 - b.specular) * select(through, 1.0 - through, above) * lambert;
        while (rough && above) {
            opaque += specularFresnel(b, lobe.z) * (keep.y * lobe.x) + repeated(b, wo.z, wi.z) * (keep.y * lambert);
            pdf += b.specular * lobe.y;
            break;
        }
        sum = (1.0 - b.glass) * vec4f(opaque, pdf);
    }
    while (SPECIAL && b.glass > 0.0 && rough) {
        sum += b.glass * vec4f(vec3f(keep.y), 1.0) * evaluateGlass(b.lobe, wo, wi, lobe, hue);
        break;
    }
    while (EXTENDED && b.layered) {
        sum.a *= 1.0 - b.layers.coatShare - b.layers.sheenShare;
        if (above && !b.lobe.inside) {
            sum += evaluateLayers(b.layers, wo, wi);
        }
        break;
    }
    return sum;
}

// r.x chooses the lobe, r.yz the direction, and what is left of r.x between reflection and transmission.
fn sampleBsdf(b: Bsdf, wo: vec3f, r: vec3f, hue: vec3f) -> BsdfSample {
    let none = BsdfSample(vec3f(0.0), 0.0, vec3f(0.0));
    var base = r.x;
    var wi = vec3f(0.0);
    var drawn = false;
    // What a perfect lobe's weight is to be multiplied by.
    var share = 1.0;
    while (EXTENDED && b.layered) {
        let over = b.layers.coatShare + b.layers.sheenShare;
        if (base < over) {
            let layer = sampleLayer(b.layers, wo, base < b.layers.coatShare, r.yz);
            if (layer.w == 0.0 || layer.z <= 0.0) {
                return none;
            }
            if (layer.w < 0.0) {
                return BsdfSample(layer.xyz, -1.0, vec3f(-layer.w));
            }
            wi = layer.xyz;
            drawn = true;
        }
        base = (base - over) / (1.0 - over);
        share = 1.0 / (1.0 - over);
        break;
    }
    while (!drawn) {
        var s = BsdfSample(vec3f(0.0), 1.0, vec3f(0.0));
        if (SPECIAL && base < b.glass) {
            let g = sampleGlass(b.lobe, wo, base / b.glass, r.yz, hue);
            s = BsdfSample(g.wi, g.pdf, g.weight);
        } else {
            s = sampleOpaque(b, wo, (base - b.glass) / (1.0 - b.glass), r.yz);
        }
        if (s.pdf == 0.0) {
            return none;
        }
        if (s.pdf < 0.0) {
            while (EXTENDED && b.layered) {
                s.weight *= share * layerTransmittance(b.layers, wo, s.wi, b.lobe.inside, b.lobe.thin).y;
                break;
            }
            return s;
        }
        wi = s.wi;
        break;
    }
    wi = normalize(wi);
    let value = evaluateBsdf(b, wo, wi, hue);
    if (!(value.a > 0.0)) {
        return none;
    }
    return BsdfSample(wi, value.a, value.rgb / value.a);
}

// The direction alone (pdf 1) of a rough lobe, or the whole sample of a perfect one.
fn sampleOpaque(b: Bsdf, wo: vec3f, choice: f32, r: vec2f) -> BsdfSample {
    if (REFLECTIVE && choice < b.specular) {
        if (!isRough(b.lobe.facets)) {
            return BsdfSample(vec3f(-wo.xy, wo.z), -1.0, specularFresnel(b, wo.z) / b.specular);
        }
        let h = sampleFacet(b.lobe.facets, wo, r);
        let wi = 2.0 * dot(wo, h) * h - wo;
        return BsdfSample(wi, select(0.0, 1.0, wi.z > 0.0), vec3f(0.0));
    }
    let radius = sqrt(r.x);
    let phi = 2.0 * PI * r.y;
    let z = sqrt(max(1.0 - r.x, 0.0));
    let below = (choice - b.specular) / (1.0 - b.specular) < throughShare(b);
    return BsdfSample(vec3f(radius * cos(phi), radius * sin(phi), select(z, -z, below)), 1.0, vec3f(0.0));
}

// Probability of choosing the specular lobe: its share of the albedo seen from wo.
fn specularShare(b: Bsdf, cosine: f32) -> f32 {
    // A choice only: the film is left out.
    let s = luminance(bareFresnel(b, cosine));
    let over = select(1.0, 1.0 - s, b.baseF0 > 0.0 || b.coat > 0.0);
    let matte = (luminance(b.diffuse) + luminance(b.through)) * over;
    var d = matte;
    while (luminance(b.multiple) > 0.0) {
        d += luminance(b.multiple) * (1.0 - albedoAt(b, cosine).x);
        break;
    }
    // What little is scattered twice by nearly smooth metal, the lobe itself finds.
    if (matte <= 0.0 && d <= 0.01 * s) {
        return 1.0;
    }
    if (s <= 0.0) {
        return 0.0;
    }
    return clamp(s / (s + d), 0.05, 0.95);
}
