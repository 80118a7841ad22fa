/**
 * Asking an adapter for a device: the adapter's own limits for sizes, the specification's defaults for counts (a kernel that
 * binds more than 8 storage buffers must fail here, not on a user's machine), and the optional features that kernels use where
 * they are.
 */
import { MixreelError } from '@mixreel/core';

/** Options of `createBrowserDevice` and `createNodeDevice`. */
export interface DeviceOptions {
    /** Names the device in errors. Default `mixreel`. */
    readonly label?: string;
    /** Which adapter to prefer on a machine with several. Default `high-performance`. */
    readonly powerPreference?: GPUPowerPreference;
    /** Limits beyond the defaults, by WebGPU name. */
    readonly requiredLimits?: Readonly<Record<string, number>>;
}

/** The defaults of {@link DeviceOptions}. */
export const DEVICE_DEFAULTS: Readonly<Required<DeviceOptions>> = Object.freeze({
    label: 'mixreel',
    powerPreference: 'high-performance',
    requiredLimits: Object.freeze({})
});

const SIZE_LIMITS = [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxTextureDimension2D',
    'maxTextureArrayLayers'
] as const;

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'float32-filterable'];

/** Requests the device. @throws MixreelError `environment` if the adapter refuses. */
export async function requestDevice(adapter: GPUAdapter, options: Required<DeviceOptions>): Promise<GPUDevice> {
    const sizes = Object.fromEntries(SIZE_LIMITS.map((name) => [name, adapter.limits[name]]));
    const requiredLimits = { ...sizes, ...options.requiredLimits };
    const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
    try {
        return await adapter.requestDevice({ label: options.label, requiredFeatures, requiredLimits });
    } catch (cause) {
        throw new MixreelError('environment', {
            what: `the GPU "${adapter.info?.description ?? 'unknown'}" gave no device: ${cause instanceof Error ? cause.message : cause}`,
            mend: 'Ask for smaller requiredLimits or update the graphics driver',
            cause
        });
    }
}

/** The parts of an adapter's description that may be missing. */
export function describeAdapter(
    info:
        | {
              readonly vendor?: string;
              readonly architecture?: string;
              readonly description?: string;
              readonly device?: string;
          }
        | undefined,
    features: ReadonlySet<string>
): { vendor: string; architecture: string; description: string; features: readonly string[] } {
    return {
        vendor: info?.vendor ?? '',
        architecture: info?.architecture ?? '',
        description: info?.description || info?.device || '',
        features: [...features].sort()
    };
}
