export { sameView, viewOfCamera } from './camera-view.ts';
export { PathTracerPlugin } from './path-tracer-plugin.ts';
export {
    PATH_TRACER_PLUGIN_DEFAULTS,
    type PathTracerPluginOptions,
    type PictureMode,
    type PluginEvent,
    type StereoStillInit,
    type StillInit
} from './plugin-options.ts';
