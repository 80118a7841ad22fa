/** The index that refers to nothing: no light, no texture, no tree. Equal to NONE in `shaders/pathtracer/params.wgsl`. */
export const NONE = 0xffffffff;
