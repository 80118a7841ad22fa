/** One wall of a room in the accent colour: the longest without openings, behind the bed or the sofa if there is one. */
import { distance } from '../geometry/polygon.ts';
import type { Room, SceneGraph, Wall } from '../graph/scene-graph.ts';

/** Id of the wall, or null in about half of the rooms (by the room's area, so that it needs no randomness). */
export function accentWall(room: Room, walls: readonly Wall[], graph: SceneGraph): string | null {
    const plain = walls.filter((w) => !graph.openings.some((o) => o.wall === w.id) && distance(w.a, w.b) > 1.5);
    const anchor = graph.nodes.find(
        (n) => n.room === room.id && !n.real && (n.class === 'double_bed' || n.class === 'sofa')
    );
    const score = (w: Wall): number => {
        if (!anchor) return distance(w.a, w.b);
        const length = distance(w.a, w.b);
        const off = Math.abs(
            ((w.b[0] - w.a[0]) * (anchor.pose.z - w.a[1]) - (w.b[1] - w.a[1]) * (anchor.pose.x - w.a[0])) / length
        );
        return -off;
    };
    return plain.sort((a, b) => score(b) - score(a))[0]?.id ?? null;
}
