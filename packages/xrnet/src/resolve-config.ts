/**
 * From what a caller writes to a complete cell configuration: defaults below it, every field checked once; every message names
 * the field and its range.
 */
import { badInput } from '@mixreel/core';
import {
    CELL_DEFAULTS,
    type CellConfig,
    type CellConfigInput,
    type RadioConfig,
    SUBBAND_DEFAULTS,
    type SubbandConfig
} from './config.ts';
import { AQM_DEFAULTS, requireAqm } from './mac/aqm.ts';
import { requireConfiguredGrant } from './mac/configured-grant.ts';
import { requireDrx } from './mac/drx.ts';
import type { DrxConfig } from './mac/drx-listener.ts';
import { requireInterruptions } from './mac/handover.ts';
import { TDL_PROFILES } from './phy/tdl.ts';
import { requireNumber, wrong } from './require-number.ts';

type Range = readonly [low: number, high: number, whole: boolean, unit: string];

const RANGES: Readonly<Record<string, Range>> = {
    numerology: [0, 4, true, ''],
    'tdd.parts': [1, 2, true, ''],
    bandwidthPrb: [1, 275, true, 'resource blocks'],
    'layers.downlink': [1, 8, true, ''],
    'layers.uplink': [1, 8, true, ''],
    controlSymbols: [0, 3, true, ''],
    dmrsRe: [0, 48, true, 'resource elements'],
    blockHeaderBytes: [0, 64, true, 'bytes'],
    unitHeaderBytes: [0, 128, true, 'bytes'],
    preparationSlots: [0, 16, true, 'slots'],
    'harq.maxTransmissions': [1, 16, true, ''],
    'harq.processes': [1, 32, true, ''],
    'rlc.statusNs': [0, 1e9, true, 'ns'],
    'rlc.maxRetransmissions': [1, 32, true, ''],
    'harq.errorRate': [0, 1, false, ''],
    'harq.decodeNs': [0, 10_000_000, true, 'ns'],
    'harq.gnbSlots': [0, 16, true, 'slots'],
    'uplink.grantSlots': [0, 32, true, 'slots'],
    'uplink.delayThresholdMs': [1, 64, true, 'ms'],
    'uplink.requestBytes': [16, 65_535, true, 'bytes'],
    'linkAdaptation.targetErrorRate': [0.001, 0.5, false, ''],
    'linkAdaptation.stepDb': [0, 3, false, 'dB'],
    'linkAdaptation.reportPeriodNs': [62_500, 1e9, true, 'ns'],
    'linkAdaptation.reportDelayNs': [0, 1e9, true, 'ns'],
    coreDelayNs: [0, 1e9, true, 'ns'],
    unitLossRate: [0, 1, false, ''],
    statePeriodNs: [1e6, 1e10, true, 'ns'],
    recommendedShare: [0.1, 1, false, ''],
    durationNs: [1e6, 3.6e12, true, 'ns']
};

const NAMES: Readonly<Record<string, readonly string[]>> = {
    multiplexing: ['frequency', 'time'],
    'rlc.mode': ['um', 'am'],
    'uplink.delayStatus': ['ideal', 'none', 'report'],
    'uplink.bufferStatus': ['ideal', 'long', 'refined'],
    scheduler: ['psdb', 'edf', 'pf', 'round-robin', 'fair-share'],
    mcsTable: ['qam64', 'qam256', 'qam64-low-se'],
    'harq.errorModel': ['sionna', 'none', 'fixed']
};

const SWITCHES = [
    'discard.expired',
    'discard.integrated',
    'discard.dependents',
    'linkAdaptation.keepSetErrorRate',
    'stateAtStart'
];

