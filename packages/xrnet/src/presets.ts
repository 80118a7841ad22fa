/**
 * Cells by name. `ample` loses nothing and is never the bottleneck; the others are places, from a desk beside the antenna to
 * the edge of a cell. Their SINRs are round figures for comparison, not measurements of a site.
 */
import { badInput } from '@mixreel/core';
import type { CellConfig, CellConfigInput } from './config.ts';
import { resolveCellConfig } from './resolve-config.ts';

/** The names that {@link cellPreset} takes. */
export type CellPresetName = 'ample' | 'indoor' | 'city' | 'cell-edge' | 'congested' | 'mmwave';

const PRESETS: Readonly<Record<CellPresetName, CellConfigInput>> = {
    // Flexible slots, no block errors, no discards: 1.3 Gbit/s each way.
    ample: {
        tdd: { pattern: 'F' },
        uplink: { bufferStatus: 'ideal' },
        radio: { sinrDb: 40, fading: null },
        harq: { errorModel: 'none' },
        discard: { expired: false, integrated: false }
    },
    indoor: { radio: { sinrDb: 26, shadowStdDb: 3, fading: { kFactorDb: 7, dopplerHz: 11, branches: 4 } } },
    city: { radio: { sinrDb: 18, shadowStdDb: 4, fading: { kFactorDb: 3, dopplerHz: 11, branches: 4 } } },
    'cell-edge': {
        radio: { sinrDb: 4, shadowStdDb: 4, fading: { kFactorDb: -40, dopplerHz: 22, branches: 2 } },
        layers: { downlink: 1, uplink: 1 }
    },
    // A tenth of the carrier is left for this user.
    congested: {
        bandwidthPrb: 27,
        radio: { sinrDb: 12, shadowStdDb: 4, fading: { kFactorDb: 3, dopplerHz: 11, branches: 4 } }
    },
    // 120 kHz, slots of 125 us, 264 PRB (400 MHz), blockage as deep slow fading.
    mmwave: {
        numerology: 3,
        bandwidthPrb: 264,
        harq: { decodeNs: 178_571 },
        linkAdaptation: { reportPeriodNs: 2_500_000, reportDelayNs: 1_000_000 },
        radio: { sinrDb: 20, shadowStdDb: 5, fading: { kFactorDb: 6, dopplerHz: 78, branches: 2 } }
    }
};

/** Every preset's name, for help texts. */
export const CELL_PRESET_NAMES: readonly CellPresetName[] = Object.freeze(Object.keys(PRESETS) as CellPresetName[]);

/** A preset as a complete configuration, with `changes` on top (two levels deep). */
export function cellPreset(name: CellPresetName, changes: CellConfigInput = {}): CellConfig {
    const preset = PRESETS[name];
    if (preset === undefined) {
        throw badInput(
            `the network preset is ${JSON.stringify(name)}`,
            CELL_PRESET_NAMES.join(', '),
            'Name one of the presets, or pass a configuration'
        );
    }
    const merged: Record<string, unknown> = { ...preset };
    for (const [key, value] of Object.entries(changes)) {
        const below = merged[key];
        const nested = isRecord(below) && isRecord(value);
        merged[key] = nested ? { ...below, ...value } : value;
    }
    return resolveCellConfig(merged as CellConfigInput);
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
