/**
 * Bytes from the GPU: copied to a mappable staging buffer in pieces of at most 16 MiB, so that reading a large buffer does
 * not double it on the GPU. The staging buffer lives as long as the read.
 */
import type { Context } from './context.ts';
import { BUFFER_COPY_DST, BUFFER_MAP_READ, MAP_READ } from './usage.ts';

const CHUNK_BYTES = 16 * 1024 * 1024;

/** Copies one piece of the source into the staging buffer. */
export type CopyPiece = (
    encoder: GPUCommandEncoder,
    staging: GPUBuffer,
    offsetBytes: number,
    sizeBytes: number
) => void;

/**
 * Reads `sizeBytes`, a multiple of 4.
 *
 * @param label - Names the source in errors.
 * @param copy - Encodes the copy of one piece.
 * @param pieceBytes - Pieces are multiples of this (a texture's row).
 */
export async function readBytes(
    context: Context,
    label: string,
    sizeBytes: number,
    copy: CopyPiece,
    pieceBytes = 4
): Promise<ArrayBuffer> {
    const chunk = Math.min(sizeBytes, Math.max(pieceBytes, Math.floor(CHUNK_BYTES / pieceBytes) * pieceBytes));
    const result = new Uint8Array(sizeBytes);
    const staging = context.deferred(`creating the staging buffer for "${label}"`, () =>
        context.gpu.createBuffer({
            label: `read ${label}`,
            size: chunk,
            usage: BUFFER_MAP_READ | BUFFER_COPY_DST
        })
    );
    const entry = { kind: 'buffer' as const, label: `read ${label}`, sizeBytes: chunk };
    context.live.add(entry, () => staging.destroy());
    try {
        for (let offset = 0; offset < sizeBytes; offset += chunk) {
            const size = Math.min(chunk, sizeBytes - offset);
            const { error } = context.scoped(`reading "${label}"`, () => {
                const encoder = context.gpu.createCommandEncoder({ label: `read ${label}` });
                copy(encoder, staging, offset, size);
                context.gpu.queue.submit([encoder.finish()]);
            });
            context.counters.add('submits');
            const mapped = staging.mapAsync(MAP_READ, 0, size);
            mapped.catch(() => {});
            const found = await context.loss.guard(error);
            if (found) throw found;
            await context.loss.guard(mapped);
            result.set(new Uint8Array(staging.getMappedRange(0, size)), offset);
            staging.unmap();
        }
    } finally {
        context.live.remove(entry);
        staging.destroy();
    }
    context.counters.add('bytesRead', sizeBytes);
    context.throwDeferred();
    return result.buffer;
}
