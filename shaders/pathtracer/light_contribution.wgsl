// Kernel 5, light contribution: adds the light samples that were not in shadow.
import package::params::params;
import package::bounce::bounce;
import package::state::{loadRow, storeRow, ROW_RADIANCE, ROW_SHADOW_CONTRIBUTION};
import package::queues::{queueLength, queued, COUNT_LIT, LIST_LIT};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_LIT)) {
        return;
    }
    let slot = queued(LIST_LIT, id.x);
    let before = loadRow(slot, ROW_RADIANCE);
    let contribution = bitcast<vec3f>(loadRow(slot, ROW_SHADOW_CONTRIBUTION).xyz);
    storeRow(slot, ROW_RADIANCE, bitcast<vec3f>(before.xyz) + contribution, before.w);
}
