/** The border for meshes: their numbers are finite, their lists of one length, their indices in range. */
import { badInput } from '@mixreel/core';
import { firstNonFinite, label } from './check-values.ts';
import type { Mesh } from './scene.ts';

/** Throws `bad-input` that names the mesh; returns the number of its triangles that have no area. */
export function checkMesh(mesh: Mesh, index: number): number {
    const name = label('mesh', index, mesh.name);
    const vertices = mesh.positions.length / 3;
    if (!Number.isInteger(vertices)) {
        throw badInput(`${name} has ${mesh.positions.length} position floats`, 'a multiple of 3', 'Pass x, y, z each');
    }
    const bad = firstNonFinite(mesh.positions);
    if (bad >= 0) {
        throw badInput(
            `${name}, vertex ${Math.floor(bad / 3)} has the coordinate ${mesh.positions[bad]}`,
            'finite numbers',
            'Repair the mesh in the program that made it, or leave it out'
        );
    }
    for (const [key, data, width] of [
        ['normals', mesh.normals, 3],
        ['uvs', mesh.uvs, 2],
        ['uvs1', mesh.uvs1, 2],
        ['tangents', mesh.tangents, 4],
        ['colors', mesh.colors, 4]
    ] as const) {
        if (!data) continue;
        if (data.length !== vertices * width) {
            throw badInput(`${name} has ${data.length} ${key} floats`, `${vertices * width}`, `Pass ${width} a vertex`);
        }
        const broken = firstNonFinite(data);
        if (broken >= 0) {
            throw badInput(
                `${name} has ${data[broken]} in its ${key} at vertex ${Math.floor(broken / width)}`,
                'finite numbers',
                `Leave the ${key} out or repair them`
            );
        }
    }
    return checkIndices(mesh, name, vertices);
}

/** Returns the number of triangles without area. */
function checkIndices(mesh: Mesh, name: string, vertices: number): number {
    const { indices, positions: p } = mesh;
    if (indices.length % 3 !== 0) {
        throw badInput(`${name} has ${indices.length} indices`, 'a multiple of 3', 'Pass whole triangles');
    }
    for (let i = 0; i < indices.length; i++) {
        if (indices[i]! >= vertices) {
            throw badInput(
                `${name} has the index ${indices[i]} at position ${i}`,
                `less than its ${vertices} vertices`,
                'Export the mesh again: its index buffer does not belong to its vertices'
            );
        }
    }
    let degenerate = 0;
    for (let i = 0; i < indices.length; i += 3) {
        const a = indices[i]! * 3;
        const b = indices[i + 1]! * 3;
        const c = indices[i + 2]! * 3;
        const ux = p[b]! - p[a]!;
        const uy = p[b + 1]! - p[a + 1]!;
        const uz = p[b + 2]! - p[a + 2]!;
        const vx = p[c]! - p[a]!;
        const vy = p[c + 1]! - p[a + 1]!;
        const vz = p[c + 2]! - p[a + 2]!;
        const nx = uy * vz - uz * vy;
        const ny = uz * vx - ux * vz;
        const nz = ux * vy - uy * vx;
        if (nx === 0 && ny === 0 && nz === 0) degenerate++;
    }
    return degenerate;
}
