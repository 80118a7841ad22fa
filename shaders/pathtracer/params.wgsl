// What every kernel of a wave is told. A wave traces `sampleCount` samples of `pixelCount` pixels: item i is sample
// sampleStart + i / pixelCount of pixel pixelStart + i % pixelCount (or of that entry of a list: see itemPixel in queues.wgsl). Item
// and path slot are the same number unless paths are regenerated.

struct Params {
    cameraPosition: vec3f,
    widthPx: u32,
    cameraRight: vec3f,
    heightPx: u32,
    cameraUp: vec3f,
    pixelStart: u32,
    cameraBack: vec3f,
    pixelCount: u32,
    cameraScale: vec2f,
    cameraOffset: vec2f,
    sampleStart: u32,
    sampleCount: u32,
    seed: u32,
    // Path slots in the state and in each queue.
    capacity: u32,
    // Top of the tree; with `flattened` it is one world-space tree and no instance is looked up on the way.
    rootNode: u32,
    flattened: u32,
    // Rows of lights that one alias table chooses from.
    lightCount: u32,
    // 0 MIS, 1 light sampling only, 2 BSDF sampling only.
    strategy: u32,
    // First row of each table in `tables`.
    instanceBase: u32,
    sourceBase: u32,
    materialBase: u32,
    textureBase: u32,
    lightBase: u32,
    // Scatterings a path may have.
    maxBounces: u32,
    // Scatterings before Russian roulette.
    rouletteStart: u32,
    hasPreviousView: u32,
    environmentWidth: u32,
    environmentHeight: u32,
    // Probability that a light sample goes to the environment.
    environmentPmf: f32,
    environmentIntensity: f32,
    environmentCos: f32,
    environmentSin: f32,
    // Radius of the sphere around the scene, metres.
    sceneRadius: f32,
    // 0 independent, 1 Sobol.
    sampler: u32,
    // 0 perspective, 1 orthographic, 2 equirectangular.
    cameraKind: u32,
    // Metres; radius 0: a pinhole.
    lensRadius: f32,
    lensFocus: f32,
    // Corners of the aperture, 0: a disk.
    lensBlades: u32,
    // 1: some pixels have samples enough.
    adaptive: u32,
    // Relative standard error that is small enough.
    adaptiveThreshold: f32,
    // Radiance that the error is related to at least.
    adaptiveDarkest: f32,
    // First row of the light tree in `tables`, or NONE.
    lightTreeBase: u32,
    // Lights that are discs in the sky: the first of the table.
    sunCount: u32,
    // Rows of a triangle in `shading`: 3, or 6 with second texture coordinates and colours.
    shadingRows: u32,
    // Ray cone of a camera ray: width where it starts (metres) and growth a metre; see cone.wgsl.
    coneWidth: f32,
    coneSpread: f32,
    previousViewProjection: mat4x4f,
}

@group(0) @binding(0) var<uniform> params: Params;

const PI = 3.14159265358979;
const INVERSE_PI = 0.318309886183791;
const NONE = 0xffffffffu;
const FAR = 1e30;

fn itemSample(item: u32) -> u32 {
    return params.sampleStart + item / params.pixelCount;
}

fn luminance(c: vec3f) -> f32 {
    return dot(c, vec3f(0.2126, 0.7152, 0.0722));
}
