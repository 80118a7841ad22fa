/** `mixreel inspect`: what a bitstream holds, layer by layer, without decoding a picture. */
import {
    inspectConcept,
    inspectGenerator,
    inspectMxr,
    type LayerId,
    printScene,
    readConceptStyles,
    readMxr,
    readObjects,
    readScene,
    type StreamObject
} from '@mixreel/codec';
import { badInput } from '@mixreel/core';
import { type Command, defineCommand, type Outcome } from '../command.ts';
import { readInput } from '../files.ts';
import { integer } from '../option.ts';
import { count, formatBytes, formatTable } from '../table.ts';

/** A region of the structure layer, as the verb prints it. */
interface RegionSummary {
    readonly region: number;
    /** Class and instance of the scene; 0 where nothing is known. */
    readonly classId: number;
    readonly instanceId: number;
    /** What the text layer calls it, or null. */
    readonly word: string | null;
    /** Learned style code, six levels of 0 to 4; null without concepts. */
    readonly style: readonly number[] | null;
    /** `#rrggbb`. */
    readonly color: string;
    /** Share of the picture, 0 to 1. */
    readonly share: number;
    /** Cells it reaches: first column, first row, columns, rows; of 8 x 8 pixels, or of the text's map. */
    readonly boxCells: readonly [number, number, number, number];
}

export const inspect: Command = defineCommand({
    operands: 'FILE.mxr|FILE.mxg',
    operandCount: [1, 1],
    description:
        'Says what a bitstream holds without decoding a picture: bytes of each layer, frames, damage, and the regions of one\n' +
        'intra frame with their class, instance, colour and place, as mixreel edit takes them; its text, if it has one. Of a generator (.mxg): its name, widths and training.',
    options: {
        frame: integer(0, 1e9, 0, 'the frame whose regions are listed; the intra frame at or before it')
    },
    examples: [
        ['mixreel inspect out.mxr', 'layers and regions'],
        ['mixreel inspect clip.mxr --frame 60 --json', 'for a program'],
        ['mixreel inspect texture.mxg', 'weights of a network that paints texture']
    ],
    async run([path = ''], options) {
        const bytes = await readInput(path, 'the bitstream');
        if (path.endsWith('.mxg')) return describeGenerator(path, bytes);
        const summary = inspectMxr(bytes);
        if (options.frame >= Math.max(1, summary.frames.length)) {
            throw badInput(
                `--frame is ${options.frame}, ${path} has ${count(summary.frames.length, 'frame')}`,
                'a frame of the file',
                'Pass a smaller --frame'
            );
        }
        const intra = summary.frames.findLastIndex(({ kind }, i) => i <= options.frame && kind === 'intra');
        const units = intra < 0 ? [] : (readMxr(bytes).frames[intra]?.units ?? []);
        const codes = readConceptStyles(units);
        const regions = readObjects(units).map((object) => summaryOf(object, codes?.[object.region] ?? null));
        const scene = readScene(units);
        const words = scene === null ? null : printScene(scene);
        const parts = [describe(path, summary), layerTable(summary.layerBytes), regionTable(intra, regions)];
        return {
            text: [...parts, ...(words === null ? [] : [words.trimEnd()])].join('\n\n'),
            json: { file: path, ...summary, regionsOfFrame: intra < 0 ? null : intra, regions, scene: words }
        };
    }
});

function describe(path: string, summary: ReturnType<typeof inspectMxr>): string {
    const { frames, damage, metadata } = summary;
    const first = frames[0];
    const intra = frames.filter(({ kind }) => kind === 'intra').length;
    const lines = [
        `${path}: ${count(frames.length, 'frame')}${first ? ` of ${first.widthPx}x${first.heightPx}` : ''}, ${intra} intra, ${formatBytes(summary.bytes)}`
    ];
    const whole = damage.units === 0 && !damage.index && !damage.metadata && damage.lostBytes === 0;
    if (!whole) {
        lines.push(
            `damaged: ${count(damage.units, 'unit')}, ${count(damage.lostBytes, 'byte')} of no unit; decode with --conceal`
        );
    }
    if (Object.keys(metadata).length > 0) lines.push(`metadata: ${JSON.stringify(metadata)}`);
    return lines.join('\n');
}

function describeGenerator(path: string, bytes: Uint8Array): Outcome {
    const summary = isConcept(bytes) ? inspectConcept(bytes) : inspectGenerator(bytes);
    const { name, parameters, shape, record } = summary;
    const trained = Object.entries(record).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    return {
        text: [
            `${path}: generator ${JSON.stringify(name)}, ${parameters} parameters, ${formatBytes(bytes.length)}`,
            Object.entries(shape)
                .map(([key, value]) => `${key} ${value}`)
                .join(', '),
            trained.length === 0 ? 'it does not say how it was trained' : `trained: ${trained.join(', ')}`
        ].join('\n'),
        json: { file: path, ...summary }
    };
}

/** Whether a weights file says that it is a conceptual codec's, and no texture generator's. */
function isConcept(bytes: Uint8Array): boolean {
    return new TextDecoder('latin1').decode(bytes.subarray(4, 200)).includes('mixreel-concept-');
}

function layerTable(layerBytes: Readonly<Record<LayerId, number>>): string {
    const total = Object.values(layerBytes).reduce((sum, value) => sum + value, 0);
    const share = (value: number): string => (total === 0 ? '-' : `${((100 * value) / total).toFixed(1)} %`);
    return formatTable(
        ['layer', 'bytes', 'share'],
        Object.entries(layerBytes).map(([name, value]) => [name, String(value), share(value)])
    );
}

function regionTable(intra: number, regions: readonly RegionSummary[]): string {
    if (regions.length === 0) return 'no structure layer and no text: nothing to edit';
    const rows = regions.map(({ region, classId, instanceId, word, style, color, share, boxCells }) => [
        String(region),
        String(classId),
        String(instanceId),
        word ?? '-',
        style?.join('') ?? '-',
        color,
        `${(100 * share).toFixed(1)} %`,
        boxCells.join(' ')
    ]);
    return `regions of frame ${intra}\n${formatTable(['region', 'class', 'instance', 'word', 'style', 'colour', 'share', 'box in cells'], rows)}`;
}

function summaryOf(object: StreamObject, style: readonly number[] | null): RegionSummary {
    const { region, semanticId, instanceId, word, rgb, share, boxCells } = object;
    const color = `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
    return { region, classId: semanticId, instanceId, word, style, color, share, boxCells };
}
