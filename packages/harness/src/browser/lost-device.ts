/**
 * Tells of a GPU device that a page lost: its pictures are blank or old from then on, and nothing else says so. What the page
 * itself destroys or loses on purpose is none, nor is the context of a canvas that it does not show (browsers take the oldest
 * of more than 16). Devices of workers are not watched.
 */

/** What the page calls: a function of the harness's, exposed under this name. */
export const LOST_DEVICE_CALL = '__mixreelLostDevice';

/** JavaScript text for `evaluateOnNewDocument`. */
export function lostDeviceScript(): string {
    return `(${install.toString()})(${JSON.stringify(LOST_DEVICE_CALL)});`;
}

/** Serialised into the page: it must use nothing from this module. */
function install(call: string): void {
    const page = globalThis as unknown as Record<string, ((what: string) => void) | undefined>;
    const tell = (what: string): void => page[call]?.(what);
    const adapter = (globalThis as { GPUAdapter?: typeof GPUAdapter }).GPUAdapter?.prototype;
    if (adapter) {
        const real = adapter.requestDevice;
        adapter.requestDevice = function (this: GPUAdapter, ...args) {
            return real.apply(this, args).then((device) => {
                void device.lost.then(({ reason, message }) => {
                    if (reason !== 'destroyed') tell(`its WebGPU device (${reason}): ${message}`);
                });
                return device;
            });
        };
    }
    type Context = WebGLRenderingContext | WebGL2RenderingContext;
    const watched = new WeakSet<object>();
    const onPurpose = new WeakSet<object>();
    const watch = (canvas: HTMLCanvasElement | OffscreenCanvas, context: Context): void => {
        if (watched.has(context)) return;
        watched.add(context);
        const shown = (): boolean => !('isConnected' in canvas) || canvas.isConnected;
        canvas.addEventListener('webglcontextlost', () => {
            if (!onPurpose.has(context) && shown()) tell('the WebGL context of a canvas');
        });
        const extension = context.getExtension('WEBGL_lose_context');
        const lose = extension?.loseContext;
        if (!extension || !lose) return;
        // The same object each time it is asked for.
        extension.loseContext = () => {
            onPurpose.add(context);
            lose.call(extension);
        };
    };
    type Canvas = { getContext(this: HTMLCanvasElement | OffscreenCanvas, ...args: unknown[]): unknown };
    for (const owner of [globalThis.HTMLCanvasElement, globalThis.OffscreenCanvas]) {
        const prototype = owner?.prototype as unknown as Canvas | undefined;
        if (!prototype) continue;
        const real = prototype.getContext;
        prototype.getContext = function (...args) {
            const context = real.apply(this, args);
            if (context && String(args[0]).includes('webgl')) watch(this, context as Context);
            return context;
        };
    }
}
