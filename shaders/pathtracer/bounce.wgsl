// Which bounce a kernel works on. A uniform of its own, one small buffer for each bounce, so that a whole wave is recorded at
// once.
struct Bounce {
    index: u32,
    a: u32,
    b: u32,
    c: u32,
}

@group(0) @binding(13) var<uniform> bounce: Bounce;
