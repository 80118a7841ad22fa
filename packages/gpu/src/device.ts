/**
 * One WebGPU device, wherever it comes from: Chromium, Dawn in Node, or the one that PlayCanvas already made. A kernel never
 * asks where it runs.
 *
 * Errors that WebGPU reports later are caught in error scopes and carry the label of what failed; those of calls that return
 * no promise reject the next awaited call. A lost device rejects every pending call with code `device-lost`.
 */
import { badInput, type MixreelError } from '@mixreel/core';
import { BindGroups } from './bindings.ts';
import { type BufferInit, GpuBuffer, roundUpToWord } from './buffer.ts';
import { Context } from './context.ts';
import { Counters } from './counters.ts';
import { compileKernel, type Kernel, type KernelInit } from './kernel.ts';
import { LiveResources } from './live-resources.ts';
import { LossWatch, type Pacer } from './loss.ts';
import { readBytes } from './readback.ts';
import { Recording, type RecordingOptions } from './recording.ts';
import { GpuTexture, type TextureInit } from './texture.ts';
import { bytesPerTexel } from './texture-format.ts';

/** Where a device comes from and what it is. */
export interface DeviceInfo {
    readonly backend: 'chromium' | 'dawn' | 'playcanvas';
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    /** Which driver, and how it was found. */
    readonly driver: string;
    /** WebGPU features that the device has, sorted. */
    readonly features: readonly string[];
}

/** Parameters of {@link Device}'s constructor. */
export interface DeviceInit {
    readonly gpu: GPUDevice;
    readonly info: DeviceInfo;
    /** False if somebody else destroys the GPUDevice; `destroy()` then frees only what was made here. */
    readonly owned: boolean;
    /** Told when the device is waited for. */
    readonly pacer?: Pacer;
}

/** Uploads are handed over in pieces of this size, so that Dawn's own staging memory stays bounded. */
const UPLOAD_BYTES = 64 * 1024 * 1024;

/** See the file comment. */
export class Device {
    readonly gpu: GPUDevice;
    readonly info: DeviceInfo;
    readonly limits: GPUSupportedLimits;
    readonly counters: Counters = new Counters();
    readonly live: LiveResources = new LiveResources();
    /** Resolves with a `device-lost` error once the device is lost or destroyed. */
    readonly lost: Promise<MixreelError>;
    readonly #context: Context;
    readonly #bindGroups: BindGroups;
    readonly #owned: boolean;
    readonly #forget = (id: number): void => this.#bindGroups.forget(id);

    constructor({ gpu, info, owned, pacer }: DeviceInit) {
        const loss = new LossWatch(gpu, info.description || info.architecture || info.backend, pacer ?? null);
        this.gpu = gpu;
        this.info = info;
        this.limits = gpu.limits;
        this.lost = loss.lost;
        this.#owned = owned;
        this.#context = new Context(gpu, this.counters, this.live, loss);
        this.#bindGroups = new BindGroups(this.#context);
    }

    /** True once the device is lost or destroyed. */
    get isLost(): boolean {
        return this.#context.loss.error !== null;
    }

    /**
     * A buffer, zero or with the given data.
     *
     * @throws MixreelError `limit-exceeded` with the figures if the device cannot hold or bind it.
     */
    createBuffer(init: BufferInit): GpuBuffer {
        this.#context.loss.check();
        const buffer = new GpuBuffer(this.#context, init, this.#forget);
        if (init.data) this.upload(buffer, init.data);
        return buffer;
    }

    /** A 2D texture or an array of them. */
    createTexture(init: TextureInit): GpuTexture {
        this.#context.loss.check();
        return new GpuTexture(this.#context, init, this.#forget);
    }

    /**
     * Writes bytes into a buffer; ordered with the submits before and after it.
     *
     * @param data - Any length if it ends where the buffer ends, else a multiple of 4 bytes.
     * @param offsetBytes - A multiple of 4.
     */
    upload(buffer: GpuBuffer, data: ArrayBufferView, offsetBytes = 0): void {
        const end = offsetBytes + data.byteLength;
        const odd = data.byteLength % 4 !== 0 && end !== buffer.sizeBytes;
        if (offsetBytes < 0 || offsetBytes % 4 !== 0 || end > buffer.sizeBytes || odd) {
            throw badInput(
                `${data.byteLength} bytes are uploaded to "${buffer.label}" at ${offsetBytes}`,
                `multiples of 4 within its ${buffer.sizeBytes} bytes`,
                'Upload whole words; only the end of a buffer may be odd'
            );
        }
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        const whole = bytes.length - (bytes.length % 4);
        this.#context.deferred(`uploading to "${buffer.label}"`, () => {
            const { queue } = this.gpu;
            for (let from = 0; from < whole; from += UPLOAD_BYTES) {
                const size = Math.min(UPLOAD_BYTES, whole - from);
                queue.writeBuffer(buffer.gpu, offsetBytes + from, bytes as Uint8Array<ArrayBuffer>, from, size);
            }
            if (whole < bytes.length) {
                const tail = new Uint8Array(4);
                tail.set(bytes.subarray(whole));
                queue.writeBuffer(buffer.gpu, offsetBytes + whole, tail);
            }
        });
        this.counters.add('bytesUploaded', bytes.length);
    }

