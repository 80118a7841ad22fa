import { createRequire } from 'node:module';
import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    certify,
    editByText,
    editScene,
    generateFromPlan,
    generateFromText,
    generateHouse,
    glbFromGraph,
    graphFromGlb,
    measureRelation,
    parseRequest,
    type SceneGraph,
    STYLE_NAMES,
    sceneIo,
    styleNamed
} from '../src/index.ts';

const validator = createRequire(import.meta.url)('gltf-validator') as {
    validateBytes(bytes: Uint8Array): Promise<{ issues: { messages: { severity: number }[] } }>;
};
const rng = Rng.create(2);
const room: SceneGraph = generateFromText(
    'a modern living room with a sofa facing the tv, an armchair next to the bookshelf and a picture on the wall',
    { rng, seed: 2 }
).graph;

describe('style vectors', () => {
    it('mix colours between their styles, and are the style itself at weight one', () => {
        const [a, b] = [styleNamed('japanese'), styleNamed('modern')];
        const mix = styleNamed('japanese:0.5+modern:0.5');
        const red = (hex: string): number => Number.parseInt(hex.slice(1, 3), 16);
        for (const slot of ['wood', 'wall', 'fabric']) {
            const [p, q, m] = [a, b, mix].map((s) => red(s.slots[slot]!.color[0]!)) as [number, number, number];
            expect(m).toBeGreaterThanOrEqual(Math.min(p, q));
            expect(m).toBeLessThanOrEqual(Math.max(p, q));
        }
        expect(styleNamed('japanese:1').slots).toEqual(a.slots);
        expect(styleNamed('japanese:3+modern:1').legs).toBe(a.legs);
        for (const bad of ['rococo', 'japanese:0', 'japanese:x', '', `${'modern:1+'.repeat(40)}modern:1`])
            expect(() => styleNamed(bad)).toThrow(/is unknown/);
    });

    it('come from words that name several styles', () => {
        expect(parseRequest('a modern Japanese bedroom').style).toBe('modern:0.50+japanese:0.50');
        expect(parseRequest('a Japanese bedroom').style).toBe('japanese');
    });
});

describe('the rooms of a house', () => {
    /** Mean distance of two styles' colours, 0 to 255. */
    const apart = (a: string, b: string): number => {
        const slots = ['wood', 'wood2', 'wall', 'fabric', 'cushion', 'rug', 'floor', 'curtain'];
        const channel = (style: string, slot: string, at: number): number =>
            Number.parseInt(styleNamed(style).slots[slot]!.color[0]!.slice(at, at + 2), 16);
        const all = slots.flatMap((slot) => [1, 3, 5].map((at) => channel(a, slot, at) - channel(b, slot, at)));
        return all.reduce((sum, v) => sum + Math.abs(v), 0) / all.length;
    };

    it('have a style vector each, nearer to one another than houses are, and one for all things of a room', async () => {
        const houses = [1, 2, 3].map((seed) =>
            generateHouse({ rng: Rng.create(seed), seed, rooms: 3, styleSpread: 0.2, style: STYLE_NAMES[seed]! })
        );
        const styles = houses.map(({ graph }) => graph.rooms.map((r) => r.style!));
        for (const own of styles) expect(new Set(own).size).toBeGreaterThan(1);
        const within = styles.flatMap((own) => own.slice(1).map((s) => apart(own[0]!, s)));
        const across = styles.slice(1).map((own) => apart(own[0]!, styles[0]![0]!));
        expect(Math.max(...within)).toBeLessThan(Math.min(...across));
        const { graph } = houses[0]!;
        expect(graph.nodes.every((n) => n.style === undefined)).toBe(true);
        expect(await graphFromGlb(await glbFromGraph(graph))).toEqual(graph);
        const repainted = editScene(graph, { do: 'restyle', style: 'modern' }, { rng });
        expect(repainted.rooms.every((r) => r.style === undefined)).toBe(true);
        expect(() => generateHouse({ rng, styleSpread: 0.6 })).toThrow(/0.6/);
    });
});

describe('another style for a finished scene', () => {
    it('changes no pose when it is retextured, and keeps every relation when it is refurnished', () => {
        for (const style of [...STYLE_NAMES, 'classic:0.6+industrial:0.4']) {
            const repainted = editScene(room, { do: 'restyle', style }, { rng });
            expect(repainted.nodes.map((n) => [n.id, n.class, n.pose, n.dims])).toEqual(
                room.nodes.map((n) => [n.id, n.class, n.pose, n.dims])
            );
            const refurnished = editScene(room, { do: 'refurnish', style }, { rng });
            expect(certify(refurnished).violations).toEqual([]);
            expect(refurnished.nodes.map((n) => n.pose)).toEqual(room.nodes.map((n) => n.pose));
            for (const r of room.relations) {
                if ((measureRelation(r, room) ?? 0) > 0.5)
                    expect(measureRelation(r, refurnished), JSON.stringify(r)).toBeGreaterThan(0.5);
            }
            const changed = refurnished.nodes.filter((n, i) => n.variant !== room.nodes[i]!.variant);
            expect(changed.length).toBeGreaterThan(room.nodes.length / 2);
        }
    });

    it('by words: make it, refurnish it, in English and Chinese', () => {
        for (const [text, style] of [
            ['make it Japanese', 'japanese'],
            ['refurnish it in a classic style', 'classic'],
            ['重新布置成北欧风格', 'scandinavian']
        ] as const) {
            const scene = editByText(room, text, { rng });
            expect(scene.unsatisfied, text).toEqual([]);
            expect(scene.graph.style).toBe(style);
        }
    });

    it('leaves locked things as they are', () => {
        const locked = { ...room, nodes: room.nodes.map((n) => ({ ...n, locked: true })) };
        const refurnished = editScene(locked, { do: 'refurnish', style: 'classic' }, { rng });
        expect(refurnished.nodes).toEqual(locked.nodes);
    });
});

describe('KHR_materials_variants', () => {
    it('hold every asked style on every primitive of the scene, and the file is valid', async () => {
        const plan = {
            rooms: [
                {
                    type: 'hall' as const,
                    polygon: [
                        [0, 0],
                        [3, 0],
                        [3, 2.5],
                        [0, 2.5]
                    ] as const
                }
            ]
        };
        const { graph } = generateFromPlan(plan, { rng, style: 'modern' });
        const variants = ['japanese', 'classic:0.5+modern:0.5'];
        const glb = await glbFromGraph(graph, { variants });
        const { issues } = await validator.validateBytes(glb);
        // Materials and meshes of other styles may go unused; errors and warnings may not be.
        expect(issues.messages.filter((m) => m.severity < 2)).toEqual([]);
        const root = (await sceneIo().readBinary(glb as Uint8Array<ArrayBuffer>)).getRoot();
        const primitives = root.listMeshes().flatMap((m) => m.listPrimitives());
        expect(primitives.length).toBeGreaterThan(10);
        for (const p of primitives) {
            const list = p.getExtension('KHR_materials_variants') as unknown as {
                listMappings(): { listVariants(): { getName(): string }[] }[];
            };
            expect(list.listMappings().flatMap((m) => m.listVariants().map((v) => v.getName()))).toEqual(variants);
        }
        expect(await graphFromGlb(glb)).toEqual(graph);
        expect((await glbFromGraph(graph)).length).toBeLessThan(glb.length);
        await expect(glbFromGraph(graph, { variants: Array.from({ length: 17 }, () => 'modern') })).rejects.toThrow(
            /at most 16/
        );
    });
});
