/**
 * Where a scenario may write: inside the folder that is its own, links followed. The name of a file says little: a link that
 * stands in its place, or in that of a folder above it, leads anywhere.
 */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { badInput } from '@mixreel/core';

/**
 * Throws `bad-input` for a file that is to be written outside of the folder.
 *
 * @param what - For the message: `the recording`.
 */
export async function refuseOutside(what: string, path: string, folder: string): Promise<void> {
    const way = relative(await realPlace(folder), await realPlace(path));
    if (way !== '' && !isAbsolute(way) && way.split(/[\\/]/)[0] !== '..') return;
    throw badInput(
        `${what} would be written to ${path}`,
        `a file inside ${resolve(folder)}, links followed`,
        'Name one there, and remove what links elsewhere'
    );
}

/** Where a path leads that need not exist yet: its nearest folder that does, links followed, and the rest. */
async function realPlace(path: string): Promise<string> {
    const whole = resolve(path);
    return realpath(whole).catch(async () => {
        const above = dirname(whole);
        return above === whole ? whole : join(await realPlace(above), relative(above, whole));
    });
}
