// The whole path in one kernel: the classic form, made of the same functions, for comparison and for devices where it wins.
import package::params::{params, NONE, FAR};
import package::camera::cameraSample;
import package::path::{contributes, emitted, escaped, lightSample, scatter, transmittance, CERTAIN, SCATTERED, ROULETTE};
import package::cone::cameraCone;
import package::traverse::{trace, occluded};
import package::surface::surfaceOf;
import package::queues::counterOf;
import package::film::{film, rejection, needsSamples, ACCEPTED};

@group(0) @binding(14) var<storage, read_write> totals: array<atomic<u32>>;

fn tally(bounce: u32, kind: u32) {
    atomicAdd(&totals[counterOf(bounce, kind)], 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= params.pixelCount) {
        return;
    }
    let pixel = params.pixelStart + id.x;
    var sum = film[pixel * 2u];
    var square = film[pixel * 2u + 1u];
    if (params.adaptive != 0u && !needsSamples(sum, square)) {
        return;
    }
    for (var i = 0u; i < params.sampleCount; i += 1u) {
        let sampleIndex = params.sampleStart + i;
        let start = cameraSample(pixel, sampleIndex);
        var origin = start.origin;
        var direction = start.direction;
        var cone = cameraCone();
        var pdf = CERTAIN;
        var throughput = vec3f(1.0);
        var medium = 0u;
        var radiance = vec3f(0.0);
        var covered = 0.0;
        var facing = vec3f(0.0);
        for (var bounce = 0u; bounce <= params.maxBounces; bounce += 1u) {
            let key = vec3u(pixel, sampleIndex, bounce);
            tally(bounce, 0u);
            let hit = trace(origin, direction, FAR, key);
            if (hit.triangle == NONE) {
                tally(bounce, 2u);
                radiance += throughput * escaped(direction, pdf);
                break;
            }
            tally(bounce, 1u);
            covered = 1.0;
            let s = surfaceOf(hit, direction, cone);
            throughput *= transmittance(medium, hit.t);
            radiance += throughput * emitted(s, direction, hit.t, pdf, origin, facing);
            if (bounce >= params.maxBounces) {
                break;
            }
            let light = lightSample(s, throughput, medium, pixel, sampleIndex, bounce);
            if (contributes(light.contribution)) {
                tally(bounce, 3u);
                if (!occluded(light.origin, light.direction, light.tMax, key)) {
                    tally(bounce, 4u);
                    radiance += light.contribution;
                }
            } else {
                tally(bounce, 7u);
            }
            let next = scatter(s, throughput, medium, pixel, sampleIndex, bounce);
            if (next.outcome != SCATTERED) {
                tally(bounce, select(5u, 6u, next.outcome == ROULETTE));
                break;
            }
            origin = next.origin;
            direction = next.direction;
            facing = s.normal;
            cone = next.cone;
            pdf = next.pdf;
            throughput = next.throughput;
            medium = next.medium;
        }
        atomicAdd(&totals[0], 1u);
        let reason = rejection(radiance);
        if (reason != ACCEPTED) {
            atomicAdd(&totals[reason], 1u);
            continue;
        }
        sum += vec4f(radiance, 1.0);
        square += vec4f(radiance * radiance, covered);
    }
    film[pixel * 2u] = sum;
    film[pixel * 2u + 1u] = square;
}
