/** `mixreel edit`: gives regions of a bitstream other colours without decoding a picture. */
import { inspectMxr, type RegionMeaning, restyleMxr, rgbOfStyle, styleOfRgb } from '@mixreel/codec';
import { badInput } from '@mixreel/core';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, readInput, writeAtomically } from '../files.ts';
import { text, textOr } from '../option.ts';
import { count } from '../table.ts';

/** One change: which regions, and their new colour. */
interface Recolor {
    /** As it was written. */
    readonly rule: string;
    readonly by: 'region' | 'class' | 'instance';
    readonly id: number;
    readonly rgb: readonly [number, number, number];
}

const RULE = /^(?:(class|instance):)?(\d{1,9})=#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

export const edit: Command = defineCommand({
    operands: 'FILE.mxr',
    operandCount: [1, 1],
    description:
        'Changes the colours of regions in the style layer; texture and light stay, and predicted frames follow. Regions are\n' +
        'named by number, or by class:N or instance:N of the scene, as mixreel inspect lists them.',
    options: {
        recolor: text('RULES', 'as 3=#2040c0 or class:5=#2040c0,instance:7=#ffffff; the last that fits holds'),
        out: textOr('FILE', 'edited.mxr', 'the edited bitstream', 'o')
    },
    examples: [['mixreel edit out.mxr --recolor instance:7=#2040c0 -o blue.mxr', 'another colour for one thing']],
    async run([path = ''], options) {
        extensionOf(options.out, ['mxr'], 'the bitstream');
        const rules = readRules(options.recolor);
        const bytes = await readInput(path, 'the bitstream');
        const { damage } = inspectMxr(bytes);
        if (damage.units > 0 || damage.index || damage.metadata || damage.lostBytes > 0) {
            throw badInput(`${path} is damaged`, 'every unit whole', 'Fetch the file again');
        }
        const used = new Map(rules.map((rule) => [rule, 0]));
        const edited = restyleMxr(bytes, (style, region, index) => {
            const rule = rules.findLast((candidate) => fits(candidate, region, index));
            if (!rule) return style;
            used.set(rule, (used.get(rule) ?? 0) + 1);
            return styleOfRgb(...rule.rgb);
        });
        const idle = rules.filter((rule) => used.get(rule) === 0);
        if (idle.length > 0) {
            throw badInput(
                `nothing in ${path} fits ${idle.map(({ rule }) => rule).join(', ')}`,
                'regions of the file',
                `See them with mixreel inspect ${path}`
            );
        }
        await writeAtomically(options.out, edited);
        const changes = rules.map((rule) => ({
            rule: rule.rule,
            regions: used.get(rule) ?? 0,
            // Styles are coarse: what a decoder will show.
            color: rgbOfStyle(styleOfRgb(...rule.rgb))
        }));
        const total = changes.reduce((sum, { regions }) => sum + regions, 0);
        return {
            text: `${options.out}: ${count(total, 'region')} recoloured, ${edited.length - bytes.length} bytes more`,
            json: { out: options.out, bytes: edited.length, changes }
        };
    }
});

function fits(rule: Recolor, region: RegionMeaning, index: number): boolean {
    const id = { region: index, class: region.semanticId, instance: region.instanceId }[rule.by];
    return id === rule.id;
}

function readRules(rules: string | undefined): Recolor[] {
    const mend = 'Pass --recolor instance:7=#2040c0, for example';
    if (rules === undefined) throw badInput('there is no --recolor', 'at least one change', mend);
    return rules.split(',').map((rule): Recolor => {
        const parts = RULE.exec(rule.trim());
        if (!parts) throw badInput(`--recolor holds "${rule}"`, 'REGION=#RRGGBB, class:N=… or instance:N=…', mend);
        const [, by = 'region', id, ...rgb] = parts;
        const [r = 0, g = 0, b = 0] = rgb.map((hex) => Number.parseInt(hex, 16));
        return { rule: rule.trim(), by: by.toLowerCase() as Recolor['by'], id: Number(id), rgb: [r, g, b] };
    });
}
