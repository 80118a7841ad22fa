// Path regeneration (Novak, Havran, Dachsbacher 2010, "Path regeneration for interactive path tracing"): what an ended path
// gathered is put aside, and its slot begins the next item of work, whose camera ray is among the next iteration's rays.
import package::params::{params, itemSample};
import package::bounce::bounce;
import package::path::CERTAIN;
import package::camera::cameraSample;
import package::cone::cameraCone;
import package::state::{startPath, keepGathered};
import package::queues::{counters, queueLength, queued, append, pathItem, itemPixel, nextItemCounter, rayList};
import package::queues::{COUNT_ENDED, COUNT_RAYS, LIST_ENDED};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_ENDED)) {
        return;
    }
    let slot = queued(LIST_ENDED, id.x);
    keepGathered(slot, pathItem(slot));
    let item = atomicAdd(&counters[nextItemCounter()], 1u);
    if (item >= params.pixelCount * params.sampleCount) {
        return;
    }
    let ray = cameraSample(itemPixel(item), itemSample(item));
    startPath(slot, item, ray.origin, ray.direction, CERTAIN, cameraCone());
    append(rayList(bounce.index + 1u), 0u, COUNT_RAYS, slot);
}