/** Fills in the defaults and checks every field. Throws `bad-input`. */
export function resolveCellConfig(input: CellConfigInput = {}): CellConfig {
    const withNull = merge(CELL_DEFAULTS, input, '');
    if (input.aqm) withNull.aqm = Object.freeze(merge(AQM_DEFAULTS, input.aqm, 'aqm.'));
    if (input.subbands) withNull.subbands = Object.freeze(merge(SUBBAND_DEFAULTS, input.subbands, 'subbands.'));
    const merged = withNull as unknown as CellConfig;
    for (const [path, [low, high, whole, unit]] of Object.entries(RANGES)) {
        requireNumber(path, read(merged, path), low, high, whole, unit);
    }
    for (const [path, names] of Object.entries(NAMES)) {
        const value = read(merged, path);
        if (!names.includes(value as string)) throw wrong(path, value, names.join(', '));
    }
    for (const path of SWITCHES) {
        if (typeof read(merged, path) !== 'boolean') throw wrong(path, read(merged, path), 'true or false');
    }
    const [from, to] = merged.markNs ?? [];
    requireNumber('markNs[0]', from, 0, 1e10, true, 'ns');
    requireNumber('markNs[1]', to, from as number, 1e10, true, 'ns, not below markNs[0]');
    requireCarriers(merged);
    requireSecondary(merged);
    requireUplink(merged.uplink);
    if (merged.drx !== null) requireDrxConfig(merged.drx);
    if (merged.aqm !== null) requireAqm(merged.aqm);
    if (merged.subbands !== null) requireSubbands(merged.subbands, merged);
    if (merged.congestion !== null) {
        requireNumber('congestion.queueNs', merged.congestion.queueNs, 0, 1e9, true, 'ns');
        requireNumber('congestion.fromImportance', merged.congestion.fromImportance, 2, 15, true, '');
    }
    requireRadio('radio', merged.radio);
    if (!Array.isArray(merged.users)) throw wrong('users', merged.users, 'a list');
    for (const [i, user] of merged.users.entries()) requireRadio(`users[${i}]`, { ...merged.radio, ...user });
    return Object.freeze(merged);
}

function requireSubbands(subbands: SubbandConfig, { bandwidthPrb, multiplexing }: CellConfig): void {
    requireNumber('subbands.count', subbands.count, 1, Math.min(19, bandwidthPrb), true, '');
    requireNumber('subbands.delaySpreadNs', subbands.delaySpreadNs, 0, 5000, false, 'ns');
    const profiles = Object.keys(TDL_PROFILES);
    if (!profiles.includes(subbands.profile)) throw wrong('subbands.profile', subbands.profile, profiles.join(', '));
    if (!['miesm', 'eesm'].includes(subbands.mapping)) throw wrong('subbands.mapping', subbands.mapping, 'miesm, eesm');
    if (multiplexing !== 'frequency') throw wrong('multiplexing', multiplexing, 'frequency where there are subbands');
}

function requireCarriers({ carriers }: CellConfig): void {
    if (!Array.isArray(carriers)) throw wrong('carriers', carriers, 'a list');
    requireNumber('carriers.length', carriers.length, 0, 15, true, 'further carriers');
    for (const [i, carrier] of carriers.entries()) {
        const known = ['bandwidthPrb', 'pattern', 'sinrOffsetDb'];
        const other = Object.keys(carrier ?? {}).find((key) => !known.includes(key));
        if (other !== undefined) throw wrong(`carriers[${i}].${other}`, 'a field', `one of ${known.join(', ')}`);
        requireNumber(`carriers[${i}].bandwidthPrb`, carrier?.bandwidthPrb, 1, 275, true, 'resource blocks');
        requireNumber(`carriers[${i}].sinrOffsetDb`, carrier.sinrOffsetDb, -60, 60, false, 'dB');
        requirePattern(`carriers[${i}].pattern`, carrier.pattern);
    }
}

function requireSecondary({ secondary, aqm }: CellConfig): void {
    if (secondary === null) return;
    const known = ['bandwidthPrb', 'pattern', 'sinrOffsetDb', 'backhaulNs'];
    const other = Object.keys(secondary).find((key) => !known.includes(key));
    if (other !== undefined) throw wrong(`secondary.${other}`, 'a field', `one of ${known.join(', ')}`);
    requireNumber('secondary.bandwidthPrb', secondary.bandwidthPrb, 1, 275, true, 'resource blocks');
    requireNumber('secondary.sinrOffsetDb', secondary.sinrOffsetDb, -60, 60, false, 'dB');
    requireNumber('secondary.backhaulNs', secondary.backhaulNs, 0, 1e8, true, 'ns');
    requirePattern('secondary.pattern', secondary.pattern);
    if (aqm !== null) throw wrong('aqm', aqm, 'null beside a second node');
}

