/**
 * Fields of a page's description as a configuration in JavaScript may have them: one that is spelled wrong would be passed over
 * in silence, and a size that is none would end deep inside the browser.
 */
import { badInput } from '@mixreel/core';
import type { Viewport } from './open-page.ts';

/** Throws `bad-input` for a field that is none. @param known - Its keys are the fields. */
export function checkFields(value: object, known: Readonly<Record<string, unknown>>, who: string): void {
    for (const field of Object.keys(value)) {
        if (Object.hasOwn(known, field)) continue;
        throw badInput(`${who} has a field "${field}"`, Object.keys(known).join(', '), 'Correct or remove it');
    }
}

/** Throws `bad-input` for a page that is nowhere. */
export function checkLocation(page: unknown, what: string): void {
    const { folder, html, url } = (typeof page === 'object' && page !== null ? page : {}) as Record<string, unknown>;
    const given = [folder, html, url].filter((place) => place !== undefined);
    if (given.length === 1 && typeof given[0] === 'string' && (url === undefined || URL.canParse(url as string)))
        return;
    throw badInput(
        `${what} is ${JSON.stringify(page)?.slice(0, 100)}`,
        "one of { folder: 'dist' }, { html: '<canvas>' } and { url: 'http://127.0.0.1:4173/' }",
        'Say where the page is'
    );
}

/** Throws `bad-input` for a size out of range. */
export function checkViewport({ widthPx, heightPx, pixelRatio = 1, name }: Viewport, who: string): void {
    const isSize = (px: unknown): boolean => Number.isInteger(px) && (px as number) >= 1 && (px as number) <= 16_384;
    const named = name === undefined || (typeof name === 'string' && name !== '');
    if (isSize(widthPx) && isSize(heightPx) && pixelRatio >= 0.5 && pixelRatio <= 4 && named) return;
    throw badInput(
        `a viewport of ${who} is ${JSON.stringify({ name, widthPx, heightPx, pixelRatio })}`,
        'integers from 1 to 16384, pixelRatio from 0.5 to 4, a name that is text',
        'Use { widthPx: 800, heightPx: 600 }'
    );
}

/** Throws `bad-input` for a value that is not among those that a field may have; one that is left out may be. */
export function checkChoice(what: string, value: unknown, choices: readonly unknown[]): void {
    if (value === undefined || choices.includes(value)) return;
    throw badInput(`${what} is ${String(value)}`, choices.join(', '), 'Leave it out');
}
