// Puts a user's place in a 5G cell under the running app: assets, sockets, streamed frames.

import { NetworkPlugin } from '@mixreel/xrnet/playcanvas';
import { Script } from 'playcanvas';

/** Put it on any entity, the root say. Other scripts reach the plugin through `entity.script.network.plugin`. */
export class Network extends Script {
    static scriptName = 'network';

    /**
     * The cell and the radio: ample, indoor, city, cell-edge, congested or mmwave.
     *
     * @attribute
     * @title Preset
     */
    preset = 'city';

    /**
     * Other users of the cell.
     *
     * @attribute
     * @title Other Users
     * @range [0, 100]
     * @precision 0
     * @step 1
     */
    users = 0;

    /**
     * What each of them receives: vr-30, vr-45, cg-30, full-buffer …
     *
     * @attribute
     * @title Their Traffic
     */
    traffic = 'vr-30';

    /**
     * Assets take the network.
     *
     * @attribute
     * @title Assets
     */
    assets = true;

    /**
     * fetch and WebSocket of the page take the network.
     *
     * @attribute
     * @title Sockets
     */
    sockets = true;

    /**
     * Delay budget of streamed frames.
     *
     * @attribute
     * @title Frame Budget (ms)
     * @range [1, 1000]
     */
    budgetMs = 20;

    /**
     * Frame delays, XRMI and marks over the picture.
     *
     * @attribute
     * @title Overlay
     */
    overlay = true;

    /**
     * Same seed, same network.
     *
     * @attribute
     * @title Seed
     * @range [0, 65535]
     * @precision 0
     * @step 1
     */
    seed = 1;

    /**
     * A worker's script that runs the network in a thread of its own, so that drawing cannot make it late: a module whose one
     * statement is serveLiveModel(self), of @mixreel/xrnet. Empty: it runs in the page's thread.
     *
     * @attribute
     * @title Worker Script
     */
    workerUrl = '';

    /** @type {NetworkPlugin | null} */
    plugin = null;

    initialize() {
        this.start();
        this.on('enable', () => this.start());
        this.on('disable', () => this.stop());
        this.on('destroy', () => this.stop());
    }

    start() {
        if (this.plugin || !this.enabled) return;
        const { preset, users, traffic, assets, sockets, overlay, seed, workerUrl } = this;
        this.plugin = new NetworkPlugin(this.app, {
            preset,
            users,
            traffic,
            assets,
            sockets,
            overlay,
            seed,
            deadlineNs: this.budgetMs * 1e6,
            // The plugin ends it with itself.
            worker: workerUrl === '' ? null : new Worker(new URL(workerUrl, document.baseURI), { type: 'module' }),
            onEvent: (event) => this.fire(`network:${event.kind}`, event)
        });
        this.plugin.enable();
    }

    stop() {
        this.plugin?.destroy();
        this.plugin = null;
    }
}
