import type { Device, StructuredView } from '@mixreel/gpu';
import { describe, expect, it } from 'vitest';
import { hitAos, hitSoa } from '../../src/generated/hit.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Mesh, Scene } from '../../src/scene/scene.ts';
import { PATH_TRACER_DEFAULTS } from '../../src/tracer/options.ts';
import { packScene } from '../../src/tracer/pack-scene.ts';
import { PathBuffers } from '../../src/tracer/path-buffers.ts';

/** A bumpy sheet of 2 n^2 triangles. */
function sheet(n: number): Mesh {
    const positions = new Float32Array((n + 1) ** 2 * 3);
    const indices = new Uint32Array(6 * n * n);
    for (let i = 0, o = 0; i <= n; i++) {
        for (let j = 0; j <= n; j++) {
            const a = i * (n + 1) + j;
            positions.set([i / n, Math.sin(i * 7.1) * Math.cos(j * 3.3) * 0.02, j / n], a * 3);
            if (i === n || j === n) continue;
            indices.set([a, a + 1, a + n + 1, a + 1, a + n + 2, a + n + 1], o);
            o += 6;
        }
    }
    return { positions, indices };
}

/** Copies of a mesh in a grid. */
function placed(mesh: Mesh, count: number): Scene {
    const side = Math.ceil(Math.sqrt(count));
    const instances = Array.from({ length: count }, (_, i) => {
        const at = [1.1 * (i % side), 0, 1.1 * Math.floor(i / side), 1];
        return { mesh: 0, material: 0, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...at] };
    });
    return createScene({ meshes: [mesh], instances, materials: [{ kind: 'diffuse' }] });
}

const MEBIBYTE = 2 ** 20;

describe('the memory of a scene', () => {
    it('is at most 40 bytes of tree and 100 of data a triangle, so that four million fit in half a GiB', () => {
        const { stats, nodes, triangles, shading, tables } = packScene(placed(sheet(150), 1));
        expect(stats.triangles).toBe(45_000);
        expect(stats.bvhBytes).toBe(nodes.byteLength);
        expect(stats.triangleBytes).toBe(triangles.byteLength + shading.byteLength);
        expect(stats.bvhBytes / stats.triangles).toBeLessThan(40);
        expect(stats.triangleBytes / stats.triangles).toBeLessThanOrEqual(100);
        const all = nodes.byteLength + triangles.byteLength + shading.byteLength + tables.byteLength;
        expect((all / stats.triangles) * 4e6).toBeLessThan(512 * MEBIBYTE);
    });

    it('grows with the instances by 176 bytes and their share of the top tree, for a hundred million placed triangles', () => {
        const { stats, nodes, triangles, shading, tables, layout } = packScene(placed(sheet(100), 5000));
        expect(stats.placedTriangles).toBe(100_000_000);
        expect(layout.flattened).toBe(false);
        expect(stats.triangles).toBe(20_000);
        const all = nodes.byteLength + triangles.byteLength + shading.byteLength + tables.byteLength;
        expect(all).toBeLessThan(4 * MEBIBYTE);
        const { tables: of1 } = packScene(placed(sheet(100), 1), { geometry: 'instanced' });
        expect(tables.byteLength - of1.byteLength).toBe(4999 * 176);
    });
});

describe('the memory of a path', () => {
    const counting = (made: Map<string, number>): Device =>
        ({
            info: { description: '', architecture: '', driver: '' },
            limits: {
                maxStorageBufferBindingSize: 2 ** 30,
                maxBufferSize: 2 ** 30,
                maxComputeWorkgroupsPerDimension: 65535
            },
            createBuffer: ({ label, sizeBytes = 0 }: { label: string; sizeBytes?: number }) => {
                made.set(label, sizeBytes);
                return { destroy: () => made.delete(label) };
            }
        }) as unknown as Device;

    it.each(['streaming-soa', 'streaming-aos'] as const)('is at most 128 bytes of state, %s', (mode) => {
        const made = new Map<string, number>();
        const params = { arrayBuffer: new ArrayBuffer(256) } as unknown as StructuredView;
        const buffers = new PathBuffers(counting(made), { ...PATH_TRACER_DEFAULTS, mode }, params);
        const before = [...made.values()].reduce((sum, bytes) => sum + bytes, 0);
        buffers.reserve(10_000, 0);
        expect(made.get('pathtracer/paths')! / 10_000).toBeLessThanOrEqual(128);
        // And six queues that it may wait in.
        const after = [...made.values()].reduce((sum, bytes) => sum + bytes, 0);
        expect((after - before) / 10_000).toBeLessThanOrEqual(128 + 24);
        buffers.destroy();
        expect([...made.keys()].filter((label) => !/bounce/.test(label))).toEqual([]);
    });

    it.each([hitSoa, hitAos])('is what the kernels reach for, all of it: %#', ({ code }) => {
        const rows = [...code.matchAll(/const (?:STATE_ROWS = (\d+)|ROW_\w+ = (\d+))u/g)];
        expect(rows.length).toBeGreaterThan(5);
        for (const [line, count, row] of rows)
            expect(Number(count ?? Number(row) + 1), line).toBeLessThanOrEqual(128 / 16);
        expect(code).toMatch(/paths: array<vec4(u|<u32>)>/);
    });
});

describe('a device that holds little', () => {
    const scene = placed(sheet(20), 10);

    it('is given instances where the flattened scene would not fit', () => {
        // 800 unique triangles of 48 bytes fit, 8,000 placed ones do not.
        expect(packScene(scene, { maxBufferBytes: 800 * 48 }).layout.flattened).toBe(false);
        expect(packScene(scene, { maxBufferBytes: 8000 * 48 }).layout.flattened).toBe(true);
    });

    it('refuses what it cannot hold with the figures and the way out', () => {
        const flattened = (): unknown => packScene(scene, { geometry: 'flattened', maxBufferBytes: 8000 * 48 - 1 });
        expect(flattened).toThrow(
            "the scene has 8000 placed triangles, 384000 bytes in one buffer (expected at most 7999 triangles, 383999 bytes, on this device). Set geometry: 'instanced': 800 of the triangles are unique."
        );
        expect(() => packScene(scene, { maxBufferBytes: 1000 })).toThrow(
            expect.objectContaining({ code: 'limit-exceeded', mend: expect.stringContaining('simplify') })
        );
    });

    it('counts 96 bytes a triangle where vertices have colours', () => {
        const { meshes, instances, materials } = scene;
        const colors = new Float32Array((meshes[0]!.positions.length / 3) * 4).fill(1);
        const painted = createScene({ meshes: [{ ...meshes[0]!, colors }], instances, materials });
        expect(packScene(painted, { maxBufferBytes: 800 * 96 }).layout.flattened).toBe(false);
        expect(() => packScene(painted, { maxBufferBytes: 800 * 96 - 1 })).toThrow('800 unique triangles, 76800 bytes');
        // Split, it may be larger; flattened only where nothing need be split.
        const limits = { maxBufferBytes: 800 * 48, maxSplitBytes: 8000 * 96 };
        expect(packScene(painted, limits).layout.flattened).toBe(false);
        expect(packScene(painted, { ...limits, geometry: 'flattened' }).layout.flattened).toBe(true);
    });
});
