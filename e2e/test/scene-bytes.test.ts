import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost } from '../src/open-app.ts';
import { sceneDigests } from '../src/scene-bytes.ts';

let host: AppHost | undefined;
let recording: Buffer;

beforeAll(async () => {
    const main = createRequire(import.meta.url).resolve('@iwer/sem');
    const folder = main.slice(0, main.lastIndexOf('@iwer/sem') + '@iwer/sem'.length);
    recording = readFileSync(`${folder}/captures/living_room.json`);
    host = await AppHost.start({ '/captures/living_room.json': recording });
});

afterAll(async () => {
    await host?.close();
});

describe('a generated scene', () => {
    it('is the same file to the last byte in Chromium and in Node, by every way to it', async () => {
        const app = await host!.open('scene-bytes');
        const there = await app.call<Record<string, string>>('digests');
        const here = await sceneDigests(JSON.parse(recording.toString('utf8')));
        expect(there).toEqual(here);
        // All different: none of them is the digest of nothing.
        expect(new Set(Object.values(here)).size).toBe(Object.keys(here).length);
    });
});
