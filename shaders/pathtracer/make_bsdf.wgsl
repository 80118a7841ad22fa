// The BSDF of a material at one point: its row and extension block, and the textures of both. Rows are described in
// packages/pathtracer/src/tracer/pack-materials.ts; twin: packages/pathtracer/src/bsdf/make-bsdf.ts.
import package::params::{NONE, luminance};
import package::scene::{tables, rowF, TexturePoint};
import package::scene::{KIND_GLTF, KIND_DIFFUSE, KIND_CONDUCTOR, KIND_DIELECTRIC, KIND_PLASTIC};
import package::scene::{MATERIAL_THIN, MATERIAL_NONLINEAR, MATERIAL_SPECULAR, MATERIAL_BECKMANN, MATERIAL_SINGLE};
import package::scene::{MATERIAL_CLEARCOAT, MATERIAL_SHEEN, MATERIAL_IRIDESCENCE, MATERIAL_ANISOTROPY, MATERIAL_THROUGH};
import package::scene::{MATERIAL_DISPERSION, MATERIAL_MAPPED};
import package::texture::sampleTexture;
import package::variant::{EXTENDED, REFLECTIVE, SPECIAL};
import package::microfacet::isRough;
import package::albedo::{meanAlbedo, multipleScattering};
import package::sheen::SHEEN_MIN_ALPHA;
import package::layers::{Layers, shareLayers};
import package::bsdf::{Bsdf, specularShare, tableRoughness};

// Where on which material, after the textures that every material may have.
struct Point {
    // Rows of the material and of its extension block (meaningless without a flag that needs it).
    row: u32,
    extension: u32,
    flags: u32,
    front: bool,
    base: vec3f,
    metallic: f32,
    roughness: f32,
    // Strength of the anisotropy.
    anisotropy: f32,
    uv: TexturePoint,
    wo: vec3f,
    // The coat's normal in the shading frame.
    coatNormal: vec3f,
}

// What the textures of the extensions say, each in its channels; 1 without.
struct Maps {
    coat: f32,
    coatRoughness: f32,
    sheen: vec3f,
    sheenRoughness: f32,
    film: f32,
    filmThickness: f32,
    through: f32,
    throughColor: vec3f,
    transmission: f32,
    specular: f32,
    specularColor: vec3f,
}

// A loop with one lookup in it: kernels inline everything, and a dozen lookups would take long to compile.
fn readMaps(p: Point) -> Maps {
    var m = Maps(1.0, 1.0, vec3f(1.0), 1.0, 1.0, 1.0, 1.0, vec3f(1.0), 1.0, 1.0, vec3f(1.0));
    while (EXTENDED && (p.flags & MATERIAL_MAPPED) != 0u) {
        for (var k = 0u; k < 13u; k += 1u) {
            let picture = tables[p.extension + 6u + k / 4u][k % 4u];
            // The normals of the base and the coat, and the anisotropy's direction, were read before there was a frame.
            if (picture == NONE || k == 2u || k == 7u) {
                continue;
            }
            let t = sampleTexture(picture, p.uv);
            switch (k) {
                case 0u: { m.coat = t.r; }
                case 1u: { m.coatRoughness = t.g; }
                case 3u: { m.sheen = t.rgb; }
                case 4u: { m.sheenRoughness = t.a; }
                case 5u: { m.film = t.r; }
                case 6u: { m.filmThickness = t.g; }
                case 8u: { m.through = t.a; }
                case 9u: { m.throughColor = t.rgb; }
                case 10u: { m.transmission = t.r; }
                case 11u: { m.specular = t.a; }
                default: { m.specularColor = t.rgb; }
            }
        }
        break;
    }
    return m;
}

fn makeBsdf(p: Point) -> Bsdf {
    let m1 = rowF(p.row + 1u);
    let ior = m1.z;
    let kind = p.flags & 15u;
    var b: Bsdf;
    b.lobe.facets.alpha = vec2f(p.roughness * p.roughness);
    b.lobe.facets.beckmann = (p.flags & MATERIAL_BECKMANN) != 0u;
    b.lobe.thin = (p.flags & MATERIAL_THIN) != 0u;
    b.lobe.inside = !p.front && !b.lobe.thin;
    b.lobe.eta = select(ior, 1.0 / ior, b.lobe.inside);
    b.lobe.tint = p.base;
    b.conductorK = vec3f(-1.0);
    b.f90 = 1.0;
    while (EXTENDED && (p.flags & MATERIAL_ANISOTROPY) != 0u && p.anisotropy > 0.0) {
        let alpha = b.lobe.facets.alpha.x;
        b.lobe.facets.alpha = max(vec2f(mix(alpha, 1.0, p.anisotropy * p.anisotropy), alpha), vec2f(0.001));
        break;
    }
    if (!REFLECTIVE || kind == KIND_DIFFUSE) {
        b.diffuse = p.base;
        b.lobe.facets.alpha = vec2f(0.0);
        return b;
    }
    if (SPECIAL && kind == KIND_DIELECTRIC) {
        b.glass = 1.0;
        b.specular = 1.0;
        return b;
    }
    let maps = readMaps(p);
    if (SPECIAL && kind == KIND_CONDUCTOR) {
        let eta = rowF(p.row + 5u);
        let k = rowF(p.row + 6u);
        let last = rowF(p.row + 7u);
        b.conductorEta = eta.rgb;
        b.conductorK = k.rgb;
        b.f0 = last.rgb * maps.specularColor;
        b.multiple = multipleOf(b, p.flags, vec3f(eta.w, k.w, last.w) * maps.specularColor);
        b.specular = specularShare(b, p.wo.z);
        return b;
    }
    if (SPECIAL && kind == KIND_PLASTIC) {
        let last = rowF(p.row + 7u);
        b.coat = ior;
        b.f0 = last.rgb * maps.specularColor;
        // Light that the coat throws back down meets the base again: a geometric series.
        let again = select(vec3f(1.0), p.base, (p.flags & MATERIAL_NONLINEAR) != 0u);
        b.diffuse = p.base / ((1.0 - again * last.a) * ior * ior);
        b.specular = specularShare(b, p.wo.z);
        return b;
    }
    return makeGltf(p, maps, b, ior, m1.w);
}

