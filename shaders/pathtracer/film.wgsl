// The film: first and second moments of every pixel. Two rows a pixel: sum of radiance, samples | sum of squares, coverage.
import package::params::params;

@group(0) @binding(11) var<storage, read_write> film: array<vec4f>;

fn isFinite(c: vec3f) -> bool {
    let e = bitcast<vec3u>(c) & vec3u(0x7f800000u);
    return all(e != vec3u(0x7f800000u));
}
