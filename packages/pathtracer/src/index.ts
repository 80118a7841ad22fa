export { BVH_DEFAULTS, type Bvh, type BvhOptions, buildBvh } from './bvh/build-bvh.ts';
export { packWideBvh, type WideBvh } from './bvh/wide-bvh.ts';
export { Denoiser } from './denoiser/denoiser.ts';
export type { LightSampler } from './lights/light-table.ts';
export type { Mat4, Vec3 } from './math/vector.ts';
export type { Sampler } from './random/random4.ts';
export { type AnimatedScene, type AnimationChanges, animatedSceneFromDocument } from './scene/animated-scene.ts';
export type { CameraView, Lens } from './scene/camera.ts';
export type { DeformedMesh, SceneChanges } from './scene/change-scene.ts';
export { boxMesh, type CornellBoxOptions, cornellBox, cornellView, quadMesh } from './scene/cornell-box.ts';
export { constantEnvironment, createScene, DEFAULT_ENVIRONMENT } from './scene/create-scene.ts';
export type { DecodedTexture, SceneFromDocumentOptions } from './scene/gltf-document-reader.ts';
export { type MeshRig, poseMesh, type RigPose } from './scene/pose-mesh.ts';
export type {
    DirectionalLight,
    Environment,
    Instance,
    LightFalloff,
    Material,
    Mesh,
    PointLight,
    PunctualLight,
    Scene,
    SceneEvent,
    SceneInit,
    SpotLight,
    Texture,
    TextureRef,
    TextureTransform,
    Wrap
} from './scene/scene.ts';
export { sceneFromDocument } from './scene/scene-from-document.ts';
export { type HeadInit, stereoViews, type XrViewLike } from './scene/stereo.ts';
export {
    type SolarTime,
    SUN_SKY_DEFAULTS,
    type SunSky,
    type SunSkyOptions,
    solarDirection,
    sunSky
} from './scene/sun-sky.ts';
export {
    orthographicProjection,
    type PerspectiveViewInit,
    perspectiveProjection,
    perspectiveView
} from './scene/view.ts';
export { ADAPTIVE_DEFAULTS, type AdaptiveSampling } from './tracer/adaptive.ts';
export type { UpdateReport } from './tracer/device-scene.ts';
export type { FilmMoments, FilmState } from './tracer/film.ts';
export { PATH_TRACER_DEFAULTS, type PathTracerOptions, type Strategy, type TracerMode } from './tracer/options.ts';
export type { GeometryMode, SceneStats } from './tracer/pack-scene.ts';
export { PathTracer } from './tracer/path-tracer.ts';
export type { ViewSize } from './tracer/picture-target.ts';
export type { Rebuilt } from './tracer/plan-change.ts';
export type { PartInit, RenderInit } from './tracer/render-init.ts';
export {
    CHECKPOINT_DEFAULTS,
    type CheckpointOptions,
    type ResilientInit,
    type ResilientPicture,
    renderResilient
} from './tracer/render-resilient.ts';
export { renderStereo, type StereoFrames, type StereoInit } from './tracer/render-stereo.ts';
export type { BounceCounters, Rejections, RenderCounters } from './tracer/statistics.ts';
