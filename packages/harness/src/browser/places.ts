/**
 * Where a Chromium may already be on a machine: the variable that names it, the names on the PATH, and the places where
 * installers of Linux, macOS and Windows put it. Chromium first, then Chrome, then Edge: all three carry the SwiftShader
 * that the tests draw with.
 */
import { posix, win32 } from 'node:path';
import type { Host } from './host.ts';

/** Why a path is worth a look, and the path. */
export interface BrowserPlace {
    readonly source: 'PUPPETEER_EXECUTABLE_PATH' | 'PATH' | 'usual place';
    readonly path: string;
}

/** Names on the PATH, the likeliest first. */
const PATH_NAMES: readonly string[] = [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
    'chrome',
    'chrome-headless-shell',
    'microsoft-edge-stable',
    'microsoft-edge'
];

const LINUX_PLACES: readonly string[] = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/lib/chromium/chromium',
    '/opt/google/chrome/chrome',
    '/opt/chromium/chrome',
    '/snap/bin/chromium',
    '/opt/microsoft/msedge/msedge'
];

const MAC_APPS: readonly string[] = [
    'Chromium.app/Contents/MacOS/Chromium',
    'Google Chrome.app/Contents/MacOS/Google Chrome',
    'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
];

const WINDOWS_PLACES: readonly string[] = [
    'Chromium\\Application\\chrome.exe',
    'Google\\Chrome\\Application\\chrome.exe',
    'Microsoft\\Edge\\Application\\msedge.exe'
];

/** Every place worth a look on this machine, in order, each once. The files may not exist. */
export function browserPlaces(host: Host): BrowserPlace[] {
    const places: BrowserPlace[] = [];
    const named = host.env['PUPPETEER_EXECUTABLE_PATH'];
    if (named) places.push({ source: 'PUPPETEER_EXECUTABLE_PATH', path: named });
    for (const path of onPath(host)) places.push({ source: 'PATH', path });
    for (const path of usualPlaces(host)) places.push({ source: 'usual place', path });
    const seen = new Set<string>();
    return places.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function onPath(host: Host): string[] {
    const windows = host.platform === 'win32';
    const folders = (host.env['PATH'] ?? host.env['Path'] ?? '').split(windows ? ';' : ':').filter(Boolean);
    const { join } = windows ? win32 : posix;
    const extension = windows ? '.exe' : '';
    return PATH_NAMES.flatMap((name) => folders.map((folder) => join(folder, name + extension)));
}

function usualPlaces(host: Host): string[] {
    if (host.platform === 'win32') {
        const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => host.env[name]);
        return roots
            .filter((root) => root !== undefined)
            .flatMap((root) => WINDOWS_PLACES.map((p) => win32.join(root, p)));
    }
    if (host.platform === 'darwin') {
        const roots = ['/Applications', posix.join(host.homeDir, 'Applications')];
        return roots.flatMap((root) => MAC_APPS.map((app) => posix.join(root, app)));
    }
    return [...LINUX_PLACES];
}
