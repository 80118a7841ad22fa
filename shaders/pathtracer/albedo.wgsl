// What share of light a microfacet lobe reflects at its first scattering, from a table that stands before the materials.
// Twin, and how the table is made: packages/pathtracer/src/bsdf/albedo.ts.
import package::params::params;
import package::scene::tables;

const ALBEDO_CELLS = 31u;
const ALBEDO_SHEEN_ROW = 961u;
const ALBEDO_MEAN_ROW = 1442u;
const ALBEDO_ROWS = 1458u;

fn albedoRow(row: u32) -> vec4u {
    return tables[params.materialBase - ALBEDO_ROWS + row];
}

// Cell and place in it, along both axes.
fn albedoCell(cosine: f32, roughness: f32) -> vec4f {
    let at = clamp(vec2f(sqrt(max(cosine, 0.0)), roughness), vec2f(0.0), vec2f(1.0)) * f32(ALBEDO_CELLS);
    let cell = min(floor(at), vec2f(f32(ALBEDO_CELLS - 1u)));
    return vec4f(cell, at - cell);
}

// E of a lobe that reflects everything, and its part B that Schlick's fifth power weighs. roughness = sqrt(alpha).
fn ggxAlbedo(cosine: f32, roughness: f32) -> vec2f {
    let c = albedoCell(cosine, roughness);
    let row = albedoRow(u32(c.y) * ALBEDO_CELLS + u32(c.x));
    let low = mix(unpack2x16unorm(row.x), unpack2x16unorm(row.y), c.z);
    return mix(low, mix(unpack2x16unorm(row.z), unpack2x16unorm(row.w), c.z), c.w);
}

// Albedo of white sheen.
fn sheenAlbedo(cosine: f32, roughness: f32) -> f32 {
    let c = albedoCell(cosine, roughness);
    let cell = u32(c.y) * ALBEDO_CELLS + u32(c.x);
    let row = albedoRow(ALBEDO_SHEEN_ROW + cell / 2u);
    let corners = select(row.xy, row.zw, (cell & 1u) != 0u);
    let low = unpack2x16unorm(corners.x);
    let high = unpack2x16unorm(corners.y);
    return mix(mix(low.x, low.y, c.z), mix(high.x, high.y, c.z), c.w);
}

// E and B, averaged over the hemisphere by the cosine.
fn meanAlbedo(roughness: f32) -> vec2f {
    let c = albedoCell(0.0, roughness);
    let cell = u32(c.y);
    let row = albedoRow(ALBEDO_MEAN_ROW + cell / 2u);
    let ends = select(row.xy, row.zw, (cell & 1u) != 0u);
    return mix(unpack2x16unorm(ends.x), unpack2x16unorm(ends.y), c.w);
}

// Share of what single scattering lost that comes out after two and more, given the mean reflectance of a facet.
fn multipleScattering(reflectance: vec3f, meanE: f32) -> vec3f {
    return reflectance * reflectance * meanE / (1.0 - reflectance * (1.0 - meanE));
}
