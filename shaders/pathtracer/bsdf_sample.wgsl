// Kernel 6, BSDF sampling: the next direction of every path that hit something. Paths whose sample is invalid (BSDF or density
// zero) and those that lose at Russian roulette are dropped.
import package::params::{params, itemSample, NONE};
import package::bounce::bounce;
import package::variant::{MEDIA, MANY_LIGHTS, REGENERATE};
import package::path::{scatter, SCATTERED, ROULETTE};
import package::surface::surfaceOf;
import package::state::{paths, stateIndex, loadRow, storeRow, loadHit, loadMedium, FLAG_IN_MEDIUM, BOUNCE_SHIFT};
import package::state::{ROW_ORIGIN, ROW_DIRECTION, ROW_THROUGHPUT, ROW_RADIANCE, ROW_SHADOW_DIRECTION};
import package::queues::{itemPixel, pathItem, pathBounce, finish};
import package::queues::{hitLength, queuedHit, append, count, rayList, COUNT_RAYS, COUNT_DROPPED, COUNT_ROULETTE};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= hitLength()) {
        return;
    }
    let slot = queuedHit(id.x);
    let item = pathItem(slot);
    let at = pathBounce(slot);
    if (REGENERATE && at >= params.maxBounces) {
        finish(slot);
        return;
    }
    let direction = bitcast<vec3f>(loadRow(slot, ROW_DIRECTION).xyz);
    let state = loadRow(slot, ROW_THROUGHPUT);
    let s = surfaceOf(loadHit(slot), direction, paths[stateIndex(slot, ROW_ORIGIN)].w);
    let medium = loadMedium(slot, state.w);
    let next = scatter(s, bitcast<vec3f>(state.xyz), medium, itemPixel(item), itemSample(item), at);
    if (next.outcome != SCATTERED) {
        count(at, select(COUNT_DROPPED, COUNT_ROULETTE, next.outcome == ROULETTE));
        finish(slot);
        return;
    }
    storeRow(slot, ROW_ORIGIN, next.origin, next.cone);
    storeRow(slot, ROW_DIRECTION, next.direction, bitcast<u32>(next.pdf));
    var flags = state.w;
    if (REGENERATE) {
        flags += 1u << BOUNCE_SHIFT;
    }
    while (MEDIA && next.medium != medium) {
        paths[stateIndex(slot, ROW_RADIANCE)].w = next.medium;
        flags = select(flags & ~FLAG_IN_MEDIUM, flags | FLAG_IN_MEDIUM, next.medium != 0u);
        break;
    }
    storeRow(slot, ROW_THROUGHPUT, next.throughput, flags);
    while (MANY_LIGHTS && params.lightTreeBase != NONE) {
        // The shadow ray is done; the row keeps the normal that the light tree looks up the next hit's density with.
        storeRow(slot, ROW_SHADOW_DIRECTION, s.normal, 0u);
        break;
    }
    append(rayList(bounce.index + 1u), at + 1u, COUNT_RAYS, slot);
}
