// Fresnel reflectances. Cosines are those of the microfacet. Twin: packages/pathtracer/src/bsdf/fresnel.ts.

// Schlick 1994.
fn schlick(f0: vec3f, f90: f32, cosine: f32) -> vec3f {
    let m = clamp(1.0 - cosine, 0.0, 1.0);
    let m2 = m * m;
    return f0 + (f90 - f0) * (m2 * m2 * m);
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
