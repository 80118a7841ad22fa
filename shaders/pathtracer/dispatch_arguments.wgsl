// Between kernels: turns the queues' lengths into the arguments of indirect dispatches. Arguments of kind k are words 4k to
// 4k + 2; kind 0, the rays, are those of the next bounce; after the first six come the hits of queues 1 and 2.
import package::bounce::bounce;
import package::variant::REGENERATE;
import package::queues::{counters, lengthOf, COUNT_MORE_HITS};

@group(0) @binding(10) var<storage, read_write> dispatches: array<u32>;

@compute @workgroup_size(8)
fn main(@builtin(local_invocation_id) id: vec3u) {
    let kind = select(id.x, COUNT_MORE_HITS + id.x - 6u, id.x > 5u);
    if (REGENERATE && bounce.opens != 0u) {
        // The lengths of the iteration before; the next one will count in their place.
        atomicStore(&counters[lengthOf(bounce.index + 1u, kind)], 0u);
    }
    let length = atomicLoad(&counters[lengthOf(bounce.index + select(0u, 1u, kind == 0u), kind)]);
    dispatches[id.x * 4u] = (length + 63u) / 64u;
    dispatches[id.x * 4u + 1u] = 1u;
    dispatches[id.x * 4u + 2u] = 1u;
}
