// Random numbers that depend on (pixel, sample, bounce, dimension block) and the seed alone: PCG4D (Jarzynski and Olano 2020)
// hashes them to four words, which are the numbers of the independent sampler and the scrambling keys of the Sobol sampler.
// Twin of packages/pathtracer/src/random/random4.ts, equal to the last bit.
import package::params::params;
import package::sobol::sobol4;

const BLOCK_CAMERA = 0u;
const BLOCK_LIGHT = 1u;
const BLOCK_BSDF = 2u;
const BLOCK_ALPHA = 3u;
// Blocks of a bounce; some are free.
const BLOCKS = 8u;

const SAMPLER_SOBOL = 1u;

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

// Four numbers in [0, 1), multiples of 2^-24. Under the Sobol sampler y and z are the best pair: use them for directions and
// points, x and w for choices.
fn random4(pixel: u32, sampleIndex: u32, bounce: u32, dimensions: u32) -> vec4f {
    let sobol = params.sampler == SAMPLER_SOBOL;
    // The scrambling of a pixel's block is the same for all of its samples: they are points of one sequence.
    let sampleKey = select(sampleIndex, NO_SAMPLE, sobol);
    var bits = pcg4d(vec4u(pixel, sampleKey, bounce * BLOCKS + dimensions, params.seed));
    while (sobol) {
        bits = sobol4(sampleIndex, bits);
        break;
    }
    return vec4f(bits >> vec4u(8u)) * 5.9604644775390625e-8;
}

const NO_SAMPLE = 0xffffffffu;

// One independent number in [0, 1) for each triangle of each instance that a ray meets at one bounce, in whatever order it meets
// them.
fn randomOfTriangle(key: vec3u, instance: u32, triangle: u32) -> f32 {
    let place = (key.z * BLOCKS + BLOCK_ALPHA) ^ (instance << 10u);
    let bits = pcg4d(vec4u(key.x, key.y, place, params.seed ^ (triangle * 0x9e3779b9u)));
    return f32(bits.x >> 8u) * 5.9604644775390625e-8;
}
