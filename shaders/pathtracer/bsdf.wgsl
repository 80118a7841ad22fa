// Scattering: one BSDF for every material, a mixture of a diffuse lobe, a GGX reflection and GGX glass. Local frame: z is the
// shading normal on the side of wo, so wo.z > 0. Twin: packages/pathtracer/src/bsdf/bsdf.ts.
//
// Walter, Marschner, Li, Torrance 2007 (rough glass); Heitz 2014 (height-correlated masking); Dupuy and Benyoub 2023 (sampling
// visible normals by spherical caps). Specular lobes with alpha below 0.001 are perfect mirrors or glass.
import package::params::{PI, INVERSE_PI, luminance};

struct Bsdf {
    // Diffuse reflectance, already without its metallic part.
    diffuse: vec3f,
    // GGX alpha.
    alpha: f32,
    // Reflectance at normal incidence (glTF), or a factor on the reflection (conductor, plastic).
    f0: vec3f,
    // Reflectance of the coat over the diffuse lobe at normal incidence (glTF); 0: no coat.
    baseF0: f32,
    // At grazing incidence: of the whole and of the coat.
    f90: f32,
    baseF90: f32,
    // Index of refraction of the coat of plastic; 0: no plastic.
    coat: f32,
    // Tint of what glass lets through.
    tint: vec3f,
    // Weight of the glass, 0 to 1.
    glass: f32,
    // Index behind the surface over the index before it.
    eta: f32,
    // Probability of the specular lobe among the opaque ones.
    specular: f32,
    // Complex index of a conductor; conductorK.x < 0 for everything else.
    conductorEta: vec3f,
    conductorK: vec3f,
    thin: bool,
}

struct BsdfSample {
    wi: vec3f,
    // Density of wi over solid angle; 0 no sample, negative a perfect mirror or glass.
    pdf: f32,
    // f * |cos| / pdf
    weight: vec3f,
}

const DELTA_ALPHA = 0.001;

fn schlick(f0: vec3f, f90: f32, cosine: f32) -> vec3f {
    let m = clamp(1.0 - cosine, 0.0, 1.0);
    let m2 = m * m;
    return f0 + (f90 - f0) * (m2 * m2 * m);
}

// What a coat leaves of the matte base under it, in and out (Kelemen and Szirmay-Kalos 2001): reciprocal, and together with a
// smooth coat conserves energy. glTF's own mix by 1 - F(h) gains up to 4 % at grazing angles.
fn coupling(f0: f32, f90: f32, co: f32, ci: f32) -> f32 {
    let o = 1.0 - schlick(vec3f(f0), f90, co).x;
    let i = 1.0 - schlick(vec3f(f0), f90, ci).x;
    return o * i / (1.0 - (f0 + (f90 - f0) / 21.0));
}

fn fresnelDielectric(cosine: f32, eta: f32) -> f32 {
    let sin2 = (1.0 - cosine * cosine) / (eta * eta);
    if (sin2 >= 1.0) {
        return 1.0;
    }
    let c = sqrt(1.0 - sin2);
    let parallel = (eta * cosine - c) / (eta * cosine + c);
    let perpendicular = (cosine - eta * c) / (cosine + eta * c);
    return 0.5 * (parallel * parallel + perpendicular * perpendicular);
}

fn fresnelConductor(cosine: f32, eta: vec3f, k: vec3f) -> vec3f {
    let c2 = cosine * cosine;
    let s2 = 1.0 - c2;
    let t0 = eta * eta - k * k - s2;
    let a2b2 = sqrt(t0 * t0 + 4.0 * eta * eta * k * k);
    let t1 = a2b2 + c2;
    let a = sqrt(max(0.5 * (a2b2 + t0), vec3f(0.0)));
    let t2 = 2.0 * cosine * a;
    let rs = (t1 - t2) / (t1 + t2);
    let t3 = c2 * a2b2 + s2 * s2;
    let t4 = t2 * s2;
    return 0.5 * (rs + rs * (t3 - t4) / (t3 + t4));
}

fn specularFresnel(b: Bsdf, cosine: f32) -> vec3f {
    while (b.conductorK.x >= 0.0) {
        return b.f0 * fresnelConductor(cosine, b.conductorEta, b.conductorK);
    }
    while (b.coat > 0.0) {
        return b.f0 * fresnelDielectric(cosine, b.coat);
    }
    return schlick(b.f0, b.f90, cosine);
}

