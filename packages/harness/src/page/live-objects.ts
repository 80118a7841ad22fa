/**
 * Counts the GPU objects of a page that are alive: made, and neither destroyed nor collected. Garbage is asked of a
 * FinalizationRegistry, because WebGPU and WebGL free an object whose last reference is gone as well.
 *
 * Cost: an entry in a map for each object, so that only pages that are watched for leaks pay it.
 */

/** Where the script keeps its function in the page. */
export const LIVE_OBJECTS_HANDLE = '__mixreelLiveObjects';

/** JavaScript text for `evaluateOnNewDocument`. */
export function liveObjectsScript(): string {
    return `(${install.toString()})(${JSON.stringify(LIVE_OBJECTS_HANDLE)});`;
}

/** Serialised into the page: it must use nothing from this module. */
function install(handle: string): void {
    interface Life {
        over: boolean;
    }
    type Prototype = Record<string, (this: unknown, ...args: unknown[]) => unknown>;
    let alive = 0;
    const lives = new WeakMap<object, Life>();
    const end = (life: Life | undefined): void => {
        if (!life || life.over) return;
        life.over = true;
        alive--;
    };
    const collected = new FinalizationRegistry<Life>(end);
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
    const begin = (_: unknown, __: unknown, made: unknown): void => {
        if (typeof made !== 'object' || made === null) return;
        const life = { over: false };
        lives.set(made, life);
        collected.register(made, life);
        alive++;
    };
    for (const kind of ['Buffer', 'Texture', 'QuerySet']) {
        wrap('GPUDevice', `create${kind}`, begin);
        wrap(`GPU${kind}`, 'destroy', (self) => end(lives.get(self as object)));
    }
    const webgl = ['Buffer', 'Texture', 'Framebuffer', 'Renderbuffer', 'Program', 'Shader', 'VertexArray', 'Query'];
    for (const owner of ['WebGLRenderingContext', 'WebGL2RenderingContext']) {
        for (const kind of webgl) {
            wrap(owner, `create${kind}`, begin);
            wrap(owner, `delete${kind}`, (_, [gone]) => {
                if (typeof gone === 'object' && gone !== null) end(lives.get(gone));
            });
        }
    }
    Object.defineProperty(globalThis, handle, { value: () => alive });
}
