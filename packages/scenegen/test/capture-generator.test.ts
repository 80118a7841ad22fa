import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import {
    type CertifiedScene,
    certify,
    generateFromCapture,
    glbFromGraph,
    graphFromGlb,
    readCapture
} from '../src/index.ts';
import { CAPTURES, captureJson, fixtureCapture } from './support/captures.ts';

const validator = createRequire(import.meta.url)('gltf-validator') as {
    validateBytes(
        bytes: Uint8Array
    ): Promise<{ issues: { numErrors: number; numWarnings: number; messages: unknown[] } }>;
};

const ROOMS: readonly (readonly [string, unknown])[] = [
    ['a fixture made in code', fixtureCapture()],
    ...CAPTURES.map((name) => [name, captureJson(name)] as const)
];

const make = (json: unknown, seed: number): CertifiedScene =>
    generateFromCapture(readCapture(json), { rng: Rng.create(seed), seed });

describe.each(ROOMS)('a scene generated from %s', (_, json) => {
    it('is valid by the certificate for every seed, covers every real obstacle, and has furniture and light', () => {
        for (let seed = 0; seed < 10; seed++) {
            const { graph, certificate } = make(json, seed);
            expect(certificate.violations).toEqual([]);
            expect(certify(graph).valid).toBe(true);
            const lost = graph.dropped.filter(
                (d) => !/within a larger|overlaps another|no wall|outside this/.test(d.reason)
            );
            expect(lost.filter((d) => d.id.startsWith('real-'))).toEqual([]);
            const covered = new Set(graph.nodes.flatMap((n) => n.covers ?? []));
            for (const real of graph.nodes.filter((n) => n.real)) expect(covered).toContain(real.id);
            // The smallest room has 6 m2, of which 2.6 can be walked: a lamp and two things more fit in every case.
            expect(graph.nodes.filter((n) => !n.real && !n.covers).length).toBeGreaterThanOrEqual(3);
            expect(graph.nodes.some((n) => /lamp/.test(n.class))).toBe(true);
            expect(graph.viewpoints.length).toBeGreaterThanOrEqual(1);
        }
    });

    it('has the same bytes for the same seed, and other bytes for another', async () => {
        const hash = async (seed: number): Promise<string> =>
            createHash('sha256')
                .update(await glbFromGraph(make(json, seed).graph))
                .digest('hex');
        expect(await hash(7)).toBe(await hash(7));
        expect(await hash(8)).not.toBe(await hash(7));
    });

    it('passes gltf-validator without errors or warnings, and the graph comes back from the file', async () => {
        const { graph } = make(json, 3);
        const glb = await glbFromGraph(graph);
        const { issues } = await validator.validateBytes(glb);
        expect(issues.messages).toEqual([]);
        const back = await graphFromGlb(glb);
        expect(back).toEqual(graph);
        expect(Buffer.compare(await glbFromGraph(back), glb)).toBe(0);
    });
});