function requirePattern(path: string, pattern: unknown): void {
    if (typeof pattern !== 'string' || !/^[DUSF]{1,80}$/.test(pattern))
        throw wrong(path, pattern, '1 to 80 letters D, U, S or F');
}

function requireDrxConfig(drx: DrxConfig): void {
    requireNumber('drx.onDurationMs', drx.onDurationMs, 1, 1000, true, 'ms');
    requireNumber('drx.inactivityMs', drx.inactivityMs, 0, 1000, true, 'ms');
    if (!Array.isArray(drx.startOffsets)) throw wrong('drx.startOffsets', drx.startOffsets, 'a list');
    for (const startOffsetMs of [drx.startOffsetMs, ...drx.startOffsets]) {
        requireDrx({ cycle: drx.cycle ?? { numerator: 0, denominator: 0 }, startOffsetMs, short: false });
    }
}

function requireUplink({ configuredGrant, bufferStatus, grantOffsets }: CellConfig['uplink']): void {
    if (!Array.isArray(grantOffsets)) throw wrong('uplink.grantOffsets', grantOffsets, 'a list');
    for (const [i, offset] of grantOffsets.entries())
        requireNumber(`uplink.grantOffsets[${i}]`, offset, 0, 1e6, true, 'slots');
    if (configuredGrant === null) return;
    if (bufferStatus === 'ideal')
        throw wrong('uplink.bufferStatus', bufferStatus, 'long or refined beside a configured grant');
    requireConfiguredGrant(configuredGrant);
}

function requireRadio(path: string, radio: RadioConfig): void {
    requireNumber(`${path}.sinrDb`, radio.sinrDb, -20, 60, false, 'dB');
    requireNumber(`${path}.uplinkOffsetDb`, radio.uplinkOffsetDb, -80, 80, false, 'dB');
    requireNumber(`${path}.shadowStdDb`, radio.shadowStdDb, 0, 20, false, 'dB');
    if (!Array.isArray(radio.interruptions)) throw wrong(`${path}.interruptions`, radio.interruptions, 'a list');
    requireInterruptions(`${path}.interruptions`, radio.interruptions);
    if (radio.fading === null) return;
    if (typeof radio.fading !== 'object') throw wrong(`${path}.fading`, radio.fading, 'an object or null');
    requireNumber(`${path}.fading.kFactorDb`, radio.fading.kFactorDb, -40, 40, false, 'dB');
    requireNumber(`${path}.fading.dopplerHz`, radio.fading.dopplerHz, 0, 2000, false, 'Hz');
    requireNumber(`${path}.fading.branches`, radio.fading.branches, 1, 16, true, '');
}

function read(config: object, path: string): unknown {
    return path.split('.').reduce((value: unknown, key) => (value as Record<string, unknown>)?.[key], config);
}

/** Defaults below input, two levels deep; a field nobody knows is an error, because it is a misspelling. */
function merge(defaults: object, input: object, path: string): Record<string, unknown> {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        throw wrong(path || 'the cell configuration', input, 'an object');
    }
    const known = Object.keys(defaults);
    for (const key of Object.keys(input)) {
        if (known.includes(key)) continue;
        throw badInput(
            `${path}${key} is not a field`,
            `one of ${known.join(', ')}`,
            'Correct the name or leave it out'
        );
    }
    const out: Record<string, unknown> = {};
    for (const key of known) {
        const standard = (defaults as Record<string, unknown>)[key];
        const given = (input as Record<string, unknown>)[key];
        const isObject = typeof standard === 'object' && standard !== null && !Array.isArray(standard);
        // Below the first level null says "without": no fading.
        if (isObject && given === null && path === '') throw wrong(key, given, 'an object');
        const nested = isObject && given !== null;
        out[key] = given === undefined ? standard : nested ? merge(standard, given as object, `${path}${key}.`) : given;
    }
    return out;
}
