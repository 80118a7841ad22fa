/**
 * Counts the GPU objects of a page that are alive, by two measures. What it made and did not destroy is exact and the same on
 * every machine: a counter like the others, with the bytes of WebGPU's buffers and textures. What it neither destroyed nor left
 * to the garbage collector (WebGPU and WebGL free an object whose last reference is gone) is what a leak is judged by.
 *
 * Cost: an entry in a map for each object, about a microsecond beside the ten that making one takes.
 */

/** Where the script keeps its functions in the page. */
export const LIVE_OBJECTS_HANDLE = '__mixreelLiveObjects';

/** JavaScript text for `evaluateOnNewDocument`. */
export function liveObjectsScript(): string {
    return `(${install.toString()})(${JSON.stringify(LIVE_OBJECTS_HANDLE)});`;
}

/** Serialised into the page: it must use nothing from this module. */
function install(handle: string): void {
    /** Of one device; of all WebGL contexts together. */
    interface Tally {
        alive: number;
        buffersAlive: number;
        texturesAlive: number;
        gpuBytes: number;
    }
    interface Life {
        readonly tally: Tally;
        /** Neither destroyed nor collected. */
        alive: boolean;
        destroyed: boolean;
        readonly counter: 'buffersAlive' | 'texturesAlive' | null;
        readonly bytes: number;
    }
    type Prototype = Record<string, (this: unknown, ...args: unknown[]) => unknown>;
    const tallies = new Set<Tally>();
    const newTally = (): Tally => {
        const tally = { alive: 0, buffersAlive: 0, texturesAlive: 0, gpuBytes: 0 };
        tallies.add(tally);
        return tally;
    };
    const total = (of: keyof Tally): number => [...tallies].reduce((sum, tally) => sum + tally[of], 0);
    const lives = new WeakMap<object, Life>();
    const ofDevice = new WeakMap<object, Tally>();
    const collect = (life: Life): void => {
        if (life.alive) life.tally.alive--;
        life.alive = false;
    };
    const destroy = (life: Life | undefined): void => {
        if (!life || life.destroyed) return;
        collect(life);
        life.destroyed = true;
        life.tally.gpuBytes -= life.bytes;
        if (life.counter) life.tally[life.counter]--;
    };
    const collected = new FinalizationRegistry<Life>(collect);
    const wrap = (
        owner: string,
        method: string,
        after: (self: unknown, args: unknown[], made: unknown) => void
    ): void => {
        const prototype = (globalThis as unknown as Record<string, { prototype: Prototype } | undefined>)[owner]
            ?.prototype;
        const real = prototype?.[method];
        if (!prototype || !real) return;
        prototype[method] = function (this: unknown, ...args: unknown[]) {
            const made = real.apply(this, args);
            after(this, args, made);
            return made;
        };
    };
    const begin = (made: unknown, tally: Tally, kind: string, bytes: number): void => {
        if (typeof made !== 'object' || made === null) return;
        const counter = kind === 'Buffer' ? 'buffersAlive' : kind === 'Texture' ? 'texturesAlive' : null;
        const life: Life = { tally, alive: true, destroyed: false, counter, bytes };
        lives.set(made, life);
        collected.register(made, life);
        tally.alive++;
        tally.gpuBytes += bytes;
        if (counter) tally[counter]++;
    };
    /** Bytes of a block of texels, and the block's side (WebGPU 26.1, texture format capabilities). */
    const blockOf = (format: string): [bytes: number, width: number, height: number] => {
        const astc = /^astc-(\d+)x(\d+)/.exec(format);
        if (astc) return [16, Number(astc[1]), Number(astc[2])];
        if (/^(bc1|bc4|etc2-rgb8|eac-r11)/.test(format)) return [8, 4, 4];
        if (/^(bc|etc2|eac)/.test(format)) return [16, 4, 4];
        const plain = /^(rgba|bgra|rg|r)(8|16|32)/.exec(format);
        if (plain) return [(plain[1]!.length * Number(plain[2])) / 8, 1, 1];
        const depth: Record<string, number> = { stencil8: 1, depth16unorm: 2, 'depth32float-stencil8': 5 };
        // Depth of 24 and 32 bits, and colours packed into 32.
        return [depth[format] ?? 4, 1, 1];
    };
    const textureBytes = (init: GPUTextureDescriptor): number => {
        const size = init.size as GPUExtent3DDict & Partial<Iterable<number>>;
        const [width = 1, height = 1, layers = 1] =
            Symbol.iterator in size
                ? [...(size as Iterable<number>)]
                : [size.width, size.height, size.depthOrArrayLayers];
        const [bytes, blockWidth, blockHeight] = blockOf(init.format);
        let sum = 0;
        for (let level = 0; level < (init.mipLevelCount ?? 1); level++) {
            const [w, h] = [Math.max(1, width >> level), Math.max(1, height >> level)];
            const depth = init.dimension === '3d' ? Math.max(1, layers >> level) : layers;
            sum += Math.ceil(w / blockWidth) * Math.ceil(h / blockHeight) * depth * bytes;
        }
        return sum * (init.sampleCount ?? 1);
    };
    const bytesOf = (kind: string, init: unknown): number => {
        if (kind === 'Buffer') return Number((init as GPUBufferDescriptor).size);
        return kind === 'Texture' ? textureBytes(init as GPUTextureDescriptor) : 0;
    };
    for (const kind of ['Buffer', 'Texture', 'QuerySet']) {
        wrap('GPUDevice', `create${kind}`, (device, [init], made) => {
            const tally = ofDevice.get(device as object) ?? newTally();
            ofDevice.set(device as object, tally);
            begin(made, tally, kind, bytesOf(kind, init));
        });
        wrap(`GPU${kind}`, 'destroy', (self) => destroy(lives.get(self as object)));
    }
    // With its device ends all that it made.
    wrap('GPUDevice', 'destroy', (device) => void tallies.delete(ofDevice.get(device as object) as Tally));
    const webglTally = newTally();
    const webgl = ['Buffer', 'Texture', 'Framebuffer', 'Renderbuffer', 'Program', 'Shader', 'VertexArray', 'Query'];
    for (const owner of ['WebGLRenderingContext', 'WebGL2RenderingContext']) {
        for (const kind of webgl) {
            wrap(owner, `create${kind}`, (_, __, made) => begin(made, webglTally, kind, 0));
            wrap(owner, `delete${kind}`, (_, [gone]) => {
                if (typeof gone === 'object' && gone !== null) destroy(lives.get(gone));
            });
        }
    }
    const value = Object.freeze({
        alive: () => total('alive'),
        counters: () => ({
            buffersAlive: total('buffersAlive'),
            texturesAlive: total('texturesAlive'),
            gpuBytes: total('gpuBytes')
        })
    });
    Object.defineProperty(globalThis, handle, { value });
}
