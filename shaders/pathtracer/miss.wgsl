// Kernel 7, miss: paths that left the scene see the environment and end.
import package::params::params;
import package::path::escaped;
import package::state::{loadRow, storeRow, ROW_DIRECTION, ROW_THROUGHPUT, ROW_RADIANCE};
import package::queues::{queueLength, queued, finish, COUNT_MISSES, LIST_MISSES};

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= queueLength(COUNT_MISSES)) {
        return;
    }
    let slot = queued(LIST_MISSES, id.x);
    let ray = loadRow(slot, ROW_DIRECTION);
    let throughput = bitcast<vec3f>(loadRow(slot, ROW_THROUGHPUT).xyz);
    let radiance = bitcast<vec3f>(loadRow(slot, ROW_RADIANCE).xyz);
    storeRow(slot, ROW_RADIANCE, radiance + throughput * escaped(bitcast<vec3f>(ray.xyz), bitcast<f32>(ray.w)), 0u);
    finish(slot);
}
