import { describe, expect, it } from 'vitest';
import type { CaptureEntry } from '../../src/baseline/capture-store.ts';
import { labelOf } from '../../src/baseline/capture-store.ts';
import { selectCaptures } from '../../src/baseline/select-captures.ts';

const entry = (scenario: string, capture: string): CaptureEntry => ({
    scenario,
    capture,
    judge: 'exact',
    format: 'bin',
    sha256: '0'.repeat(64),
    sizeBytes: 1,
    approval: null
});
const ENTRIES = [
    entry('room/sofa', 'view'),
    entry('room/sofa', 'view (large)'),
    entry('room/sofa bed', 'view'),
    entry('room/sofa bed', 'night'),
    entry('garden', 'work'),
    entry('a*b', 'x.y')
];
const chosen = (...names: string[]): string[] => selectCaptures(ENTRIES, names).map(labelOf);
const ALL = ENTRIES.map(labelOf);

describe('selectCaptures', () => {
    it.each<[string, string[]]>([
        ['room/sofa: view', ['room/sofa: view']],
        ['room/sofa', ['room/sofa: view', 'room/sofa: view (large)']],
        ['room/', ALL.slice(0, 4)],
        ['*: view', ['room/sofa: view', 'room/sofa bed: view']],
        ['room/*', ALL.slice(0, 4)],
        ['*view*', ALL.slice(0, 3)],
        ['night', ['room/sofa bed: night']],
        ['gard', ['garden: work']],
        ['bed: n', ['room/sofa bed: night']],
        ['a*b', ['a*b: x.y']],
        ['*x.y', ['a*b: x.y']]
    ])('takes "%s" for what a person means by it', (name, expected) => {
        expect(chosen(name)).toEqual(expected);
    });

    it('takes all without a name, and each once for several', () => {
        expect(chosen()).toEqual(ALL);
        expect(chosen('garden', 'room/', 'room/sofa: view')).toEqual(ALL.slice(0, 5));
    });

    it('chooses nothing by a name that several captures share a part of, and lists them', () => {
        expect(() => chosen('room/sofa: view', 'sofa')).toThrowError(
            /"sofa" could be any of 4 captures: room\/sofa: view, .*room\/sofa bed: night.*"\*sofa\*" for all of them/
        );
        expect(() => chosen('view')).toThrowError(/any of 2 captures: room\/sofa: view, room\/sofa bed: view /);
    });

    it.each(['lamp', '', '*.y.', 'kitchen/'])('says that nothing is named "%s", and what is', (name) => {
        expect(() => chosen('garden', name)).toThrowError(/no capture of the run is named.*garden: work/);
    });
});
