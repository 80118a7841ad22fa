import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    generateFromCapture,
    graphFromGlb,
    readCapture,
    readGraph,
    type SceneGraph,
    type SceneNode
} from '../src/index.ts';
import { fixtureCapture } from './support/captures.ts';

const { graph } = generateFromCapture(readCapture(fixtureCapture()), { rng: Rng.create(4), seed: 4 });
type Mutable = { -readonly [K in keyof SceneGraph]: any };
const virtual = (g: Mutable) => g.nodes.find((n: SceneNode) => !n.real);
const real = (g: Mutable) => g.nodes.find((n: SceneNode) => n.real);
const copy = (): Mutable => JSON.parse(JSON.stringify(graph));

describe('the scene graph reader', () => {
    it('returns what was written', () => {
        expect(readGraph(JSON.stringify(graph))).toEqual(graph);
    });

    it.each([
        ['another version', (g: Mutable): unknown => (g.version = 2), /version 1/],
        ['a NaN pose', (g: Mutable): unknown => (g.nodes[0].pose.yaw = Number.NaN), /nodes\[0\]\.pose\.yaw is NaN/],
        ['a misspelt field', (g: Mutable): unknown => (g.nodes[0].lokced = true), /field "lokced"/],
        [
            'an unknown relation',
            (g: Mutable): unknown => g.relations.push({ type: 'hates', a: graph.nodes[0]!.id, weight: 1, hard: false }),
            /one of support, surround/
        ],
        ['two nodes of one id', (g: Mutable): unknown => g.nodes.push(g.nodes[0]), /used twice/],
        ['a wall of no room', (g: Mutable): unknown => (g.walls[0].room = 'attic'), /walls\[0\]\.room is "attic"/],
        [
            'a thing that stands on itself',
            (g: Mutable): unknown => (g.nodes[0].support = { kind: 'node', parent: g.nodes[0].id }),
            /stands on itself/
        ],
        [
            'a virtual thing of no class',
            (g: Mutable): unknown => (virtual(g).class = 'dragon'),
            /class "dragon" is unknown/
        ],
        ['a style that nobody knows', (g: Mutable): unknown => (g.nodes[0].style = 'baroque'), /style "baroque"/],
        ['a cover of nothing', (g: Mutable): unknown => (virtual(g).covers = ['real-x']), /covers is "real-x"/],
        ['a real thing that may move', (g: Mutable): unknown => (real(g).locked = false), /real and not locked/],
        ['a room inside out', (g: Mutable): unknown => g.rooms[0].polygon.reverse(), /no positive area/]
    ] as const)('refuses %s and names the field', (_, change, message) => {
        const broken = copy();
        change(broken);
        expect(() => readGraph(broken)).toThrow(MixreelError);
        expect(() => readGraph(broken)).toThrow(message);
    });

    it('never throws anything but MixreelError', async () => {
        fc.assert(
            fc.property(fc.anything(), (value) => {
                expect(() => readGraph(value)).toThrow(MixreelError);
            }),
            { numRuns: 200 }
        );
        await expect(graphFromGlb(new Uint8Array([1, 2, 3]))).rejects.toThrow(MixreelError);
    });
});
