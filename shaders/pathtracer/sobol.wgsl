// One point of a shuffled, Owen-scrambled Sobol sequence in four dimensions (Burley 2020, "Practical hash-based Owen
// scrambling", JCGT 9(4)). Twin of packages/pathtracer/src/random/owen-sobol.ts, which says what is done and why.

// Owen scrambling of words whose bits are reversed: every bit is flipped or not by a hash of the bits below it (Laine and Karras
// 2011, with the constants of Vegdahl 2021, "Building a better LK hash").
fn owenScramble(reversed: vec4u, seed: vec4u) -> vec4u {
    var v = reversed;
    v ^= v * 0x3d20adeau;
    v += seed;
    v *= (seed >> vec4u(16u)) | vec4u(1u);
    v ^= v * 0x05526c56u;
    v ^= v * 0x53a22864u;
    return v;
}

// Where sample `index` stands in the block's own order. Only bits below the highest one that is set are scrambled.
fn shuffled(index: u32, seed: u32) -> u32 {
    let smeared = 0xffffffffu >> countLeadingZeros(index);
    let below = select(smeared, 0u, index == 0u) >> 1u;
    let mixed = reverseBits(owenScramble(vec4u(reverseBits(index)), vec4u(seed)).x);
    return (index & ~below) | (mixed & below);
}

// Words of dimensions (2, 0, 1, 3).
fn sobol4(index: u32, key: vec4u) -> vec4u {
    let order = (key.x ^ (key.y >> 16u)) * 0x9e3779b1u + key.z;
    let i = shuffled(index, order);
    // Dimension 1: Pascal's triangle modulo 2.
    var pascal = i;
    pascal ^= (pascal >> 1u) & 0x55555555u;
    pascal ^= (pascal >> 2u) & 0x33333333u;
    pascal ^= (pascal >> 4u) & 0x0f0f0f0fu;
    pascal ^= (pascal >> 8u) & 0x00ff00ffu;
    pascal ^= (pascal >> 16u) & 0x0000ffffu;
    // Dimensions 2 and 3: three direction numbers in a row each, reversed, and the recurrence that gives the next.
    var v0 = vec2u(1u);
    var v1 = vec2u(3u);
    var v2 = vec2u(6u, 4u);
    var other = vec2u(0u);
    for (var rest = i; rest != 0u; rest >>= 1u) {
        other ^= v0 * (rest & 1u);
        let next = vec2u(v2.x ^ v1.x ^ (v1.x << 2u), v1.y ^ v0.y ^ (v0.y << 3u));
        v0 = v1;
        v1 = v2;
        v2 = next;
    }
    return reverseBits(owenScramble(vec4u(other.x, i, pascal, other.y), key));
}
