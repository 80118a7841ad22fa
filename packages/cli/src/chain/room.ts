/** Which real room a run starts from: a capture that npm's @iwer/sem ships, by name, or a capture file of one's own. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { badInput } from '@mixreel/core';
import { readJson } from '../files.ts';

/** A capture that was read but not understood yet. */
export interface CaptureFile {
    /** For people and file names: `living_room`. */
    readonly name: string;
    readonly json: unknown;
}

/** Names of the captures that come with @iwer/sem (Meta Quest rooms, MIT). */
export function roomNames(): string[] {
    return readdirSync(captureFolder())
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -5))
        .sort();
}

/** @param room - A name of {@link roomNames}, or the path of a JSON file. */
export async function readRoom(room: string): Promise<CaptureFile> {
    const names = roomNames();
    if (names.includes(room)) {
        return { name: room, json: await readJson(join(captureFolder(), `${room}.json`), 'the capture') };
    }
    if (room.endsWith('.json') || existsSync(room)) {
        const name = room.replace(/^.*[\\/]/, '').replace(/\.json$/, '');
        return { name, json: await readJson(room, 'the room') };
    }
    throw badInput(
        `there is no room "${room}"`,
        names.join(', '),
        'Name one of these, or the path of a capture (.json)'
    );
}

function captureFolder(): string {
    return join(dirname(createRequire(import.meta.url).resolve('@iwer/sem/package.json')), 'captures');
}
