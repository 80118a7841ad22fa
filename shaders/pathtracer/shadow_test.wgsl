// Kernel 4, shadow test: is anything between the surface and its light sample? Only the lit go on.
import package::params::{params, slotSample};
import package::bounce::bounce;
import package::traverse::occluded;
import package::state::{loadRow, ROW_SHADOW_DIRECTION, ROW_SHADOW_ORIGIN};
import package::queues::slotPixel;
import package::queues::{queueLength, queued, append, COUNT_SHADOW, COUNT_LIT, LIST_SHADOW, LIST_LIT};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_SHADOW)) {
        return;
    }
    let slot = queued(LIST_SHADOW, id.x);
    let origin = bitcast<vec3f>(loadRow(slot, ROW_SHADOW_ORIGIN).xyz);
    let ray = loadRow(slot, ROW_SHADOW_DIRECTION);
    let key = vec3u(slotPixel(slot), slotSample(slot), bounce.index);
    if (!occluded(origin, bitcast<vec3f>(ray.xyz), bitcast<f32>(ray.w), key)) {
        append(LIST_LIT, bounce.index, COUNT_LIT, slot);
    }
}
