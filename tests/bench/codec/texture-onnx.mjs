/** The texture network as ONNX (training/export_onnx.py), for onnxruntime beside ours, where a Python with PyTorch and onnx is at hand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bytes of the model, or null with the reason said. */
export function textureOnnx(log) {
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-onnx-'));
    try {
        const codec = fileURLToPath(new URL('../../../packages/codec/', import.meta.url));
        const words = ['-B', join(codec, 'training/export_onnx.py'), join(codec, 'models/texture.mxg')];
        const out = join(folder, 'texture.onnx');
        const made = spawnSync('/usr/bin/python3', [...words, out], { encoding: 'utf8' });
        if (made.status === 0) return readFileSync(out);
        log(`no ONNX of the texture network: ${(made.stderr ?? '').trim().split('\n').at(-1)}`);
        return null;
    } finally {
        rmSync(folder, { recursive: true });
    }
}
