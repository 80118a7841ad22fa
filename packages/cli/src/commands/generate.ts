/** `mixreel generate`: a captured room to a mixed-reality scene. */

import { Rng } from '@mixreel/core';
import { type Certificate, generateFromCapture, glbFromGraph, readCapture, type SceneGraph } from '@mixreel/scenegen';
import { readRoom, roomNames } from '../chain/room.ts';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { seed, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

export const generate: Command = defineCommand({
    operands: '',
    operandCount: [0, 0],
    description:
        'Builds the real room from its capture, sets a virtual object over every real obstacle, furnishes and lights the rest,\n' +
        'proves that nothing collides or leaves the room, and writes glTF with what everything is. Rooms that come along:\n' +
        `${roomNames().join(', ')}.`,
    options: {
        room: textOr('ROOM', 'living_room', 'name of a room, or a capture file (.json)'),
        seed: seed(),
        out: textOr('FILE', 'scene.glb', 'the scene: .glb, or .json for the scene graph', 'o')
    },
    examples: [
        ['mixreel generate --room living_room --seed 7 -o scene.glb', 'a scene'],
        ['mixreel generate --room my-room.json --json', 'the certificate of a scene in your own room']
    ],
    async run(_operands, options) {
        const ending = extensionOf(options.out, ['glb', 'json'], 'the scene');
        const capture = readCapture((await readRoom(options.room)).json);
        const rng = Rng.create(options.seed).child('scene');
        const { graph, certificate } = generateFromCapture(capture, { rng, seed: options.seed });
        const content = ending === 'glb' ? await glbFromGraph(graph) : sceneJson(graph, certificate);
        await writeAtomically(options.out, content);
        const real = graph.nodes.filter((node) => node.real).length;
        const virtual = graph.nodes.length - real;
        return {
            text: `${options.out}: ${real} real and ${count(virtual, 'virtual object')}, ${certificate.valid ? 'valid' : `${certificate.violations.length} violations`}, ${formatBytes(content.length)}`,
            json: { out: options.out, bytes: content.length, real, virtual, certificate },
            exitCode: certificate.valid ? 0 : 1
        };
    }
});

/** Graph and certificate as a file: keys in the order of the graph, two spaces, so that scenes can be compared line by line. */
export function sceneJson(graph: SceneGraph, certificate: Certificate): string {
    return `${JSON.stringify({ graph, certificate }, null, 2)}\n`;
}
