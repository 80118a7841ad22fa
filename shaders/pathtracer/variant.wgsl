// What is fixed when a pipeline is made, by packages/pathtracer/src/tracer/traits.ts, so that a scene does not pay for what it has
// not. Every variant makes the same picture.
//
// Measured on SwiftShader with a Cornell box, 64 x 64, depth 4, alternating in one run, bit-identical films, CPU time: the
// traversal as it was (loops of one turn around what is rare) 1; triangles' words loaded one by one 1.02; pushes only of what is
// met 1.03; loops that every ray works in and transparency after the rest, FLATTENED, OPAQUE, `lower` and `higher` 2.2 (megakernel
// 2.3; the intersection alone 8); without textures and environment a further 1.4 (1.5). OPAQUE is worth 1.4 of the intersection.
// Without the lobes that no material has (REFLECTIVE and SPECIAL off, all matte) 1.4 of that (nothing else running: 126,000 paths a
// second for 88,000). With every material in the scene and a queue for each class of them, paths per CPU second on a busy machine:
// 77,000 for 81,000 with matte ones alone, and 59,000 with textures and transparency as well; one kernel for all of it 12,000.

// One tree in world space, no instances to enter and leave.
override FLATTENED: bool = false;
// No triangle is transparent by its alpha.
override OPAQUE: bool = false;
// All surfaces are there from behind: no material's back is culled.
override SOLID: bool = false;
// No material of the scene looks a texture up: no ray cones.
override PLAIN: bool = false;
// A material that sends out light has a coat over it.
override COATED: bool = true;
// Light comes from infinitely far away.
override ENVIRONMENT: bool = true;
// Many lights are chosen from by a tree.
override MANY_LIGHTS: bool = true;
// Ended paths give their slots to the next samples at once: a kernel's queue holds paths of any bounce; see queues.wgsl.
override REGENERATE: bool = false;
// Rays travel in media that absorb: whatever they hit there, a wall that knows of no medium too.
override MEDIA: bool = false;
// The scene has materials whose hits wait in several queues (scene.wgsl).
override MIXED: bool = true;
// The device is a CPU, see `lower`.
override SOFTWARE: bool = false;

// The rest is said of the materials that a kernel shades: all, or those whose hits wait in one queue.

// Its number; where not MIXED, the only one.
override HIT_QUEUE: u32 = 0u;
// One looks a texture up, or needs the tangents that come with it.
override TEXTURED: bool = true;
// One has more than glTF's core: layers, films, absorption, Beckmann's distribution, ...
override EXTENDED: bool = false;
// One reflects: not all are matte through and through.
override REFLECTIVE: bool = true;
// One is glass, wholly or in part, a conductor by its complex index or plastic.
override SPECIAL: bool = true;

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
