// The film: first and second moments of every pixel. Two rows a pixel: sum of radiance, samples | sum of squares, coverage.
import package::params::{params, luminance};

@group(0) @binding(11) var<storage, read_write> film: array<vec4f>;

const ACCEPTED = 0u;
const REJECTED_NAN = 1u;
// Or so large that the sum of many squares would be. Of accepted samples it never is: squares are below 2^102, and a sum of them
// that reaches 2^126 grows no more, since 2^102 is half of its last place.
const REJECTED_INFINITE = 2u;
const REJECTED_NEGATIVE = 3u;

// Why a sample must not reach the film. By bits, since WGSL lets compilers assume that floats are finite.
fn rejection(c: vec3f) -> u32 {
    let magnitude = bitcast<vec3u>(c) & vec3u(0x7fffffffu);
    if (any(magnitude > vec3u(0x7f800000u))) {
        return REJECTED_NAN;
    }
    // 2^51, a hundred million times the sun's radiance in W / (m^2 sr).
    if (any(magnitude >= vec3u(0x59000000u))) {
        return REJECTED_INFINITE;
    }
    // Minus zero is no harm.
    if (any((bitcast<vec3u>(c) != magnitude) & (magnitude != vec3u(0u)))) {
        return REJECTED_NEGATIVE;
    }
    return ACCEPTED;
}

// Adaptive sampling: is a pixel's standard error still above the threshold? Weights add up the channels' errors as if they erred
// together, which is on the safe side.
fn needsSamples(sum: vec4f, square: vec4f) -> bool {
    let n = max(sum.w, 2.0);
    let mean = sum.rgb / n;
    let variance = max(square.rgb / n - mean * mean, vec3f(0.0)) / (n - 1.0);
    return luminance(sqrt(variance)) > params.adaptiveThreshold * max(luminance(mean), params.adaptiveDarkest);
}