// Reflectance of glass; a thin sheet reflects between its two faces as well: R + T R T + ... = 2R / (1 + R).
fn glassFresnel(b: Bsdf, cosine: f32) -> f32 {
    let r = fresnelDielectric(cosine, b.eta);
    return select(r, 2.0 * r / (1.0 + r), b.thin);
}

fn ggxD(cosine: f32, alpha: f32) -> f32 {
    let a2 = alpha * alpha;
    let d = cosine * cosine * (a2 - 1.0) + 1.0;
    return a2 / (PI * d * d);
}

fn ggxG1(cosine: f32, alpha: f32) -> f32 {
    let a2 = alpha * alpha;
    let c = abs(cosine);
    return 2.0 * c / (c + sqrt(a2 + (1.0 - a2) * c * c));
}

// Height-correlated masking and shadowing over 4 |wo.z| |wi.z|.
fn ggxV(co: f32, ci: f32, alpha: f32) -> f32 {
    let a2 = alpha * alpha;
    let o = abs(co);
    let i = abs(ci);
    return 0.5 / (i * sqrt(o * o * (1.0 - a2) + a2) + o * sqrt(i * i * (1.0 - a2) + a2));
}

fn sampleVisibleNormal(wo: vec3f, alpha: f32, r: vec2f) -> vec3f {
    let w = normalize(vec3f(wo.xy * alpha, wo.z));
    let phi = 2.0 * PI * r.x;
    let z = (1.0 - r.y) * (1.0 + w.z) - w.z;
    let s = sqrt(clamp(1.0 - z * z, 0.0, 1.0));
    let h = vec3f(s * cos(phi), s * sin(phi), z) + w;
    return normalize(vec3f(h.xy * alpha, max(h.z, 1e-7)));
}

// Density of a reflected direction whose half vector is h.
fn reflectionPdf(wo: vec3f, h: vec3f, alpha: f32) -> f32 {
    return ggxG1(wo.z, alpha) * ggxD(h.z, alpha) / (4.0 * wo.z);
}

// f * |cos wi| in rgb and the density in a, without the perfect lobes.
fn evaluateBsdf(b: Bsdf, wo: vec3f, wi: vec3f) -> vec4f {
    var f = vec3f(0.0);
    var pdf = 0.0;
    let rough = b.alpha >= DELTA_ALPHA;
    if (wi.z > 0.0) {
        let h = normalize(wo + wi);
        let cosine = dot(wo, h);
        var lobe = 0.0;
        var lobePdf = 0.0;
        if (rough) {
            lobe = ggxD(h.z, b.alpha) * ggxV(wo.z, wi.z, b.alpha) * wi.z;
            lobePdf = reflectionPdf(wo, h, b.alpha);
        }
        if (b.glass < 1.0) {
            var opaque = b.diffuse * (INVERSE_PI * wi.z);
            if (b.baseF0 > 0.0) {
                opaque *= coupling(b.baseF0, b.baseF90, wo.z, wi.z);
            }
            while (b.coat > 0.0) {
                opaque *= (1.0 - fresnelDielectric(wo.z, b.coat)) * (1.0 - fresnelDielectric(wi.z, b.coat));
                break;
            }
            let diffusePdf = (1.0 - b.specular) * wi.z * INVERSE_PI;
            f += (1.0 - b.glass) * (opaque + specularFresnel(b, cosine) * lobe);
            pdf += (1.0 - b.glass) * (diffusePdf + b.specular * lobePdf);
        }
        while (b.glass > 0.0 && rough) {
            let reflectance = glassFresnel(b, cosine);
            f += b.glass * reflectance * lobe;
            pdf += b.glass * reflectance * lobePdf;
            break;
        }
    }
    while (wi.z < 0.0 && b.glass > 0.0 && rough) {
        if (b.thin) {
            let mirrored = vec3f(wi.xy, -wi.z);
            let h = normalize(wo + mirrored);
            let passed = 1.0 - glassFresnel(b, dot(wo, h));
            f += b.glass * passed * b.tint * (ggxD(h.z, b.alpha) * ggxV(wo.z, mirrored.z, b.alpha) * mirrored.z);
            pdf += b.glass * passed * reflectionPdf(wo, h, b.alpha);
        } else {
            var h = normalize(wi * b.eta + wo);
            h = select(h, -h, h.z < 0.0);
            let oh = dot(wo, h);
            let ih = dot(wi, h);
            if (oh > 0.0 && ih < 0.0) {
                let passed = 1.0 - fresnelDielectric(oh, b.eta);
                let root = ih + oh / b.eta;
                let jacobian = abs(ih) / (root * root);
                let d = ggxD(h.z, b.alpha);
                // ggxV holds 1 / (4 wo.z wi.z); the cosine of wi cancels with f * |cos|. 1 / eta^2: radiance, not power.
                let g = 4.0 * ggxV(wo.z, wi.z, b.alpha) * abs(wi.z);
                f += b.glass * b.tint * (passed * d * g * oh * jacobian / (b.eta * b.eta));
                pdf += b.glass * passed * ggxG1(wo.z, b.alpha) * d * oh / wo.z * jacobian;
            }
        }
        break;
    }
    return vec4f(f, pdf);
}

