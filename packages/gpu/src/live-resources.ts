/**
 * The buffers, textures and query sets that are alive on a device. Who creates a GPU resource destroys it; this list is how
 * a test asserts that none is left, and names what is.
 */

/** One resource that has not been destroyed. */
export interface LiveResource {
    readonly kind: 'buffer' | 'texture' | 'query-set';
    readonly label: string;
    readonly sizeBytes: number;
}

/** See the file comment. */
export class LiveResources {
    readonly #resources = new Map<LiveResource, () => void>();

    /** How many are alive. */
    get count(): number {
        return this.#resources.size;
    }

    /** The bytes they hold, as asked for (drivers round up). */
    get sizeBytes(): number {
        let sum = 0;
        for (const resource of this.#resources.keys()) sum += resource.sizeBytes;
        return sum;
    }

    /** All of them, oldest first. */
    list(): readonly LiveResource[] {
        return [...this.#resources.keys()].map(({ kind, label, sizeBytes }) => ({ kind, label, sizeBytes }));
    }

    /** Registers a resource with what destroys it. */
    add(resource: LiveResource, destroy: () => void): void {
        this.#resources.set(resource, destroy);
    }

    /** Takes a destroyed resource off the list. */
    remove(resource: LiveResource): void {
        this.#resources.delete(resource);
    }

    /** Destroys everything still alive, newest first. */
    destroyAll(): void {
        for (const destroy of [...this.#resources.values()].reverse()) destroy();
        this.#resources.clear();
    }
}
