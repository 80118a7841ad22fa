// Kernel 1, path initialisation: a camera ray for each slot of the wave.
import package::params::{params, slotSample};
import package::path::CERTAIN;
import package::camera::cameraSample;
import package::cone::cameraCone;
import package::state::{storeRow, ROW_ORIGIN, ROW_DIRECTION, ROW_THROUGHPUT, ROW_RADIANCE};
import package::queues::slotPixel;
import package::queues::{queues, counters, counterOf, rayList, COUNT_RAYS, COUNT_PATHS};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let slot = id.x;
    let total = params.pixelCount * params.sampleCount;
    if (slot >= total) {
        return;
    }
    if (slot == 0u) {
        atomicStore(&counters[counterOf(0u, COUNT_RAYS)], total);
        atomicStore(&counters[COUNT_PATHS], total);
    }
    queues[rayList(0u) * params.capacity + slot] = slot;
    let ray = cameraSample(slotPixel(slot), slotSample(slot));
    storeRow(slot, ROW_ORIGIN, ray.origin, cameraCone());
    storeRow(slot, ROW_DIRECTION, ray.direction, bitcast<u32>(CERTAIN));
    storeRow(slot, ROW_THROUGHPUT, vec3f(1.0), 0u);
    storeRow(slot, ROW_RADIANCE, vec3f(0.0), 0u);
}
