// Which bounce a kernel works on; where paths are regenerated, whether the iteration is even (0) or odd (1). A uniform of its own, one small buffer for each bounce, so that a whole wave is recorded at
// once.
struct Bounce {
    index: u32,
    // 1: the first of an iteration to turn lengths into arguments, where paths are regenerated.
    opens: u32,
    b: u32,
    c: u32,
}

@group(0) @binding(13) var<uniform> bounce: Bounce;
