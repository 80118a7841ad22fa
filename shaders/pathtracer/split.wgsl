// Where a row of a split buffer lies. A scene with a buffer larger than the device binds, or than it makes at all, has its nodes,
// triangles, shading and texels in array textures instead, cut into square layers: a texture is bounded by its layers, not by
// maxStorageBufferBindingSize, and takes none of a stage's 8 storage buffers. Every row is the same 16 bytes (a texel 4), so the
// picture is the same to the last bit. Kernels that read them have a variant with the condition SPLIT; without it they are
// word for word as if there were none. Written by packages/pathtracer/src/tracer/scene-buffers.ts.
//
// Two bindings a buffer were the other way: 12 storage buffers in a stage, which WebGPU does not promise, and only twice the size.

// Rows along each side of a layer, as a power of two.
override SPLIT_BITS: u32 = 11u;

// Column, row and layer.
fn splitPlace(index: u32) -> vec3u {
    let mask = (1u << SPLIT_BITS) - 1u;
    return vec3u(index & mask, (index >> SPLIT_BITS) & mask, index >> (2u * SPLIT_BITS));
}
