/** Undo and redo: graphs are immutable, so a history is a list of them. At most 200 are kept. */
import { badInput } from '@mixreel/core';
import type { SceneGraph } from '../graph/scene-graph.ts';

const MOST = 200;

/** A scene and what it was before. */
export class SceneHistory {
    readonly #past: SceneGraph[] = [];
    #now: SceneGraph;
    readonly #future: SceneGraph[] = [];

    constructor(graph: SceneGraph) {
        this.#now = graph;
    }

    get graph(): SceneGraph {
        return this.#now;
    }

    get canUndo(): boolean {
        return this.#past.length > 0;
    }

    get canRedo(): boolean {
        return this.#future.length > 0;
    }

    /** Makes `graph` the scene; what had been undone is forgotten. */
    push(graph: SceneGraph): void {
        if (graph === this.#now) return;
        this.#past.push(this.#now);
        if (this.#past.length > MOST) this.#past.shift();
        this.#now = graph;
        this.#future.length = 0;
    }

    /** Puts `graph` in the place of the scene, without a step that could be undone: it changed by itself. */
    replace(graph: SceneGraph): void {
        this.#now = graph;
    }

    /** Goes back one change; throws `bad-input` if there is none. */
    undo(): SceneGraph {
        const before = this.#past.pop();
        if (!before) throw badInput('there is nothing to undo', 'a change', 'Make one first');
        this.#future.push(this.#now);
        this.#now = before;
        return before;
    }

    /** Takes an undo back; throws `bad-input` if there is none. */
    redo(): SceneGraph {
        const after = this.#future.pop();
        if (!after) throw badInput('there is nothing to redo', 'an undone change', 'Undo one first');
        this.#past.push(this.#now);
        this.#now = after;
        return after;
    }
}
