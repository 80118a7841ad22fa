// After the last bounce: the radiance of the wave's paths goes onto the film, samples in order, so that the sum does not depend
// on the queues. A sample that is no light is left out and counted by the reason. The wave's counters move to the totals.
import package::params::params;
import package::film::{film, rejection, ACCEPTED};
import package::state::gatheredBy;
import package::queues::{counters, counterOf, itemPixel, COUNT_PATHS};

@group(0) @binding(14) var<storage, read_write> totals: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    // Rejections are added to the totals directly, since another thread clears the counters.
    let last = counterOf(params.maxBounces + 2u, 0u);
    if (id.x < last) {
        atomicAdd(&totals[id.x], atomicExchange(&counters[id.x], 0u));
    }
    if (id.x >= params.pixelCount) {
        return;
    }
    let pixel = itemPixel(id.x);
    var sum = film[pixel * 2u];
    var square = film[pixel * 2u + 1u];
    for (var i = 0u; i < params.sampleCount; i += 1u) {
        let light = gatheredBy(i * params.pixelCount + id.x);
        let reason = rejection(light.rgb);
        if (reason != ACCEPTED) {
            atomicAdd(&totals[COUNT_PATHS + reason], 1u);
            continue;
        }
        sum += vec4f(light.rgb, 1.0);
        square += vec4f(light.rgb * light.rgb, light.a);
    }
    film[pixel * 2u] = sum;
    film[pixel * 2u + 1u] = square;
}
