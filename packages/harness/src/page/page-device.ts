/** Which device of a scenario a page is drawn by: none where nothing of it needs a GPU. */
import type { BrowserGpu } from '../browser/launch-flags.ts';
import type { ScenarioDevice } from '../scenario/scenario.ts';

const DEVICES: Readonly<Record<BrowserGpu, Exclude<ScenarioDevice, 'node-dawn'> | null>> = {
    swiftshader: 'chromium-swiftshader',
    gpu: 'chromium-gpu',
    none: null
};

/** Spread into a scenario. */
export function deviceOf(gpu: BrowserGpu): { readonly device?: ScenarioDevice } {
    const device = DEVICES[gpu];
    return device === null ? {} : { device };
}
