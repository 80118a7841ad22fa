/** `mixreel generate`: a captured room, words, or both to a scene. */

import { Rng } from '@mixreel/core';
import {
    type Certificate,
    type CertifiedScene,
    generateFromCapture,
    generateFromText,
    glbFromGraph,
    readCapture,
    type SceneGraph,
    type TextScene
} from '@mixreel/scenegen';
import { readRoom, roomNames } from '../chain/room.ts';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { seed, text, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

export const generate: Command = defineCommand({
    operands: '',
    operandCount: [0, 0],
    description:
        'Builds the real room from its capture, sets a virtual object over every real obstacle, furnishes and lights the rest,\n' +
        'proves that nothing collides or leaves the room, and writes glTF with what everything is. Rooms that come along:\n' +
        `${roomNames().join(', ')}. --text furnishes as English or Chinese words say, in a room drawn\n` +
        'for them or, with --room, in the real one; what was not understood or does not hold is said.',
    options: {
        room: text('ROOM', 'name of a room, or a capture file (.json); living_room if there are no words'),
        text: text('WORDS', 'what the room is to hold, as "a bedroom with a desk under the window"'),
        style: text('STYLE', 'as japanese, or a mix as japanese:0.7+modern:0.3; drawn from the seed if absent'),
        seed: seed(),
        out: textOr('FILE', 'scene.glb', 'the scene: .glb, or .json for the scene graph', 'o')
    },
    examples: [
        ['mixreel generate --room living_room --seed 7 -o scene.glb', 'a scene'],
        ['mixreel generate --room my-room.json --json', 'the certificate of a scene in your own room'],
        ['mixreel generate --text "a bedroom with a double bed opposite the window and two lamps"', 'a room from words']
    ],
    async run(_operands, options) {
        const ending = extensionOf(options.out, ['glb', 'json'], 'the scene');
        const scene = await sceneOf(options);
        const { graph, certificate } = scene;
        const content = ending === 'glb' ? await glbFromGraph(graph) : sceneJson(graph, certificate);
        await writeAtomically(options.out, content);
        const real = graph.nodes.filter((node) => node.real).length;
        const virtual = graph.nodes.length - real;
        return {
            text: [
                `${options.out}: ${real} real and ${count(virtual, 'virtual object')}, ${certificate.valid ? 'valid' : `${certificate.violations.length} violations`}, ${formatBytes(content.length)}`,
                ...remarks(scene)
            ].join('\n'),
            json: { out: options.out, bytes: content.length, real, virtual, certificate, ...wordsOf(scene) },
            exitCode: certificate.valid ? 0 : 1
        };
    }
});

async function sceneOf(options: {
    readonly room: string | undefined;
    readonly text: string | undefined;
    readonly style: string | undefined;
    readonly seed: number | string;
}): Promise<CertifiedScene | TextScene> {
    const { room, seed: number, style } = options;
    const rng = Rng.create(number).child('scene');
    const common = { rng, seed: number, ...(style === undefined ? {} : { style }) };
    if (options.text === undefined) {
        const capture = readCapture((await readRoom(room ?? 'living_room')).json);
        return generateFromCapture(capture, common);
    }
    const capture = room === undefined ? {} : { capture: readCapture((await readRoom(room)).json) };
    return generateFromText(options.text, { ...common, ...capture });
}

/** What became of the words; nothing without words. */
function wordsOf(scene: CertifiedScene | TextScene): Partial<TextScene> {
    if (!('unsatisfied' in scene)) return {};
    const { satisfied, unsatisfied, notUnderstood, implied } = scene;
    return { satisfied, unsatisfied, notUnderstood, implied };
}

function remarks(scene: CertifiedScene | TextScene): string[] {
    const { unsatisfied = [], notUnderstood = [], implied = [] } = wordsOf(scene);
    return [
        ...(implied.length > 0 ? [`added because others imply it: ${implied.join(', ')}`] : []),
        ...unsatisfied.map((what) => `does not hold: ${what}`),
        ...(notUnderstood.length > 0 ? [`not understood: ${notUnderstood.join(', ')}`] : [])
    ];
}

/** Graph and certificate as a file: keys in the order of the graph, two spaces, so that scenes can be compared line by line. */
export function sceneJson(graph: SceneGraph, certificate: Certificate): string {
    return `${JSON.stringify({ graph, certificate }, null, 2)}\n`;
}
