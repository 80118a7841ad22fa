// Kernel 2, intersection: the nearest hit of every ray; hits and misses part here, and hits by what their materials take to shade.
import package::params::{params, itemSample, NONE, FAR};
import package::bounce::bounce;
import package::traverse::trace;
import package::state::{paths, loadRow, storeRow, stateIndex, ROW_ORIGIN, ROW_DIRECTION, ROW_HIT, ROW_SHADOW_ORIGIN};
import package::queues::{itemPixel, pathItem, pathBounce};
import package::queues::{queueLength, queued, append, appendHit, rayList, COUNT_RAYS, COUNT_MISSES, LIST_MISSES};
import package::scene::materialQueue;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_RAYS)) {
        return;
    }
    let slot = queued(rayList(bounce.index), id.x);
    let item = pathItem(slot);
    let at = pathBounce(slot);
    let origin = bitcast<vec3f>(loadRow(slot, ROW_ORIGIN).xyz);
    let direction = bitcast<vec3f>(loadRow(slot, ROW_DIRECTION).xyz);
    let hit = trace(origin, direction, FAR, vec3u(itemPixel(item), itemSample(item), at));
    if (hit.triangle == NONE) {
        append(LIST_MISSES, at, COUNT_MISSES, slot);
        return;
    }
    storeRow(slot, ROW_HIT, vec3f(hit.t, hit.uv), hit.triangle);
    paths[stateIndex(slot, ROW_SHADOW_ORIGIN)].w = hit.instance;
    appendHit(materialQueue(hit.instance, hit.triangle), at, slot);
}
