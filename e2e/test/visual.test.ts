import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSuite } from '@mixreel/harness';
import { expect, test } from 'vitest';
import config from '../visual/mixreel.config.ts';

test("the project's pictures, and pages of five engines, are those that were approved", async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'mixreel-visual-'));
    try {
        const { run } = await runSuite({ ...config, outDir });
        const told = run.scenarios.map(({ name, status, failure, captures }) => ({
            name,
            status,
            failure: failure?.message,
            captures: captures.map(({ capture, verdict }) => `${capture.name}: ${verdict.status}, ${verdict.message}`)
        }));
        expect(run.scenarios).toHaveLength(config.scenarios.length);
        const devices = new Map(run.scenarios.map(({ name, device }) => [name, device ?? 'none']));
        expect(devices.get('pathtracer/cornell-box')).toBe('node-dawn');
        expect(devices.get('pages/webgpu')).toBe('chromium-swiftshader');
        expect(devices.get('codec/over-the-network')).toBe('none');
        const wrong = told.filter(({ status }) => status !== 'passed');
        expect(wrong, JSON.stringify(wrong, null, 2)).toEqual([]);
    } finally {
        await rm(outDir, { recursive: true, force: true });
    }
}, 300_000);
