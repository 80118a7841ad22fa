/** Integer hash per word (Wellons' lowbias32): every bit of the result depends on every bit of the input. */
export const HASH_WGSL = `
@group(0) @binding(0) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= arrayLength(&words)) { return; }
    var x = words[id.x];
    x = (x ^ (x >> 16u)) * 0x21f0aaadu;
    x = (x ^ (x >> 15u)) * 0xd35a2d97u;
    words[id.x] = x ^ (x >> 15u);
}`;
