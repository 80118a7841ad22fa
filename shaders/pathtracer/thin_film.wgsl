// Iridescence: reflectance of a dielectric film on a dielectric or metal, as KHR_materials_iridescence computes it (Belcour and
// Barla 2017). Twin: packages/pathtracer/src/bsdf/thin-film.ts.
import package::params::PI;
import package::fresnel::schlick;

// Linear Rec.709 response to an optical path difference in nm.
fn sensitivity(pathDifferenceNm: f32, shift: vec3f) -> vec3f {
    let phase = 2.0 * PI * pathDifferenceNm * 1e-9;
    let value = vec3f(5.4856e-13, 4.4201e-13, 5.2481e-13);
    let position = vec3f(1.6810e6, 1.7953e6, 2.2084e6);
    let variance = vec3f(4.3278e9, 9.3046e9, 6.6121e9);
    var xyz = value * sqrt(2.0 * PI * variance) * cos(position * phase + shift) * exp(-phase * phase * variance);
    xyz.x += 9.7470e-14 * sqrt(2.0 * PI * 4.5282e9) * cos(2.2399e6 * phase + shift.x) * exp(-4.5282e9 * phase * phase);
    xyz /= 1.0685e-7;
    return vec3f(
        3.2404542 * xyz.x - 1.5371385 * xyz.y - 0.4985314 * xyz.z,
        -0.9692660 * xyz.x + 1.8760108 * xyz.y + 0.0415560 * xyz.z,
        0.0556434 * xyz.x - 0.2040259 * xyz.y + 1.0572252 * xyz.z,
    );
}

// f0: of the base under the film, without it.
fn thinFilm(cosine: f32, filmIor: f32, thicknessNm: f32, f0: vec3f) -> vec3f {
    // No film, no change: the index fades to that of air.
    let ior = mix(1.0, filmIor, smoothstep(0.0, 0.03, thicknessNm));
    let cos2 = 1.0 - (1.0 - cosine * cosine) / (ior * ior);
    if (cos2 < 0.0) {
        return vec3f(1.0);
    }
    let inside = sqrt(cos2);
    let outer = (ior - 1.0) / (ior + 1.0);
    let r12 = schlick(vec3f(outer * outer), 1.0, cosine).x;
    let t121 = 1.0 - r12;
    let root = sqrt(clamp(f0, vec3f(0.0), vec3f(0.9999)));
    let base = (1.0 + root) / (1.0 - root);
    let inner = (base - ior) / (base + ior);
    let r23 = schlick(inner * inner, 1.0, inside);
    let phase = select(PI, 0.0, ior < 1.0) + select(vec3f(0.0), vec3f(PI), base < vec3f(ior));
    let r123 = clamp(r12 * r23, vec3f(1e-5), vec3f(0.9999));
    let rs = t121 * t121 * r23 / (1.0 - r123);
    var out = r12 + rs;
    var c = rs - t121;
    for (var m = 1; m <= 2; m += 1) {
        c *= sqrt(r123);
        out += c * 2.0 * sensitivity(f32(m) * 2.0 * ior * thicknessNm * inside, f32(m) * phase);
    }
    return clamp(out, vec3f(0.0), vec3f(1.0));
}
