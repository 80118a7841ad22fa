import { MixreelError, Rng } from '@mixreel/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Mesh, Scene } from '../../src/scene/scene.ts';
import { buildGeometry } from '../../src/tracer/build-geometry.ts';
import { type GeometryMessage, geometryJob } from '../../src/tracer/geometry-job.ts';
import { packScene, packSceneAside } from '../../src/tracer/pack-scene.ts';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function soup(count: number): Mesh {
    const random = Rng.create(3).stream('soup');
    const positions = new Float32Array(count * 9);
    for (let i = 0; i < positions.length; i += 9) {
        const center = [random.float(), random.float(), random.float()];
        for (let k = 0; k < 9; k++) positions[i + k] = center[k % 3]! + 0.02 * random.float();
    }
    return { positions, indices: Uint32Array.from({ length: count * 3 }, (_, i) => i) };
}

function scene(...counts: number[]): Scene {
    return createScene({
        meshes: [...counts.map(soup), soup(3)],
        instances: counts.map((_, mesh) => ({ mesh, material: mesh % 2, transform: IDENTITY })),
        materials: [{ kind: 'diffuse' }, { kind: 'diffuse', alphaMode: 'mask' }]
    });
}

/** As in a browser, but that the test runner still has its process. */
function withoutNodeWorkers(): void {
    vi.stubGlobal('process', Object.create(process, { getBuiltinModule: { value: undefined } }));
}

afterEach(() => void vi.unstubAllGlobals());

describe('geometry that is packed in a worker', () => {
    it('is the same to the last byte as packed here, in both geometries', async () => {
        for (const geometry of ['flattened', 'instanced'] as const) {
            const packed = await packSceneAside(scene(500, 40), { geometry, buildIn: 'worker' });
            const here = packScene(scene(500, 40), { geometry });
            expect(packed.stats.builtIn).toBe('worker');
            expect(packed).toEqual({ ...here, parts: expect.anything(), stats: { ...here.stats, builtIn: 'worker' } });
            expect(packed.parts.geometry).toEqual(here.parts.geometry);
        }
    });

    it('leaves the meshes to their owner and tells how far it is', async () => {
        const whole = scene(200_000);
        const reported: number[] = [];
        const report = (done: number, total: number): void => void reported.push(done / total);
        const { builtIn } = await buildGeometry(geometryJob(whole, true, {}), 'auto', { report });
        expect(builtIn).toBe('worker');
        expect(whole.meshes[0]!.positions).toHaveLength(200_000 * 9);
        expect(reported.at(-1)).toBe(1);
        expect(reported.length).toBeGreaterThan(2);
        expect(reported).toEqual([...reported].sort((a, b) => a - b));
    });

    it('stops when it is cancelled, in the middle too', async () => {
        const controller = new AbortController();
        const job = geometryJob(scene(300_000), true, {});
        const report = (): void => controller.abort();
        const failed = await buildGeometry(job, 'worker', { report, signal: controller.signal }).catch(
            (e: unknown) => e
        );
        expect(failed).toMatchObject({ code: 'aborted' });
        await expect(buildGeometry(job, 'worker', { signal: controller.signal })).rejects.toThrow(/cancelled/);
    });

    it('fails with the error that packing here gives', async () => {
        const job = geometryJob(scene(10), false, {});
        // A job that no scene gives: an instance of a mesh that is not there.
        const broken = { ...job, scene: { ...job.scene, instances: [{ mesh: 9, material: 0, transform: IDENTITY }] } };
        const failed = await buildGeometry(broken, 'worker').catch((error: unknown) => error);
        expect(failed).toBeInstanceOf(MixreelError);
        expect(failed).toMatchObject({ code: 'internal', mend: 'Report this with the scene' });
    });
});

describe('where no worker can be had', () => {
    it('geometry is packed here, and said to be', async () => {
        withoutNodeWorkers();
        vi.stubGlobal('Worker', undefined);
        const job = geometryJob(scene(50_000), true, {});
        expect((await buildGeometry(job, 'auto')).builtIn).toBe('inline');
        await expect(buildGeometry(job, 'worker')).rejects.toMatchObject({ code: 'environment' });
    });

    it('because its script does not load, geometry is packed here as well', async () => {
        const ended: string[] = [];
        class Broken {
            onerror: ((event: unknown) => void) | null = null;
            postMessage(): void {
                queueMicrotask(() => this.onerror?.({ type: 'error' }));
            }
            terminate(): void {
                ended.push('worker');
            }
        }
        withoutNodeWorkers();
        vi.stubGlobal('Worker', Broken);
        expect((await buildGeometry(geometryJob(scene(50_000), true, {}), 'auto')).builtIn).toBe('inline');
        expect(ended).toEqual(['worker']);
    });

    it('because its script is never answered, geometry is packed here after half a minute', async () => {
        vi.useFakeTimers();
        try {
            const ended: string[] = [];
            class Silent {
                postMessage(): void {}
                terminate(): void {
                    ended.push('worker');
                }
            }
            withoutNodeWorkers();
            vi.stubGlobal('Worker', Silent);
            const job = geometryJob(scene(5), true, {});
            const asked = expect(buildGeometry(job, 'worker')).rejects.toThrow(/does not run within 30 s/);
            const built = buildGeometry(geometryJob(scene(50_000), true, {}), 'auto');
            await vi.advanceTimersByTimeAsync(29_999);
            expect(ended).toEqual([]);
            await vi.advanceTimersByTimeAsync(1);
            expect((await built).builtIn).toBe('inline');
            await asked;
            expect(ended).toEqual(['worker', 'worker']);
        } finally {
            vi.useRealTimers();
        }
    });

    it("and a browser's worker that has started is waited for", async () => {
        vi.useFakeTimers();
        try {
            class Slow {
                onmessage: ((event: { data: GeometryMessage }) => void) | null = null;
                postMessage(): void {
                    queueMicrotask(() => this.onmessage?.({ data: { kind: 'started' } }));
                    setTimeout(() => {
                        const data = { kind: 'failed', code: 'internal', what: 'in the end', mend: 'Wait' } as const;
                        this.onmessage?.({ data });
                    }, 600_000);
                }
                terminate(): void {}
            }
            withoutNodeWorkers();
            vi.stubGlobal('Worker', Slow);
            const failed = expect(buildGeometry(geometryJob(scene(5), true, {}), 'worker')).rejects.toThrow(
                'in the end'
            );
            await vi.advanceTimersByTimeAsync(600_000);
            await failed;
        } finally {
            vi.useRealTimers();
        }
    });

    it("and a browser's worker that answers is listened to", async () => {
        const job = geometryJob(scene(5), true, {});
        const answer: GeometryMessage = { kind: 'failed', code: 'limit-exceeded', what: 'too much', mend: 'Take less' };
        class Answering {
            onmessage: ((event: { data: GeometryMessage }) => void) | null = null;
            postMessage(given: unknown): void {
                expect(given).toBe(job);
                queueMicrotask(() => this.onmessage?.({ data: answer }));
            }
            terminate(): void {}
        }
        withoutNodeWorkers();
        vi.stubGlobal('Worker', Answering);
        await expect(buildGeometry(job, 'worker')).rejects.toThrow('too much. Take less.');
    });
});
