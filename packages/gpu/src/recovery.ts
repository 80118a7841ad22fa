/**
 * Working on through the loss of a device: create, work, and if the device was lost in mid-work, create another and work
 * again. Nothing on a lost device can be saved, so the work itself rebuilds what it needs.
 */
import { MixreelError } from '@mixreel/core';
import type { Device } from './device.ts';

/** Options of {@link withDeviceRecovery}. */
export interface RecoveryOptions {
    /** How many devices may be tried in all, 1 or more. */
    readonly attempts?: number;
    /** Told of every loss before the next attempt: a recovery is an event that the caller can see. */
    readonly onLost?: (error: MixreelError, attempt: number) => void;
}

/** The defaults of {@link RecoveryOptions}. */
export const RECOVERY_DEFAULTS: Readonly<Required<RecoveryOptions>> = Object.freeze({
    attempts: 3,
    onLost: () => {}
});

/**
 * Runs `work` on a device and once more on a fresh one for each loss, up to `attempts` devices. Every device made here is
 * destroyed here.
 *
 * @param create - Makes a device: `createNodeDevice`, say.
 * @param work - Builds its resources and uses them; called again from the start after a loss.
 * @returns What `work` returned.
 * @throws MixreelError `device-lost` if the last attempt was lost too; whatever else `work` throws, at once.
 */
export async function withDeviceRecovery<T>(
    create: () => Promise<Device>,
    work: (device: Device, attempt: number) => Promise<T>,
    options: RecoveryOptions = {}
): Promise<T> {
    const { attempts, onLost } = { ...RECOVERY_DEFAULTS, ...options };
    for (let attempt = 1; ; attempt++) {
        const device = await create();
        try {
            return await work(device, attempt);
        } catch (error) {
            if (!(error instanceof MixreelError) || error.code !== 'device-lost' || attempt >= attempts) throw error;
            onLost(error, attempt);
        } finally {
            device.destroy();
        }
    }
}
