/**
 * What a WebXR session has detected so far, in the scene's frame, with names that last and with what changed since the last
 * frame. Sessions say of every plane in every frame when it changed last, and some say "now" each time: what counts is
 * whether pose or outline differ by more than a tracker's noise.
 */
import { exactAcos } from '@mixreel/core';
import { Mat4, Quat, Vec3, type XrManager, type XrPlane } from 'playcanvas';
import type { DetectedMesh, DetectedPlane } from '../scan/read-room-plan.ts';

/** What the room is made of: when it changes, the room is another one. */
const STRUCTURE = /^(wall|floor|ceiling|door|window|invisible wall face)$/i;
/** Poses closer than this are the same, metres and radians. */
const NOISE = 0.01;

type XrMesh = XrManager['meshDetection']['meshes'][number];

interface Seen {
    readonly id: string;
    readonly position: Vec3;
    readonly rotation: Quat;
    /** Label, number of corners or vertices, and a few of them. */
    shape: string;
    matrix: number[];
}

/** See the file comment. */
export class DetectedRoom {
    readonly #seen = new Map<XrPlane | XrMesh, Seen>();
    readonly #toScene = new Mat4();
    #next = 1;

    /** Planes and meshes of this frame, as `readDetected` takes them. */
    planes: DetectedPlane[] = [];
    meshes: DetectedMesh[] = [];

    /**
     * Reads a frame.
     *
     * @param root - The scene's pose in the session's space: everything is told in the scene's frame.
     * @returns Which parts differ from the frame before.
     */
    read(xr: XrManager, root: Mat4): { structure: boolean; things: boolean } {
        this.#toScene.copy(root).invert();
        const changed = { structure: false, things: false };
        const now = new Set<XrPlane | XrMesh>([...xr.planeDetection.planes, ...xr.meshDetection.meshes]);
        const mark = (label: string): void => {
            if (STRUCTURE.test(label)) changed.structure = true;
            else changed.things = true;
        };
        for (const part of this.#seen.keys()) {
            if (now.has(part)) continue;
            this.#seen.delete(part);
            mark(part.label);
        }
        for (const part of now) if (this.#differs(part)) mark(part.label);
        if (!changed.structure && !changed.things) return changed;
        this.planes = xr.planeDetection.planes.map((p) => ({ ...this.#named(p), polygon: [...p.points] }));
        this.meshes = xr.meshDetection.meshes.map((m) => ({
            ...this.#named(m),
            vertices: m.vertices,
            indices: m.indices
        }));
        return changed;
    }

    /** Forgets everything: the next frame is the first. */
    clear(): void {
        this.#seen.clear();
        this.planes = [];
        this.meshes = [];
    }

    #named(part: XrPlane | XrMesh): { id: string; label: string; matrix: number[] } {
        const { id, matrix } = this.#seen.get(part)!;
        return { id, label: part.label, matrix };
    }

    /** Notes a part's pose and shape; true if it is new or not where and what it was. */
    #differs(part: XrPlane | XrMesh): boolean {
        const pose = new Mat4().setTRS(part.getPosition(), part.getRotation(), Vec3.ONE);
        const inScene = new Mat4().mul2(this.#toScene, pose);
        const position = inScene.getTranslation();
        const rotation = new Quat().setFromMat4(inScene);
        const shape = shapeOf(part);
        const was = this.#seen.get(part);
        const turned = was ? 2 * exactAcos(Math.min(1, Math.abs(dot(was.rotation, rotation)))) : 0;
        if (was && was.shape === shape && was.position.distance(position) < NOISE && turned < NOISE) return false;
        const id = was?.id ?? `xr-${this.#next++}`;
        this.#seen.set(part, { id, position: position.clone(), rotation, shape, matrix: [...inScene.data] });
        return true;
    }
}

const dot = (a: Quat, b: Quat): number => a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;

/** Sixteen of the numbers, to the centimetre: a mesh of 30,000 vertices is not read in every frame. */
function shapeOf(part: XrPlane | XrMesh): string {
    const numbers: ArrayLike<number> =
        'vertices' in part ? part.vertices : part.points.flatMap((p: { x: number; z: number }) => [p.x, p.z]);
    const step = Math.max(1, Math.floor(numbers.length / 16));
    let text = `${part.label} ${numbers.length}`;
    for (let i = 0; i < numbers.length; i += step) text += ` ${Math.round(numbers[i]! * 100)}`;
    return text;
}