    /**
     * Writes one whole layer of one mip level of a texture, rows top to bottom without padding.
     *
     * @param data - width x height texels of that level.
     */
    uploadTexture(texture: GpuTexture, data: ArrayBufferView, layer = 0, mipLevel = 0): void {
        const widthPx = Math.max(1, texture.widthPx >> mipLevel);
        const heightPx = Math.max(1, texture.heightPx >> mipLevel);
        const rowBytes = widthPx * bytesPerTexel(texture.format);
        if (data.byteLength !== rowBytes * heightPx) {
            throw badInput(
                `${data.byteLength} bytes are uploaded to level ${mipLevel} of texture "${texture.label}"`,
                `${widthPx} x ${heightPx} texels = ${rowBytes * heightPx} bytes`,
                'Upload a whole layer'
            );
        }
        this.#context.deferred(`uploading to texture "${texture.label}"`, () =>
            this.gpu.queue.writeTexture(
                { texture: texture.gpu, mipLevel, origin: [0, 0, layer] },
                data as ArrayBufferView<ArrayBuffer>,
                { bytesPerRow: rowBytes, rowsPerImage: heightPx },
                [widthPx, heightPx, 1]
            )
        );
        this.counters.add('bytesUploaded', data.byteLength);
    }

    /** The bytes of a buffer, or of a part of it, after all work submitted so far. Any offset and size. */
    async read(
        buffer: GpuBuffer,
        offsetBytes = 0,
        sizeBytes: number = buffer.sizeBytes - offsetBytes
    ): Promise<ArrayBuffer> {
        if (offsetBytes < 0 || sizeBytes < 0 || offsetBytes + sizeBytes > buffer.sizeBytes) {
            throw badInput(
                `${sizeBytes} bytes are read from "${buffer.label}" at ${offsetBytes}`,
                `a part of its ${buffer.sizeBytes} bytes`,
                'Read what the buffer holds'
            );
        }
        if (sizeBytes === 0) return new ArrayBuffer(0);
        const from = offsetBytes - (offsetBytes % 4);
        const words = await readBytes(
            this.#context,
            buffer.label,
            roundUpToWord(offsetBytes + sizeBytes) - from,
            (encoder, staging, offset, size) => encoder.copyBufferToBuffer(buffer.gpu, from + offset, staging, 0, size)
        );
        const start = offsetBytes - from;
        return start === 0 && words.byteLength === sizeBytes ? words : words.slice(start, start + sizeBytes);
    }

    /** The texels of one layer of one mip level, rows top to bottom without padding. */
    async readTexture(texture: GpuTexture, layer = 0, mipLevel = 0): Promise<ArrayBuffer> {
        const widthPx = Math.max(1, texture.widthPx >> mipLevel);
        const heightPx = Math.max(1, texture.heightPx >> mipLevel);
        const rowBytes = widthPx * bytesPerTexel(texture.format);
        // Copies of textures start every row at a multiple of 256 bytes (WebGPU 4.2.1).
        const stride = Math.ceil(rowBytes / 256) * 256;
        const copy = (encoder: GPUCommandEncoder, staging: GPUBuffer, offset: number, size: number): void =>
            encoder.copyTextureToBuffer(
                { texture: texture.gpu, mipLevel, origin: [0, offset / stride, layer] },
                { buffer: staging, bytesPerRow: stride },
                [widthPx, size / stride, 1]
            );
        const padded = await readBytes(this.#context, texture.label, stride * heightPx, copy, stride);
        if (stride === rowBytes) return padded;
        const rows = new Uint8Array(rowBytes * heightPx);
        for (let y = 0; y < heightPx; y++) rows.set(new Uint8Array(padded, y * stride, rowBytes), y * rowBytes);
        return rows.buffer;
    }

    /**
     * Compiles one entry point.
     *
     * @throws MixreelError `bad-input` naming WGSL file, line and column; `limit-exceeded` if it binds too many buffers.
     */
    createKernel(init: KernelInit): Promise<Kernel> {
        return compileKernel(this.#context, this.#bindGroups, init);
    }

    /** Starts a recording of GPU work. */
    record(label: string, options: RecordingOptions = {}): Recording {
        return new Recording(this.#context, this.#bindGroups, label, options);
    }

    /**
     * Frees every resource made on this device that is still alive, and the device itself unless it is somebody else's.
     * Pending calls reject with `device-lost`. In Node the process can end after this.
     */
    destroy(): void {
        this.live.destroyAll();
        this.#context.loss.declareDestroyed();
        if (this.#owned) this.gpu.destroy();
    }
}
