/**
 * Coupled cells of a scenario, as a file says them: `"network": { "place": "umi", "speedKmh": 60, "handover": { "kind": "daps" } }`.
 * `users` then counts the users of each cell, the place takes the preset's SINR and shadowing, and the fidelity is L2.
 */
import {
    COUPLED_CELL_FIELDS,
    type CoupledCells,
    MOST_USERS_A_CELL,
    requireCoupledCells
} from '../network/network-config.ts';
import { requireNumber } from '../require-number.ts';
import { overlay, requireFields, within } from './scenario-fields.ts';

/**
 * Checks the cells of a variant; null: one cell alone.
 *
 * @param common - Of the whole scenario, or undefined.
 * @param own - What the variant changes; null takes the neighbours away, and so does a field its value.
 */
export function readNetwork(common: unknown, own: unknown, ownPath: string): CoupledCells | null {
    // Checked alone first, so that the message names the place where a value was written.
    const fields =
        common === undefined || common === null ? null : requireFields(common, 'network', COUPLED_CELL_FIELDS);
    const below = fields && checked('network', fields);
    if (own === null) return null;
    if (own === undefined) return below;
    return checked(ownPath, overlay(fields ?? {}, requireFields(own, ownPath, COUPLED_CELL_FIELDS)));
}

/** Throws `bad-input` unless coupled cells may have so many users each. */
export function requireLoads(loads: readonly number[]): void {
    for (const [i, load] of loads.entries()) {
        requireNumber(`users[${i}]`, load, 1, MOST_USERS_A_CELL, true, 'users in each of coupled cells');
    }
}

/** A field that is null is left out. */
function checked(path: string, fields: Record<string, unknown>): CoupledCells {
    const given: unknown = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
    within(path, () => requireCoupledCells(given as CoupledCells));
    return given as CoupledCells;
}
