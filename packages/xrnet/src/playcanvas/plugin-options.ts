/** What a network plugin is given, and what it tells. */
import type { WebEnd } from '../live/model-port.ts';
import type { CellPresetName } from '../presets.ts';
import type { XrmiScenario } from '../quality/xrmi.ts';
import type { TrafficName } from '../traffic/models.ts';

/** Settings of a network plugin; what is left out has the default of {@link NETWORK_PLUGIN_DEFAULTS}. */
export interface NetworkPluginOptions {
    /** The cell and the radio. */
    readonly preset: CellPresetName;
    /** Other users of the cell, 0 to 1000, and what each of them receives. */
    readonly users: number;
    readonly traffic: TrafficName;
    /** Root of all randomness. */
    readonly seed: number | string;
    /** Assets of the app's loader take the network. */
    readonly assets: boolean;
    /** `fetch` and `WebSocket` of the page take the network while the plugin is enabled. */
    readonly sockets: boolean;
    /** Delay budget of streamed frames, ns, 1 to 1e10. */
    readonly deadlineNs: number;
    /** Figures over the picture: frame delays, XRMI, marks. */
    readonly overlay: boolean;
    /** How XRMI is weighted. */
    readonly scenario: XrmiScenario;
    /**
     * A worker that runs the model, so that neither drawing nor the model waits for the other: its file calls
     * `serveLiveModel(self)`. The plugin ends it with itself. Default null: the model runs in the page's own thread.
     */
    readonly worker: WebEnd | null;
    /** Is told what happens. */
    readonly onEvent: (event: NetworkPluginEvent) => void;
}

export const NETWORK_PLUGIN_DEFAULTS: NetworkPluginOptions = Object.freeze({
    preset: 'city',
    users: 0,
    traffic: 'vr-30',
    seed: 1,
    assets: true,
    sockets: true,
    deadlineNs: 20_000_000,
    overlay: false,
    scenario: 'strong-interaction',
    worker: null,
    onEvent: () => {}
});

/** One asset that the emulated network brought. */
export interface AssetArrival {
    readonly url: string;
    readonly sizeBytes: number;
    /** What the real transfer took, and what the emulated one did, ns. */
    readonly realNs: number;
    readonly emulatedNs: number;
}

/** One streamed frame. */
export interface FrameSending {
    readonly sizeBytes: number;
    /** Time on the way, ns; null: it was lost. */
    readonly delayNs: number | null;
    readonly late: boolean;
}

/** What the plugin tells. */
export type NetworkPluginEvent =
    | ({ readonly kind: 'asset' } & AssetArrival)
    | ({ readonly kind: 'frame' } & FrameSending);

/** Where the network stands: of the newest frames, at most 240. */
export interface NetworkFigures {
    readonly frames: number;
    readonly lost: number;
    readonly late: number;
    /** Of frames that arrived, ns; null without any. */
    readonly meanDelayNs: number | null;
    readonly p99DelayNs: number | null;
    /** 1 to 5; null before the second frame. */
    readonly xrmi: number | null;
    /** Newest word of the network: rate it recommends, bit/s, and share of marked bytes; null before the first. */
    readonly recommendedRateBps: number | null;
    readonly congestionMarks: number | null;
    /** Assets that came, and their bytes. */
    readonly assets: number;
    readonly assetBytes: number;
}
