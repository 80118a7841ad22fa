import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    CATALOGUE,
    generateFromRequest,
    measureRelation,
    readSceneRequest,
    SCENE_REQUEST_SCHEMA
} from '../src/index.ts';

const REQUEST = {
    room: 'bedroom',
    style: 'japanese:0.7+modern:0.3',
    size: [5, 4],
    windows: 1,
    objects: [
        { id: 'bed', class: 'double_bed', color: 'navy' },
        { id: 'stands', class: 'nightstand', count: 2 },
        { id: 'lamp', class: 'table_lamp' }
    ],
    relations: [
        { type: 'across', a: 'bed', b: 'window' },
        { type: 'next-to', a: 'stands', b: 'bed', hard: true },
        { type: 'support', a: 'lamp', b: 'stands' },
        { type: 'against-wall', a: 'bed' }
    ]
};

describe('a scene request as JSON', () => {
    it('becomes a scene in which it holds', () => {
        const scene = generateFromRequest(readSceneRequest(JSON.stringify(REQUEST)), { rng: Rng.create(1) });
        expect(scene.unsatisfied).toEqual([]);
        expect(scene.certificate.valid).toBe(true);
        expect(scene.graph).toMatchObject({ style: REQUEST.style, rooms: [{ type: 'bedroom' }] });
        expect(scene.graph.nodes.filter((n) => n.class === 'nightstand')).toHaveLength(2);
        const across = scene.graph.relations.find((r) => r.type === 'across')!;
        expect(measureRelation(across, scene.graph)).toBeGreaterThan(0.5);
        expect(scene.graph.relations.filter((r) => r.hard)).toHaveLength(2);
    });

    it('has a published schema that lists the catalogue', () => {
        const schema = JSON.parse(JSON.stringify(SCENE_REQUEST_SCHEMA));
        expect(schema.properties.objects.items.properties.class.enum).toEqual([...CATALOGUE.keys()]);
        expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(REQUEST)));
    });

    it.each([
        ['an unknown class', { objects: [{ id: 'a', class: 'dragon' }] }, /class is "dragon"/],
        ['a field of its own', { objects: [], mood: 'cosy' }, /field "mood"/],
        ['a relation to nobody', { objects: [], relations: [{ type: 'near', a: 'x', b: 'y' }] }, /relations\[0\]\.a/],
        ['two objects of one id', { objects: [1, 2].map(() => ({ id: 'a', class: 'sofa' })) }, /used twice/],
        [
            'too many',
            { objects: Array.from({ length: 101 }, (_, i) => ({ id: `${i}`, class: 'sofa' })) },
            /list of 101/
        ],
        ['a style that is none', { objects: [], style: 'rococo' }, /rococo/],
        ['no JSON', '{"objects": [', /not JSON/],
        ['10 MB of it', ' '.repeat(1e7), /10000000 characters/]
    ] as const)('with %s is refused, and the field named', (_, value, message) => {
        expect(() => readSceneRequest(value)).toThrow(MixreelError);
        expect(() => readSceneRequest(value)).toThrow(message);
    });

    it('never throws anything but MixreelError', () => {
        fc.assert(
            fc.property(fc.anything(), (value) => {
                try {
                    readSceneRequest(value);
                } catch (error) {
                    if (!(error instanceof MixreelError)) throw error;
                }
            }),
            { numRuns: 200 }
        );
    });
});
