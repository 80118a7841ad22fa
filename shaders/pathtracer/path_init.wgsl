// Kernel 1, path initialisation: a camera ray for each slot of the wave.
import package::params::{params, itemSample};
import package::path::CERTAIN;
import package::variant::REGENERATE;
import package::camera::cameraSample;
import package::cone::cameraCone;
import package::state::startPath;
import package::queues::{queues, counters, counterOf, lengthOf, nextItemCounter, itemPixel, rayList, COUNT_RAYS, COUNT_PATHS};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let slot = id.x;
    let total = params.pixelCount * params.sampleCount;
    var first = total;
    if (REGENERATE) {
        first = min(total, params.capacity);
    }
    if (slot >= first) {
        return;
    }
    if (slot == 0u) {
        atomicStore(&counters[counterOf(0u, COUNT_RAYS)], first);
        atomicStore(&counters[COUNT_PATHS], total);
        if (REGENERATE) {
            atomicStore(&counters[lengthOf(0u, COUNT_RAYS)], first);
            atomicStore(&counters[nextItemCounter()], first);
        }
    }
    queues[rayList(0u) * params.capacity + slot] = slot;
    let ray = cameraSample(itemPixel(slot), itemSample(slot));
    startPath(slot, slot, ray.origin, ray.direction, CERTAIN, cameraCone());
}
