// PCG4D (Jarzynski and Olano 2020): numbers that depend on (pixel, sample, bounce, dimension block) and the seed alone.
// Twin of packages/pathtracer/src/random/pcg4d.ts, equal to the last bit.
import package::params::params;

const BLOCK_CAMERA = 0u;
const BLOCK_LIGHT = 1u;
const BLOCK_BSDF = 2u;
const BLOCK_ALPHA = 3u;

fn pcg4d(input: vec4u) -> vec4u {
    var v = input * 1664525u + 1013904223u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v ^= v >> vec4u(16u);
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// Four numbers in [0, 1), multiples of 2^-24.
fn random4(pixel: u32, sampleIndex: u32, bounce: u32, dimensions: u32) -> vec4f {
    let bits = pcg4d(vec4u(pixel, sampleIndex, bounce * 4u + dimensions, params.seed));
    let high = bits >> vec4u(8u);
    return vec4f(high) * 5.9604644775390625e-8;
}