// r.x chooses the lobe, r.yz the direction, and what is left of r.x between reflection and transmission.
fn sampleBsdf(b: Bsdf, wo: vec3f, r: vec3f) -> BsdfSample {
    let rough = b.alpha >= DELTA_ALPHA;
    let none = BsdfSample(vec3f(0.0), 0.0, vec3f(0.0));
    var wi = vec3f(0.0);
    if (r.x < b.glass) {
        let choice = r.x / b.glass;
        var h = vec3f(0.0, 0.0, 1.0);
        if (rough) {
            h = sampleVisibleNormal(wo, b.alpha, r.yz);
        }
        let cosine = dot(wo, h);
        if (cosine <= 0.0) {
            return none;
        }
        let reflectance = glassFresnel(b, cosine);
        let reflected = choice < reflectance;
        if (reflected || b.thin) {
            wi = 2.0 * cosine * h - wo;
            if (wi.z <= 0.0) {
                return none;
            }
            if (!reflected) {
                wi.z = -wi.z;
            }
        } else {
            let sin2 = (1.0 - cosine * cosine) / (b.eta * b.eta);
            if (sin2 >= 1.0) {
                return none;
            }
            wi = -wo / b.eta + (cosine / b.eta - sqrt(1.0 - sin2)) * h;
            if (wi.z >= 0.0) {
                return none;
            }
        }
        if (!rough) {
            // The choice of lobe and of side has the probability that the throughput has: only tint and 1 / eta^2 remain.
            let passed = select(b.tint / (b.eta * b.eta), b.tint, b.thin);
            return BsdfSample(wi, -1.0, select(passed, vec3f(1.0), reflected));
        }
    } else {
        let choice = (r.x - b.glass) / (1.0 - b.glass);
        if (choice < b.specular) {
            if (!rough) {
                wi = vec3f(-wo.xy, wo.z);
                return BsdfSample(wi, -1.0, specularFresnel(b, wo.z) / b.specular);
            }
            let h = sampleVisibleNormal(wo, b.alpha, r.yz);
            wi = 2.0 * dot(wo, h) * h - wo;
        } else {
            let radius = sqrt(r.y);
            let phi = 2.0 * PI * r.z;
            wi = vec3f(radius * cos(phi), radius * sin(phi), sqrt(max(1.0 - r.y, 0.0)));
        }
        if (wi.z <= 0.0) {
            return none;
        }
    }
    wi = normalize(wi);
    let value = evaluateBsdf(b, wo, wi);
    if (!(value.a > 0.0)) {
        return none;
    }
    return BsdfSample(wi, value.a, value.rgb / value.a);
}

// Probability of choosing the specular lobe: its share of the albedo seen from wo.
fn specularShare(b: Bsdf, cosine: f32) -> f32 {
    let s = luminance(specularFresnel(b, cosine));
    let d = luminance(b.diffuse) * (1.0 - s * select(0.0, 1.0, b.baseF0 > 0.0 || b.coat > 0.0));
    if (d <= 0.0) {
        return 1.0;
    }
    if (s <= 0.0) {
        return 0.0;
    }
    return clamp(s / (s + d), 0.05, 0.95);
}
