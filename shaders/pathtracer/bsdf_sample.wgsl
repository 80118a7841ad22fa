// Kernel 6, BSDF sampling: the next direction of every path that hit something. Paths whose sample is invalid (BSDF or density
// zero) and those that lose at Russian roulette are dropped.
import package::params::{params, slotSample, NONE};
import package::bounce::bounce;
import package::path::{scatter, SCATTERED, ROULETTE};
import package::surface::surfaceOf;
import package::state::{loadRow, storeRow, loadHit, ROW_ORIGIN, ROW_DIRECTION, ROW_THROUGHPUT};
import package::state::ROW_SHADOW_DIRECTION;
import package::variant::MANY_LIGHTS;
import package::state::{paths, stateIndex};
import package::queues::slotPixel;
import package::queues::{queueLength, queued, append, count, rayList, LIST_HITS};
import package::queues::{COUNT_RAYS, COUNT_HITS, COUNT_DROPPED, COUNT_ROULETTE};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_HITS)) {
        return;
    }
    let slot = queued(LIST_HITS, id.x);
    let direction = bitcast<vec3f>(loadRow(slot, ROW_DIRECTION).xyz);
    let state = loadRow(slot, ROW_THROUGHPUT);
    let s = surfaceOf(loadHit(slot), direction, paths[stateIndex(slot, ROW_ORIGIN)].w);
    let next = scatter(s, bitcast<vec3f>(state.xyz), slotPixel(slot), slotSample(slot), bounce.index);
    if (next.outcome != SCATTERED) {
        count(select(COUNT_DROPPED, COUNT_ROULETTE, next.outcome == ROULETTE));
        return;
    }
    storeRow(slot, ROW_ORIGIN, next.origin, next.cone);
    storeRow(slot, ROW_DIRECTION, next.direction, bitcast<u32>(next.pdf));
    storeRow(slot, ROW_THROUGHPUT, next.throughput, state.w);
    while (MANY_LIGHTS && params.lightTreeBase != NONE) {
        // The shadow ray is done; the row keeps the normal that the light tree looks up the next hit's density with.
        storeRow(slot, ROW_SHADOW_DIRECTION, s.normal, 0u);
        break;
    }
    append(rayList(bounce.index + 1u), bounce.index + 1u, COUNT_RAYS, slot);
}
