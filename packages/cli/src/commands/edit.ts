/** `mixreel edit`: regions of a bitstream get other colours, other places, another text; no picture is decoded. */
import {
    type ConceptModel,
    editMxr,
    inspectMxr,
    moveRegions,
    parseScene,
    type RegionMeaning,
    readMxr,
    readObjects,
    readStructure,
    restyle,
    restyleConcept,
    rewrite,
    rgbOfStyle,
    type SceneText,
    styleOfRgb
} from '@mixreel/codec';
import { badInput } from '@mixreel/core';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, readInput, writeAtomically } from '../files.ts';
import { text, textOr } from '../option.ts';
import { count } from '../table.ts';

/** Which regions a change is for. */
interface Which {
    /** As it was written. */
    readonly rule: string;
    readonly by: 'region' | 'class' | 'instance';
    readonly id: number;
}

/** A region's new colour. */
interface Recolor extends Which {
    readonly rgb: readonly [number, number, number];
}

/** How many cells regions go right and down. */
interface Move extends Which {
    readonly cells: readonly [number, number];
}

/** A region that is drawn in the learned style of another. */
interface Restyle extends Which {
    readonly from: number;
}

const WHICH = '(?:(class|instance):)?(\\d{1,9})';
const COLOR_RULE = new RegExp(`^${WHICH}=#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$`, 'i');
const MOVE_RULE = new RegExp(`^${WHICH}=([+-]?\\d{1,4}):([+-]?\\d{1,4})$`, 'i');
const STYLE_RULE = new RegExp(`^${WHICH}=(\\d{1,3})$`, 'i');
const NO_EDIT = 'Pass --recolor instance:7=#2040c0, for example';

export const edit: Command = defineCommand({
    operands: 'FILE.mxr',
    operandCount: [1, 1],
    description:
        'Changes regions without decoding a picture. --recolor changes colours in the style layer and the text; texture and light\n' +
        'stay, and predicted frames follow. --move takes regions to other cells of the map; where texture lay, structure and\n' +
        'style are shown; the tokens of concepts go along. --style draws regions of a stream of concepts in the learned style of another.\n' +
        '--scene gives the text layer another text, as mixreel inspect prints it. Regions are named by number, or by class:N or\n' +
        'instance:N of the scene, as mixreel inspect lists them.',
    options: {
        recolor: text('RULES', 'as 3=#2040c0 or class:5=#2040c0,instance:7=#ffffff; the last that fits holds'),
        move: text('RULES', 'as instance:7=+3:-2: three cells to the right and two up'),
        style: text('RULES', 'as 3=5 or instance:7=0: in the learned style of region 5, or 0'),
        scene: text('FILE.txt', 'the new text of every frame that has one'),
        out: textOr('FILE', 'edited.mxr', 'the edited bitstream', 'o')
    },
    examples: [
        ['mixreel edit out.mxr --recolor instance:7=#2040c0 -o blue.mxr', 'another colour for one thing'],
        ['mixreel edit words.mxr --move 2=+5:0 -o moved.mxr', 'a region five cells to the right']
    ],
    async run([path = ''], options) {
        extensionOf(options.out, ['mxr'], 'the bitstream');
        const colors = readColors(options.recolor);
        const moves = readMoves(options.move);
        const styles = readStyles(options.style);
        const scene = options.scene === undefined ? null : await readText(options.scene);
        if (colors.length + moves.length + styles.length === 0 && !scene)
            throw badInput('there is nothing to change', '--recolor, --move, --style or --scene', NO_EDIT);
        const bytes = await readInput(path, 'the bitstream');
        const { damage, layerBytes } = inspectMxr(bytes);
        if (damage.units > 0 || damage.index || damage.metadata || damage.lostBytes > 0) {
            throw badInput(`${path} is damaged`, 'every unit whole', 'Fetch the file again');
        }
        if (scene && layerBytes.text === 0) {
            throw badInput(`${path} has no text layer`, 'one', 'Encode it with mixreel encode --text alone or beside');
        }
        if (styles.length > 0 && layerBytes.concept === 0) {
            throw badInput(
                `${path} has no learned styles`,
                'a stream of concepts',
                'Encode it with mixreel encode --concept'
            );
        }
        const used = countUses(bytes, [...colors, ...moves, ...styles]);
        const idle = [...used].filter(([, times]) => times === 0).map(([{ rule }]) => rule);
        if (idle.length > 0) {
            throw badInput(
                `nothing in ${path} fits ${idle.join(', ')}`,
                'regions of the file',
                `See them with mixreel inspect ${path}`
            );
        }
        const tokens = moves.length > 0 && layerBytes.concept > 0;
        const concept = tokens ? (await import('@mixreel/codec/learned')).learnedConcept() : null;
        const edited = editMxr(bytes, (units) => change(units, scene, { colors, moves, styles }, concept));
        await writeAtomically(options.out, edited);
        const changes = [
            ...colors.map((rule) => ({
                rule: rule.rule,
                regions: used.get(rule) ?? 0,
                // Styles are coarse: what a decoder will show.
                color: rgbOfStyle(styleOfRgb(...rule.rgb))
            })),
            ...moves.map((rule) => ({ rule: rule.rule, regions: used.get(rule) ?? 0, cells: rule.cells })),
            ...styles.map((rule) => ({ rule: rule.rule, regions: used.get(rule) ?? 0, style: rule.from }))
        ];
        const total = (rules: readonly Which[]): number => rules.reduce((sum, rule) => sum + (used.get(rule) ?? 0), 0);
        const done = [
            ...(colors.length > 0 ? [`${count(total(colors), 'region')} recoloured`] : []),
            ...(moves.length > 0 ? [`${count(total(moves), 'region')} moved`] : []),
            ...(styles.length > 0 ? [`${count(total(styles), 'region')} in another style`] : []),
            ...(scene ? ['text replaced'] : [])
        ];
        return {
            text: `${options.out}: ${done.join(', ')}, ${edited.length - bytes.length} bytes more`,
            json: { out: options.out, bytes: edited.length, changes }
        };
    }
});

