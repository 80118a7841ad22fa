// Ray cones (Akenine-Moeller et al. 2019, "Texture Level of Detail Strategies for Real-Time Ray Tracing"; 2021, "Improved Shader
// and Texture Level of Detail Using Ray Cones"): how wide the bundle is that a ray stands for, as a width and its growth a metre.
// One word of a path's state, two halves, so that all modes round alike. Twin: packages/pathtracer/src/tracer/ray-cone.ts.
//
// A camera ray's cone is half a pixel wide: the samples of a pixel filter it once more. At a smooth surface the cone opens or
// closes with the curvature; by a rough one it opens with the solid angle that the sampled direction stands for, 1 / density.
import package::params::params;

// Growth for the square root of a solid angle of 1 sr. Diffuse light looks textures up 0.4 radians wide.
const SPREAD_OF_DENSITY = 0.25;
const WIDEST_SPREAD = 2.0;
const WIDEST = 60000.0;

fn cameraCone() -> u32 {
    return pack2x16float(vec2f(params.coneWidth, params.coneSpread));
}

// Width and growth at distance t. Behind a focus the bundle opens again.
fn coneAt(cone: u32, t: f32) -> vec2f {
    let c = unpack2x16float(cone);
    let width = c.x + c.y * t;
    return select(vec2f(width, c.y), -vec2f(width, c.y), width < 0.0);
}

// The cone after scattering. curvature: 1/m, positive if the surface bulges towards the ray; eta: the index beyond the surface
// over the one before it, 1 for a thin sheet, 0 for a reflection; pdf: density of the direction, negative for a mirror.
fn coneAfter(here: vec2f, curvature: f32, eta: f32, pdf: f32) -> u32 {
    let bend = curvature * here.x;
    var spread = here.y + 2.0 * bend;
    if (eta > 0.0) {
        spread = here.y / eta - (1.0 - 1.0 / eta) * bend;
    }
    if (pdf > 0.0) {
        spread = abs(spread) + SPREAD_OF_DENSITY * inverseSqrt(pdf);
    }
    return pack2x16float(vec2f(min(here.x, WIDEST), clamp(spread, -WIDEST_SPREAD, WIDEST_SPREAD)));
}
