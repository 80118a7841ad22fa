// Adaptive sampling: lists the pixels whose standard error is still above the threshold. Word 0 counts them; their order depends
// on the device, the picture does not, since a sample depends on its pixel and index alone.
import package::params::params;
import package::film::{film, needsSamples};

@group(0) @binding(15) var<storage, read_write> noisy: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let pixel = params.pixelStart + id.x;
    if (id.x >= params.pixelCount || !needsSamples(film[pixel * 2u], film[pixel * 2u + 1u])) {
        return;
    }
    let at = atomicAdd(&noisy[0], 1u);
    atomicStore(&noisy[1u + at], pixel);
}
