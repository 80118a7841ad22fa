/**
 * Counts a page's work and takes its times, whatever engine it uses: the entry points of WebGPU and WebGL are wrapped before
 * any code of the page runs. Counts (draws, dispatches, submits, compiled shaders, pipelines, bytes uploaded) are exact and the
 * same on every machine; times are worth something only beside those of another page in the same run.
 *
 * GPU time of each pass comes from timestamp queries which are put into the passes of any WebGPU app, by the label of the
 * pass; passes that carry their own timestamps are left alone. A frame's time ends when the GPU is done: its queue is empty,
 * a pixel has been read back.
 *
 * Cost: one addition per call; nothing else until times are asked for.
 */

/** Where the script keeps its handle in the page. */
export const INSTRUMENT_HANDLE = '__mixreelWork';

/** Times of some frames in a row. */
export interface FrameTimes {
    /** Callbacks of animation frames on the page's thread, ms per frame. */
    readonly cpuMs: readonly number[];
    /** From the start of the callbacks until the GPU is done, ms per frame. */
    readonly totalMs: readonly number[];
    /** Between the starts of frames, ms; of pages in real time only. */
    readonly intervalMs: readonly number[];
    /** GPU time by label of the pass, ms over all these frames; empty without timestamps. */
    readonly gpuMs: Readonly<Record<string, number>>;
    /** JavaScript heap in use, bytes; 0 where the browser does not tell. */
    readonly heapBytes: number;
}

/** JavaScript text for `evaluateOnNewDocument`, after that of the virtual clock whose handle is named. */
export function instrumentScript(timeHandle: string): string {
    return `(${install.toString()})(${JSON.stringify(INSTRUMENT_HANDLE)}, ${JSON.stringify(timeHandle)});`;
}