function change(
    units: readonly Uint8Array[],
    scene: SceneText | null,
    rules: {
        readonly colors: readonly Recolor[];
        readonly moves: readonly Move[];
        readonly styles: readonly Restyle[];
    },
    concept: ConceptModel | null
): readonly Uint8Array[] {
    const { colors, moves, styles } = rules;
    let edited = scene ? rewrite(units, () => scene) : units;
    const colorOf = (region: RegionMeaning, index: number): Recolor | undefined =>
        colors.findLast((rule) => fits(rule, region, index));
    edited = restyle(edited, (style, region, index) => {
        const rule = colorOf(region, index);
        return rule ? styleOfRgb(...rule.rgb) : style;
    });
    if (colors.length > 0) {
        edited = rewrite(edited, (words) => ({
            ...words,
            regions: words.regions.map((region, index) => {
                const rule = colorOf(region, index);
                return rule ? { ...region, color: rule.rgb.map(sceneColor) as [number, number, number] } : region;
            })
        }));
    }
    if (styles.length > 0) {
        const regions = readStructure(units)?.map.regions ?? [];
        edited = restyleConcept(edited, (code, index, all) => {
            const region = regions[index];
            const rule = region && styles.findLast((one) => fits(one, region, index));
            return rule ? (all[rule.from] ?? code) : code;
        });
    }
    for (const rule of moves) {
        edited = moveRegions(edited, (region, index) => fits(rule, region, index), ...rule.cells, { concept });
    }
    return edited;
}

/** The text's colours have 32 steps. */
function sceneColor(byte: number): number {
    return Math.round((byte * 31) / 255);
}

/** How many regions of the file each rule fits. */
function countUses(bytes: Uint8Array, rules: readonly Which[]): Map<Which, number> {
    const used = new Map(rules.map((rule) => [rule, 0]));
    for (const frame of readMxr(bytes).frames) {
        for (const object of readObjects(frame.units)) {
            for (const rule of rules) if (fits(rule, object, object.region)) used.set(rule, (used.get(rule) ?? 0) + 1);
        }
    }
    return used;
}

function fits(rule: Which, region: RegionMeaning, index: number): boolean {
    const id = { region: index, class: region.semanticId, instance: region.instanceId }[rule.by];
    return id === rule.id;
}

function readColors(rules: string | undefined): Recolor[] {
    return readRules(
        rules,
        COLOR_RULE,
        '--recolor',
        'REGION=#RRGGBB, class:N=… or instance:N=…',
        NO_EDIT,
        (which, rgb) => {
            const [r = 0, g = 0, b = 0] = rgb.map((hex) => Number.parseInt(hex, 16));
            return { ...which, rgb: [r, g, b] };
        }
    );
}

function readStyles(rules: string | undefined): Restyle[] {
    const mend = 'Pass --style 3=5, for example';
    return readRules(rules, STYLE_RULE, '--style', 'REGION=REGION', mend, (which, [from]) => ({
        ...which,
        from: Number(from)
    }));
}

function readMoves(rules: string | undefined): Move[] {
    const mend = 'Pass --move instance:7=+3:-2, for example';
    return readRules(rules, MOVE_RULE, '--move', 'REGION=RIGHT:DOWN in cells', mend, (which, cells) => {
        const [right = 0, down = 0] = cells.map(Number);
        return { ...which, cells: [right, down] };
    });
}

function readRules<T>(
    rules: string | undefined,
    pattern: RegExp,
    option: string,
    expected: string,
    mend: string,
    make: (which: Which, rest: readonly string[]) => T
): T[] {
    return (rules?.split(',') ?? []).map((rule): T => {
        const parts = pattern.exec(rule.trim());
        if (!parts) throw badInput(`${option} holds "${rule}"`, expected, mend);
        const [, by = 'region', id, ...rest] = parts;
        return make({ rule: rule.trim(), by: by.toLowerCase() as Which['by'], id: Number(id) }, rest);
    });
}

async function readText(path: string): Promise<SceneText> {
    return parseScene(new TextDecoder().decode(await readInput(path, 'the text')));
}
