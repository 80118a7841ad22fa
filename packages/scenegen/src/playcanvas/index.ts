export { ScenePlugin, type ScenePluginOptions } from './scene-plugin.ts';
