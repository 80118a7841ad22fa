// Kernel 4, shadow test: is anything between the surface and its light sample? Only the lit go on.
import package::params::{params, itemSample};
import package::traverse::occluded;
import package::state::{loadRow, ROW_SHADOW_DIRECTION, ROW_SHADOW_ORIGIN};
import package::queues::{itemPixel, pathItem, pathBounce};
import package::queues::{queueLength, queued, append, COUNT_SHADOW, COUNT_LIT, LIST_SHADOW, LIST_LIT};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_SHADOW)) {
        return;
    }
    let slot = queued(LIST_SHADOW, id.x);
    let item = pathItem(slot);
    let at = pathBounce(slot);
    let origin = bitcast<vec3f>(loadRow(slot, ROW_SHADOW_ORIGIN).xyz);
    let ray = loadRow(slot, ROW_SHADOW_DIRECTION);
    let key = vec3u(itemPixel(item), itemSample(item), at);
    if (!occluded(origin, bitcast<vec3f>(ray.xyz), bitcast<f32>(ray.w), key)) {
        append(LIST_LIT, at, COUNT_LIT, slot);
    }
}
