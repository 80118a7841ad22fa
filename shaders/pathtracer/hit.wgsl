// Kernel 3, hit handling and light sampling: adds the emission that the BSDF sample found, weighted by MIS, and chooses a light
// sample. Samples that cannot contribute are filtered out here, before the shadow queue.
import package::params::{params, itemSample, NONE};
import package::path::{contributes, emitted, lightSample, transmittance};
import package::surface::surfaceOf;
import package::variant::MANY_LIGHTS;
import package::state::{paths, stateIndex, loadRow, storeRow, loadHit, loadMedium, FLAG_COVERED};
import package::state::{ROW_ORIGIN, ROW_DIRECTION, ROW_THROUGHPUT, ROW_RADIANCE};
import package::state::{ROW_SHADOW_DIRECTION, ROW_SHADOW_CONTRIBUTION, ROW_SHADOW_ORIGIN};
import package::queues::{itemPixel, pathItem, pathBounce};
import package::queues::{hitLength, queuedHit, append, count, COUNT_SHADOW, COUNT_UNLIT, LIST_SHADOW};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= hitLength()) {
        return;
    }
    let slot = queuedHit(id.x);
    let item = pathItem(slot);
    let at = pathBounce(slot);
    let hit = loadHit(slot);
    let ray = loadRow(slot, ROW_DIRECTION);
    let direction = bitcast<vec3f>(ray.xyz);
    let state = loadRow(slot, ROW_THROUGHPUT);
    var throughput = bitcast<vec3f>(state.xyz);
    let medium = loadMedium(slot, state.w);
    while (medium != 0u) {
        throughput *= transmittance(medium, hit.t);
        storeRow(slot, ROW_THROUGHPUT, throughput, state.w);
        break;
    }
    let s = surfaceOf(hit, direction, paths[stateIndex(slot, ROW_ORIGIN)].w);
    var start = vec3f(0.0);
    var facing = vec3f(0.0);
    while (MANY_LIGHTS && params.lightTreeBase != NONE) {
        start = bitcast<vec3f>(loadRow(slot, ROW_ORIGIN).xyz);
        facing = bitcast<vec3f>(loadRow(slot, ROW_SHADOW_DIRECTION).xyz);
        break;
    }
    let emission = emitted(s, direction, hit.t, bitcast<f32>(ray.w), start, facing);
    if (at == 0u) {
        storeRow(slot, ROW_THROUGHPUT, throughput, FLAG_COVERED);
    }
    if (max(emission.r, max(emission.g, emission.b)) > 0.0) {
        let radiance = bitcast<vec3f>(loadRow(slot, ROW_RADIANCE).xyz);
        storeRow(slot, ROW_RADIANCE, radiance + throughput * emission, medium);
    }
    if (at >= params.maxBounces) {
        return;
    }
    let light = lightSample(s, throughput, medium, itemPixel(item), itemSample(item), at);
    if (!contributes(light.contribution)) {
        count(at, COUNT_UNLIT);
        return;
    }
    storeRow(slot, ROW_SHADOW_DIRECTION, light.direction, bitcast<u32>(light.tMax));
    storeRow(slot, ROW_SHADOW_CONTRIBUTION, light.contribution, item);
    storeRow(slot, ROW_SHADOW_ORIGIN, light.origin, hit.instance);
    append(LIST_SHADOW, at, COUNT_SHADOW, slot);
}
