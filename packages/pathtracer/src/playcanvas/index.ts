export { sameView, viewOfCamera } from './camera-view.ts';
export {
    PATH_TRACER_PLUGIN_DEFAULTS,
    PathTracerPlugin,
    type PathTracerPluginOptions,
    type PluginEvent,
    type StillInit
} from './path-tracer-plugin.ts';
export { type AppScene, sceneFromApp, visibleMeshInstances } from './scene-from-app.ts';
