// How much of a surface is there: what alpha masks and blends. Twin: hitOpacity of packages/pathtracer/src/reference.
import package::params::NONE;
import package::scene::{tables, rowF, TexturePoint, MATERIAL_MASK};
import package::texture::sampleTexture;

// 0 to 1, of the material in this row; masks give 0 or 1. Textures are looked up without a footprint, for rays and for light
// samples alike: whether one ray passes is a yes or no either way, so filtering could not lessen noise, and would move the edges
// of masks.
fn opacityOf(material: u32, ofVertices: f32, uv: TexturePoint) -> f32 {
    let flags = tables[material + 3u];
    var alpha = rowF(material).w * ofVertices;
    while (flags.y != NONE) {
        alpha *= sampleTexture(flags.y, uv).a;
        break;
    }
    let cut = select(1.0, 0.0, alpha < rowF(material + 2u).w);
    return select(alpha, cut, (flags.x & MATERIAL_MASK) != 0u);
}
