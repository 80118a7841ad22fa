/** The walkable area of a room as rectangles: runs of reachable 10 cm cells, joined over rows where they are equal. */
import { nodeFootprint } from '../geometry/footprint.ts';
import { round } from '../geometry/polygon.ts';
import type { Room, SceneGraph, WalkableArea } from '../graph/scene-graph.ts';
import { openingFoot } from '../solver/layout.ts';
import type { OccupancyGrid } from '../solver/occupancy-grid.ts';
import { WalkMap } from '../solver/walk-map.ts';

/** Positions of the middle of a walker 0.4 m wide that are reachable from the doors. */
export const walkableArea = (room: Room, { map, cells }: ReachableFloor): WalkableArea =>
    areaOfCells(room.id, map.grid, cells);

/** Marked cells (1) of a grid as disjoint rectangles. */
export function areaOfCells(room: string, grid: OccupancyGrid, cells: Uint8Array): WalkableArea {
    const open = new Map<string, [number, number, number, number]>();
    const rectangles: [number, number, number, number][] = [];
    let area = 0;
    for (let r = 0; r < grid.rows; r++) {
        const seen = new Set<string>();
        for (let c = 0; c < grid.columns; c++) {
            if (cells[r * grid.columns + c] === 0) continue;
            let end = c;
            while (end < grid.columns && cells[r * grid.columns + end] === 1) end++;
            const key = `${c}:${end}`;
            const [x0, x1] = [grid.x0 + c * grid.cell, grid.x0 + end * grid.cell];
            const before = open.get(key);
            const z1 = grid.z0 + (r + 1) * grid.cell;
            if (before) before[3] = round(z1);
            else {
                const rectangle: [number, number, number, number] = [
                    round(x0),
                    round(z1 - grid.cell),
                    round(x1),
                    round(z1)
                ];
                open.set(key, rectangle);
                rectangles.push(rectangle);
            }
            seen.add(key);
            area += (end - c) * grid.cell * grid.cell;
            c = end;
        }
        for (const key of [...open.keys()]) if (!seen.has(key)) open.delete(key);
    }
    return { room, rectangles, area: round(area) };
}

/** The walk map of a furnished room, and its main area cell by cell. */
export interface ReachableFloor {
    readonly map: WalkMap;
    readonly cells: Uint8Array;
}

/** See {@link ReachableFloor}. */
export function reachable(room: Room, graph: SceneGraph): ReachableFloor {
    const walls = graph.walls.filter((w) => w.room === room.id);
    const doors = graph.openings
        .filter((o) => o.type !== 'window' && walls.some((w) => w.id === o.wall))
        .map((o) => openingFoot(o, walls, 0.3));
    const map = new WalkMap(room.polygon, doors);
    for (const n of graph.nodes) {
        const low = n.pose.y - room.floorY < 1.9;
        const flat =
            n.dims.height < 0.03 || n.class === 'curtain' || (n.support.kind === 'wall' && n.dims.depth < 0.06);
        if (n.room === room.id && low && !flat && n.support.kind !== 'node') map.block(nodeFootprint(n));
    }
    return { map, cells: map.mainArea() };
}
