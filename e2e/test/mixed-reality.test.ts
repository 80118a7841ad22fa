import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppHost, type OpenApp } from '../src/open-app.ts';

const NAMES = ['living_room', 'office_small', 'meeting_room', 'music_room', 'office_large'] as const;

/** What the page says of its scene. */
type State = {
    classes: string[];
    real: string[];
    violations: string[];
    realCovered: number;
    realExposed: number;
    shown: number;
    nodes: number;
    occluders: number;
    shell: string[];
    events: string[];
};

let host: AppHost | undefined;
let app: OpenApp;

beforeAll(async () => {
    const main = createRequire(import.meta.url).resolve('@iwer/sem');
    const folder = `${main.slice(0, main.lastIndexOf('@iwer/sem') + '@iwer/sem'.length)}/captures`;
    host = await AppHost.start(
        Object.fromEntries(NAMES.map((name) => [`/captures/${name}.json`, readFileSync(`${folder}/${name}.json`)]))
    );
});

afterAll(async () => {
    await host?.close();
});

describe('a session in a captured living room', () => {
    beforeAll(async () => {
        app = await host!.open('mixed-reality');
    });

    it('is furnished from what the headset detects, real walls hiding and the real floor shadowed', async () => {
        const state = await app.call<State>('enter', 'living_room');
        expect(state.events).toEqual(['made']);
        expect(state.violations).toEqual([]);
        expect(state.real).toEqual(expect.arrayContaining(['couch', 'table', 'lamp']));
        // What nothing stands for hides what is behind it.
        expect(state.occluders).toBeGreaterThanOrEqual(state.realExposed);
        expect(state.classes.length).toBeGreaterThan(8);
        expect(state.shown).toBe(state.nodes);
        expect(state.shell).toEqual(['shadow catcher', 'occluder', 'occluder']);
    });

    it('loses the counterpart of what is carried away', async () => {
        const state = await app.call<State>('carryAway', 'lamp');
        expect(state.real).not.toContain('lamp');
        expect(state.violations).toEqual([]);
    });

    it('stays with the real room when the headset corrects its space, and solves nothing for that', async () => {
        const found = await app.call<{ before: number; after: number; wandered: number; events: string[] }>('recenter');
        expect(found.wandered).toBeCloseTo(Math.hypot(0.5, 0.3), 3);
        expect(found.after).toBeCloseTo(found.before, 3);
        expect(found.events).toEqual([]);
    });

    it('anchors a thing of its own, which then goes where its anchor goes and is locked', async () => {
        const { wandered, locked } = await app.call<{ wandered: number; locked: boolean }>('anchor');
        expect(wandered).toBeCloseTo(0.2, 3);
        expect(locked).toBe(true);
    });

    it('has a navigation mesh with ways between the places where one can walk', async () => {
        const { path, triangles } = await app.call<{ path: number[][]; triangles: number }>('walk');
        expect(path.length).toBeGreaterThan(1);
        expect(triangles).toBeGreaterThan(3);
    });

    it('leaves nothing behind when the session is over', async () => {
        expect(await app.call('leave')).toEqual({ last: 'ended', entities: 0, meshes: 0, materials: 0, textures: 0 });
    });
});

describe.each(NAMES.slice(1))('a session in the captured %s', (name) => {
    it('is furnished with a certificate, every real thing covered', async () => {
        app = await host!.open('mixed-reality');
        const state = await app.call<State>('enter', name);
        expect(state.violations).toEqual([]);
        expect(state.realCovered).toBeGreaterThan(2);
        expect(state.shown).toBe(state.nodes);
        await app.call('leave');
        await app.close();
    });
});
