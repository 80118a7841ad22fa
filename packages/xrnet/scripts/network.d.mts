import type { NetworkPlugin } from '@mixreel/xrnet/playcanvas';
import { Script } from 'playcanvas';

/** See `network.mjs`. Fires `network:` and the kind of each of the plugin's events. */
export class Network extends Script {
    static scriptName: string;
    preset: string;
    users: number;
    traffic: string;
    assets: boolean;
    sockets: boolean;
    budgetMs: number;
    overlay: boolean;
    seed: number;
    workerUrl: string;
    readonly plugin: NetworkPlugin | null;
}
