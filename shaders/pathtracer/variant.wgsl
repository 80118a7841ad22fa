// What is fixed when a pipeline is made, by packages/pathtracer/src/tracer/kernels.ts, so that a scene does not pay for what it
// has not. Every variant makes the same picture.

// One tree in world space, no instances to enter and leave.
override FLATTENED: bool = false;
// No triangle is transparent by its alpha.
override OPAQUE: bool = false;
// No material looks a texture up: no ray cones, no tangents.
override PLAIN: bool = false;
// Light comes from infinitely far away.
override ENVIRONMENT: bool = true;
// The device is a CPU, see `lower`.
override SOFTWARE: bool = false;

// min and max for numbers that are not NaN. SwiftShader takes care of NaN in min and max, 33 instructions each; a comparison and
// a choice take 8. GPUs have an instruction for it.
fn lower(a: vec4f, b: vec4f) -> vec4f {
    if (SOFTWARE) {
        return select(b, a, a < b);
    }
    return min(a, b);
}

fn higher(a: vec4f, b: vec4f) -> vec4f {
    if (SOFTWARE) {
        return select(b, a, a > b);
    }
    return max(a, b);
}
