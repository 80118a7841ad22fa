export { NetworkPlugin } from './network-plugin.ts';
export {
    type AssetArrival,
    type FrameSending,
    NETWORK_PLUGIN_DEFAULTS,
    type NetworkFigures,
    type NetworkPluginEvent,
    type NetworkPluginOptions
} from './plugin-options.ts';
