// Sheen of cloth, as KHR_materials_sheen has it (Estevez and Kulla 2017). Twin: packages/pathtracer/src/bsdf/sheen.ts.
import package::params::PI;

const SHEEN_MIN_ALPHA = 0.02;

fn sheenCurve(x: f32, alpha: f32) -> f32 {
    let t = (1.0 - alpha) * (1.0 - alpha);
    let a = mix(21.5473, 25.3245, t);
    let b = mix(3.82987, 3.32435, t);
    let c = mix(0.19823, 0.16801, t);
    let d = mix(-1.97760, -1.27393, t);
    let e = mix(-4.32054, -4.85967, t);
    return a / (1.0 + b * pow(x, c)) + d * x + e;
}

fn sheenLambda(cosine: f32, alpha: f32) -> f32 {
    let c = abs(cosine);
    if (c < 0.5) {
        return exp(sheenCurve(c, alpha));
    }
    return exp(2.0 * sheenCurve(0.5, alpha) - sheenCurve(max(1.0 - c, 1e-6), alpha));
}

// D V |cos wi| of unit colour; both directions on the upper side.
fn evaluateSheen(wo: vec3f, wi: vec3f, alpha: f32) -> f32 {
    let h = normalize(wo + wi);
    let sin2 = clamp(1.0 - h.z * h.z, 1e-12, 1.0);
    let d = (2.0 + 1.0 / alpha) * pow(sin2, 0.5 / alpha) / (2.0 * PI);
    return d / ((1.0 + sheenLambda(wo.z, alpha) + sheenLambda(wi.z, alpha)) * 4.0 * max(wo.z, 1e-6));
}
