import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextureGenerator } from '../../src/index.ts';

const PYTHON = '/usr/bin/python3';
const training = join(import.meta.dirname, '../../training');
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch, onnx, numpy']).status === 0;

describe.skipIf(!hasTorch)('training (skipped without python3-torch and python3-onnx)', () => {
    it('takes two steps, goes on from its checkpoint, and writes weights that paint here as they do in PyTorch', () => {
        const work = mkdtempSync(join(tmpdir(), 'mixreel-training-'));
        const run = (command: string, ...args: string[]): void => {
            const { status, stderr } = spawnSync(command, args, { cwd: training, encoding: 'utf8' });
            expect(status, stderr).toBe(0);
        };
        try {
            const contrast = [
                'import torch; from contrast import Clips, clip_of, consistency as c',
                'torch.manual_seed(1); flat = torch.zeros(3, 3, 64, 64)',
                'x = flat + torch.randn(3, 3, 64, 64) * torch.tensor([0.02, 0.2, 0.7]).view(3, 1, 1, 1)',
                'p = (flat + 0.1 * x).requires_grad_(); c(p, x).backward()',
                // A texture like the source's is better than one of another region, and smooth pictures are pulled on.
                'assert c(x.flip(3), x) < c(x.roll(1, 0), x) - 0.5 and p.grad.abs().sum() > 0',
                // By regions of a map: two halves of unlike texture in one picture, told from each other.
                'y = torch.cat([x[:1, :, :, :32], x[2:, :, :, :32]], 3)',
                'halves = torch.arange(8).div(4, rounding_mode="floor").expand(1, 8, 8)',
                'assert c(y.flip(2), y, halves) < c(y.flip(3), y, halves) - 0.5',
                // By clips: a picture with the texture of its clip in a batch before is better than one with that of another.
                'assert clip_of("photos-Aqua-png-1-0-12") == "photos-Aqua-png"',
                'def after(order):',
                '    clips = Clips(); clips.loss(x, x, ["a", "b", "c"]); return clips.loss(x[order].flip(2), x.flip(3), ["a", "b", "c"])',
                'assert after([0, 1, 2]) < after([1, 2, 0]) - 0.5',
                'clips = Clips(); [clips.loss(x, x, ["a", "b", "c"]) for _ in range(200)]; assert len(clips.names) == len(clips.features) == 256'
            ];
            run(PYTHON, '-B', '-c', contrast.join('\n'));
            const pairs = join(work, 'pairs');
            run(process.execPath, 'make-pairs.mjs', pairs, '--leaves', '2', '--side', '64');
            const small = ['--half', '4', '--quarter', '4', '--condition', '2', '--blocks', '1', '--crop', '64'];
            for (let call = 0; call < 2; call++)
                run(
                    PYTHON,
                    '-B',
                    'train.py',
                    work,
                    '--pairs',
                    pairs,
                    '--steps',
                    '2',
                    '--metric',
                    'none',
                    '--batch',
                    '2',
                    '--contrast',
                    '0.01',
                    '--clip-contrast',
                    '0.01',
                    ...small
                );
            const weights = readFileSync(join(work, 'generator.mxg'));
            expect(weights.toString('latin1')).toContain('"steps": 4');
            // The exporter compares the graph with PyTorch, and fails if they differ; its weights are those of the file.
            const fromFile = join(work, 'from-file.onnx');
            run(PYTHON, '-B', 'export_onnx.py', join(work, 'generator.mxg'), fromFile);
            expect(readFileSync(fromFile).equals(readFileSync(join(work, 'generator.onnx')))).toBe(true);
            const check = JSON.parse(readFileSync(join(work, 'check.json'), 'utf8'));
            const { widthPx, heightPx } = check;
            const painted = new TextureGenerator(weights).paint({
                picture: { widthPx, heightPx, rgb: Uint8Array.from(check.rgb), alpha: null },
                cells: { columns: 8, rows: 8, data: Uint8Array.from(check.cells) }
            });
            // Both round sums of float32; a sample that falls between two codes may fall to either side.
            const apart = check.painted.map((code: number, i: number) => Math.abs(code - painted.rgb[i]!));
            expect(Math.max(...apart)).toBeLessThanOrEqual(1);
            expect(apart.filter((d: number) => d > 0).length).toBeLessThan(apart.length / 1000);
        } finally {
            rmSync(work, { recursive: true });
        }
    });
});