/** Serialised into the page: it must use nothing from this module. */
function install(handle: string, timeHandle: string): void {
    type Any = Record<string, unknown>;
    type Fn = (this: unknown, ...args: never[]) => unknown;
    interface Time {
        frame(): void;
        settle(): Promise<void>;
        realNowMs(): number;
        inner<T>(name: string): T[];
    }
    /** What this script offers in each frame of a page. */
    interface Work {
        counters(): Record<string, number>;
        drain(): Promise<void>;
    }
    const inside = (): Work[] => time?.inner<Work>(handle) ?? [];
    const page = globalThis as unknown as Any;
    const time = page[timeHandle] as Time | undefined;
    const nowMs = time ? time.realNowMs : performance.now.bind(performance);
    const counters = {
        draws: 0,
        dispatches: 0,
        submits: 0,
        renderPasses: 0,
        computePasses: 0,
        shadersCompiled: 0,
        pipelines: 0,
        buffersCreated: 0,
        texturesCreated: 0,
        bytesUploaded: 0
    };
    type Counter = keyof typeof counters;
    const devices = new Set<GPUDevice>();
    const contexts = new Set<WebGL2RenderingContext>();

    /** Calls `before` with the arguments of each call of a method, if the class and the method are there. */
    const tap = (owner: string, method: string, before: (this: unknown, args: unknown[]) => void): void => {
        const prototype = (page[owner] as { prototype?: Any } | undefined)?.prototype;
        const real = prototype?.[method] as Fn | undefined;
        if (!prototype || typeof real !== 'function') return;
        prototype[method] = function (this: unknown, ...args: unknown[]) {
            before.call(this, args);
            return real.apply(this, args as never[]);
        };
    };
    const count = (owner: string, methods: string[], counter: Counter): void => {
        for (const method of methods) tap(owner, method, () => void counters[counter]++);
    };
    const sizeOf = (data: unknown): number => {
        if (typeof data === 'number') return 0;
        if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data.byteLength;
        const { width = 0, height = 0 } = (data ?? {}) as { width?: number; height?: number };
        return 4 * Number(width) * Number(height);
    };
    const upload = (owner: string, method: string, bytes: (args: unknown[]) => number): void =>
        tap(owner, method, (args) => {
            counters.bytesUploaded += bytes(args);
        });

    const DRAWS = ['draw', 'drawIndexed', 'drawIndirect', 'drawIndexedIndirect'];
    count('GPURenderPassEncoder', DRAWS, 'draws');
    count('GPURenderBundleEncoder', DRAWS, 'draws');
    count('GPUComputePassEncoder', ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'], 'dispatches');
    count('GPUQueue', ['submit'], 'submits');
    count('GPUDevice', ['createShaderModule'], 'shadersCompiled');
    for (const kind of ['Render', 'Compute'])
        count('GPUDevice', [`create${kind}Pipeline`, `create${kind}PipelineAsync`], 'pipelines');
    count('GPUDevice', ['createTexture'], 'texturesCreated');
    tap('GPUDevice', 'createBuffer', ([init]) => {
        counters.buffersCreated++;
        const { size = 0, mappedAtCreation = false } = (init ?? {}) as Partial<GPUBufferDescriptor>;
        if (mappedAtCreation) counters.bytesUploaded += Number(size);
    });
    // Of typed arrays, offset and size of a write count in elements (WebGPU 21.2, writeBuffer).
    upload('GPUQueue', 'writeBuffer', ([, , data, offset = 0, size]) => {
        const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
        return size === undefined ? sizeOf(data) - unit * Number(offset) : unit * Number(size);
    });
    upload('GPUQueue', 'writeTexture', ([, data]) => sizeOf(data));
    upload('GPUQueue', 'copyExternalImageToTexture', ([from]) => sizeOf((from as { source: unknown }).source));
    tap('GPUAdapter', 'requestDevice', function (this: unknown, args) {
        const { features } = this as GPUAdapter;
        const wanted = (args[0] ?? {}) as GPUDeviceDescriptor;
        if (!features.has('timestamp-query')) return;
        args[0] = { ...wanted, requiredFeatures: [...(wanted.requiredFeatures ?? []), 'timestamp-query'] };
    });
    for (const owner of ['WebGLRenderingContext', 'WebGL2RenderingContext']) {
        count(
            owner,
            ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced', 'drawRangeElements'],
            'draws'
        );
        count(owner, ['compileShader'], 'shadersCompiled');
        count(owner, ['linkProgram'], 'pipelines');
        count(owner, ['createBuffer'], 'buffersCreated');
        count(owner, ['createTexture'], 'texturesCreated');
        upload(owner, 'bufferData', ([, data]) => sizeOf(data));
        upload(owner, 'bufferSubData', ([, , data]) => sizeOf(data));
        for (const method of ['texImage2D', 'texSubImage2D', 'texImage3D', 'texSubImage3D'])
            upload(owner, method, (args) => sizeOf(args.findLast((arg) => typeof arg === 'object' && arg !== null)));
    }
    // The page's own method, not the wrapped one, which would ask again without end.
    const getContext = HTMLCanvasElement.prototype.getContext as (kind: string) => unknown;
    tap('HTMLCanvasElement', 'getContext', function (this: unknown, [kind]) {
        if (!String(kind).startsWith('webgl')) return;
        queueMicrotask(() => {
            const context = getContext.call(this, String(kind)) as WebGL2RenderingContext | null;
            if (context) contexts.add(context);
        });
    });

    // Timestamps: a query set for each device, two queries for each pass while times are taken.
    const QUERIES = 4096;
    interface Taken {
        readonly set: GPUQuerySet;
        readonly labels: string[];
    }
    const taken = new Map<GPUDevice, Taken>();
    const ownerOf = new WeakMap<object, GPUDevice>();
    let timing = false;
    const request = page['GPUAdapter'] as { prototype: Any } | undefined;
    const wrapResult = (owner: string, method: string, after: (this: unknown, result: unknown) => void): void => {
        const prototype = (page[owner] as { prototype?: Any } | undefined)?.prototype;
        const real = prototype?.[method] as Fn | undefined;
        if (!prototype || !real) return;
        prototype[method] = function (this: unknown, ...args: never[]) {
            const result = real.apply(this, args);
            if (result instanceof Promise)
                return result.then((value: unknown) => {
                    after.call(this, value);
                    return value;
                });
            after.call(this, result);
            return result;
        };
    };
    if (request) {
        wrapResult('GPUAdapter', 'requestDevice', (device) => void devices.add(device as GPUDevice));
        wrapResult('GPUDevice', 'createCommandEncoder', function (this: unknown, encoder) {
            ownerOf.set(encoder as object, this as GPUDevice);
        });
        for (const kind of ['Render', 'Compute'] as const) {
            tap('GPUCommandEncoder', `begin${kind}Pass`, function (this: unknown, args) {
                counters[kind === 'Render' ? 'renderPasses' : 'computePasses']++;
                const device = ownerOf.get(this as object);
                const init = (args[0] ?? {}) as GPURenderPassDescriptor;
                if (!timing || !device?.features.has('timestamp-query') || init.timestampWrites) return;
                let own = taken.get(device);
                if (!own) {
                    own = { set: device.createQuerySet({ type: 'timestamp', count: QUERIES }), labels: [] };
                    taken.set(device, own);
                }
                const at = 2 * own.labels.length;
                if (at + 2 > QUERIES) return;
                own.labels.push(init.label || `${kind.toLowerCase()} pass`);
                const writes = { querySet: own.set, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
                args[0] = { ...init, timestampWrites: writes };
            });
        }
    }
    const gpuTimes = async (): Promise<Record<string, number>> => {
        const sums: Record<string, number> = {};
        for (const [device, { set, labels }] of taken) {
            const size = 16 * labels.length;
            const resolved = device.createBuffer({ size, usage: 0x200 | 0x4 });
            const read = device.createBuffer({ size, usage: 0x1 | 0x8 });
            const encoder = device.createCommandEncoder();
            encoder.resolveQuerySet(set, 0, 2 * labels.length, resolved, 0);
            encoder.copyBufferToBuffer(resolved, 0, read, 0, size);
            device.queue.submit([encoder.finish()]);
            await read.mapAsync(1);
            const ticks = new BigUint64Array(read.getMappedRange());
            labels.forEach((label, i) => {
                sums[label] = (sums[label] ?? 0) + Number(ticks[2 * i + 1]! - ticks[2 * i]!) / 1e6;
            });
            for (const made of [resolved, read, set]) made.destroy();
        }
        taken.clear();
        return sums;
    };
    const drain = async (): Promise<void> => {
        for (const context of contexts) {
            context.finish();
            context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
        }
        for (const device of devices) await device.queue.onSubmittedWorkDone();
        for (const work of inside()) await work.drain();
    };
    /** Of the page and the frames inside. */
    const allCounters = (): Record<string, number> => {
        const sums: Record<string, number> = { ...counters };
        for (const work of inside())
            for (const [name, value] of Object.entries(work.counters())) sums[name] = (sums[name] ?? 0) + value;
        return sums;
    };
    const heap = (): number =>
        (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;

    /** Frames of the virtual clock, one after the other, each until the GPU is done. */
    const stepFrames = async (frames: number, passes: boolean) => {
        if (!time) throw new Error('frames are stepped on the virtual clock only');
        timing = passes;
        const cpuMs: number[] = [];
        const totalMs: number[] = [];
        for (let i = 0; i < frames; i++) {
            const start = nowMs();
            time.frame();
            cpuMs.push(nowMs() - start);
            await drain();
            totalMs.push(nowMs() - start);
            await time.settle();
        }
        timing = false;
        // What reading the times itself takes is not the page's work.
        const own = { ...counters };
        const gpuMs = await gpuTimes();
        Object.assign(counters, own);
        return { cpuMs, totalMs, intervalMs: [], gpuMs, heapBytes: heap() };
    };
    /** Frames as the browser gives them, in real time. */
    const watchFrames = (frames: number) =>
        new Promise((resolve) => {
            const cpuMs: number[] = [];
            const intervalMs: number[] = [];
            let last = 0;
            const real = requestAnimationFrame;
            let spent = 0;
            page['requestAnimationFrame'] = (callback: (t: number) => void) =>
                real.call(globalThis, (t) => {
                    const start = nowMs();
                    callback(t);
                    spent += nowMs() - start;
                });
            const each = (t: number): void => {
                if (last > 0) {
                    intervalMs.push(t - last);
                    cpuMs.push(spent);
                }
                spent = 0;
                last = t;
                if (intervalMs.length < frames) return void real.call(globalThis, each);
                page['requestAnimationFrame'] = real;
                resolve({ cpuMs, totalMs: [], intervalMs, gpuMs: {}, heapBytes: heap() });
            };
            real.call(globalThis, each);
        });
    const value = Object.freeze({
        counters: allCounters,
        drain,
        takeTimes: (frames: number, passes: boolean) => (time ? stepFrames(frames, passes) : watchFrames(frames))
    });
    Object.defineProperty(globalThis, handle, { value });
}
