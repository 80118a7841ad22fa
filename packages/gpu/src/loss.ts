/**
 * Device loss as a typed error. A driver reset, a closed tab or a forced `destroy()` must end every pending call at once and
 * with one error code; `Promise.race` against `GPUDevice.lost` would do that but keeps every raced promise's closure alive as
 * long as the device, so pending calls are registered here and taken off when they settle.
 */
import { MixreelError } from '@mixreel/core';

/** Builds the error for a lost device. */
function lostError(info: { readonly reason: string; readonly message: string }, label: string): MixreelError {
    const why = info.reason === 'destroyed' ? 'it was destroyed' : info.message || 'the driver gave no reason';
    return new MixreelError('device-lost', {
        what: `the GPU device "${label}" is lost: ${why}`,
        expected: 'a working device',
        mend: 'Create a new device and rebuild its resources (withDeviceRecovery does both)',
        cause: info
    });
}

/** Told when the device is waited for and when no longer; see `node/poll-pacer.ts`. */
export interface Pacer {
    begin(): void;
    end(): void;
}

/** Watches one GPUDevice. */
export class LossWatch {
    /** Resolves with the error once the device is lost; never rejects. */
    readonly lost: Promise<MixreelError>;
    #error: MixreelError | null = null;
    readonly #pending = new Set<(error: MixreelError) => void>();

    readonly #label: string;
    readonly #pacer: Pacer | null;

    constructor(gpu: GPUDevice, label: string, pacer: Pacer | null) {
        this.lost = gpu.lost.then((info) => this.#lose(lostError(info, label)));
        this.#label = label;
        this.#pacer = pacer;
    }

    /** The error if the device is lost by now. */
    get error(): MixreelError | null {
        return this.#error;
    }

    /** Declares the device lost without waiting for the driver to say so: its owner is destroying it. */
    declareDestroyed(): void {
        this.#lose(lostError({ reason: 'destroyed', message: '' }, this.#label));
    }

    /** Throws if the device is lost. */
    check(): void {
        if (this.#error) throw this.#error;
    }

    /** The given promise, but rejected with code `device-lost` as soon as the device is lost. */
    async guard<T>(work: Promise<T>): Promise<T> {
        this.check();
        let reject!: (error: MixreelError) => void;
        const loss = new Promise<never>((_, no) => {
            reject = no;
        });
        this.#pending.add(reject);
        this.#pacer?.begin();
        try {
            return await Promise.race([work, loss]);
        } catch (error) {
            // A map or a pipeline fails a turn or two before `lost` resolves: let the loss have its say.
            if (!(error instanceof MixreelError)) await Promise.race([this.lost, turnOfEventLoop()]);
            throw this.#error ?? error;
        } finally {
            this.#pending.delete(reject);
            this.#pacer?.end();
        }
    }

    #lose(error: MixreelError): MixreelError {
        this.#error ??= error;
        for (const reject of this.#pending) reject(this.#error);
        this.#pending.clear();
        return this.#error;
    }
}

function turnOfEventLoop(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 0));
}