fn makeGltf(p: Point, maps: Maps, begun: Bsdf, ior: f32, transmission: f32) -> Bsdf {
    var b = begun;
    let r = (ior - 1.0) / (ior + 1.0);
    var dielectric = vec3f(r * r);
    b.baseF90 = 1.0;
    b.glass = transmission;
    while ((p.flags & MATERIAL_SPECULAR) != 0u) {
        let last = rowF(p.row + 7u) * vec4f(maps.specularColor, maps.specular);
        dielectric = min(dielectric * last.rgb, vec3f(1.0)) * last.a;
        b.baseF90 = last.a;
        b.lobe.weighted = true;
        b.lobe.f0 = dielectric;
        b.lobe.f90 = last.a;
        break;
    }
    b.baseF0 = max(dielectric.r, max(dielectric.g, dielectric.b));
    b.f0 = mix(dielectric, p.base, p.metallic);
    b.f90 = mix(b.baseF90, 1.0, p.metallic);
    b.diffuse = p.base * (1.0 - p.metallic);
    b.glass *= maps.transmission * (1.0 - p.metallic);
    while (EXTENDED && (p.flags & MATERIAL_THROUGH) != 0u) {
        let share = rowF(p.extension + 3u).w * maps.through;
        let color = rowF(p.extension + 4u).rgb * maps.throughColor;
        b.through = color * ((1.0 - p.metallic) * share);
        b.diffuse *= 1.0 - share;
        break;
    }
    while (EXTENDED && (p.flags & MATERIAL_IRIDESCENCE) != 0u) {
        let film = rowF(p.extension + 2u);
        b.lobe.film = vec3f(film.x * maps.film, film.y, mix(film.z, film.w, maps.filmThickness));
        break;
    }
    while (EXTENDED && (p.flags & MATERIAL_DISPERSION) != 0u && !b.lobe.thin) {
        b.lobe.spread = (ior - 1.0) * 0.025 * rowF(p.extension).w;
        break;
    }
    // Each for itself: the mixture is of two surfaces, not of one that is half metal.
    let matt = multipleOf(b, p.flags, dielectric + (b.baseF90 - dielectric) / 21.0);
    b.multiple = mix(matt, multipleOf(b, p.flags, p.base + (1.0 - p.base) / 21.0), p.metallic);
    b.specular = specularShare(b, p.wo.z);
    while (EXTENDED && (p.flags & (MATERIAL_CLEARCOAT | MATERIAL_SHEEN)) != 0u) {
        let coat = rowF(p.extension);
        let sheen = rowF(p.extension + 1u);
        let rough = vec2f(coat.y * maps.coatRoughness, sheen.w * maps.sheenRoughness);
        b.layered = true;
        b.layers.coat = coat.x * maps.coat;
        b.layers.coatAlpha = rough.x * rough.x;
        b.layers.coatNormal = p.coatNormal;
        b.layers.sheen = sheen.rgb * maps.sheen;
        b.layers.sheenAlpha = max(rough.y * rough.y, SHEEN_MIN_ALPHA);
        let glow = luminance(b.diffuse) + luminance(b.through) + luminance(b.f0);
        while (!b.lobe.inside) {
            b.layers = shareLayers(b.layers, p.wo, mix(glow, 1.0, b.glass));
            break;
        }
        break;
    }
    return b;
}

// What facets that reflect so much on average give back of the light that one scattering loses.
fn multipleOf(b: Bsdf, flags: u32, mean: vec3f) -> vec3f {
    while (isRough(b.lobe.facets) && (flags & (MATERIAL_SINGLE | MATERIAL_BECKMANN)) == 0u) {
        return multipleScattering(mean, meanAlbedo(tableRoughness(b.lobe.facets)).x);
    }
    return vec3f(0.0);
}
