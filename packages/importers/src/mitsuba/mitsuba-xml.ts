/**
 * The XML of Mitsuba scenes (0.5, 2 and 3) as a tree of objects and properties, through saxes (a strict, bounded parser; no
 * external entities). Names are made one: `toWorld` and `to_world` are both `toworld`; `$name` takes the value of `<default>`.
 */
import { badInput, type MixreelError } from '@mixreel/core';
import { SaxesParser } from 'saxes';

/** An element, its attributes and its children in order. */
export interface XmlNode {
    readonly tag: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly children: readonly XmlNode[];
    readonly line: number;
    /** Set once a reader has made use of it: what nobody has read is told in the end. */
    read?: boolean;
}

const MAX_DEPTH = 64;
const MAX_NODES = 2 ** 22;
/** Characters of a value after its `$names` are replaced. */
const MAX_VALUE = 65536;

/** A Mitsuba scene that is wrong. */
export function brokenMitsuba(line: number, what: string, expected: string, cause?: unknown): MixreelError {
    return badInput(`line ${line} of the Mitsuba scene: ${what}`, expected, 'Correct the scene', cause);
}

interface OpenNode {
    readonly tag: string;
    readonly attributes: Record<string, string>;
    readonly children: XmlNode[];
    readonly line: number;
}

/** Parses XML; `values` holds defaults, to which `<default>` elements add. Throws `bad-input` with the line. */
export function parseXml(text: string, values: Map<string, string>): XmlNode {
    const parser = new SaxesParser({ position: true });
    const stack: OpenNode[] = [];
    let root: XmlNode | undefined;
    let count = 0;
    let failure: Error | undefined;
    parser.on('error', (error) => {
        failure ??= brokenMitsuba(parser.line, error.message.replace(/^\d+:\d+: /, ''), 'well-formed XML', error);
    });
    parser.on('doctype', () => {
        failure ??= brokenMitsuba(parser.line, 'a document type', 'plain elements');
    });
    parser.on('opentag', (tag) => {
        if (++count > MAX_NODES || stack.length >= MAX_DEPTH) {
            failure ??= brokenMitsuba(parser.line, 'too many or too deeply nested elements', `${MAX_DEPTH} levels`);
        }
        if (failure) return;
        const attributes: Record<string, string> = {};
        for (const [name, value] of Object.entries(tag.attributes)) {
            const whole = substitute(value, values);
            attributes[name] = whole;
            // Defaults made of defaults would else grow tenfold with each line.
            if (whole.length > MAX_VALUE && whole !== value) {
                failure ??= brokenMitsuba(parser.line, `a value of ${whole.length} characters`, `${MAX_VALUE}`);
            }
        }
        stack.push({ tag: tag.name, attributes, children: [], line: parser.line });
    });
    parser.on('closetag', () => {
        const node = stack.pop();
        if (!node) return;
        if (node.tag === 'default') {
            const { name = '', value = '' } = node.attributes;
            if (!values.has(name)) values.set(name, value);
            return;
        }
        const parent = stack.at(-1);
        if (parent) parent.children.push(node);
        else root = node;
    });
    // In pieces, so that a failure ends the work.
    for (let at = 0; at < text.length && !failure; at += 65536) parser.write(text.slice(at, at + 65536));
    if (!failure) parser.close();
    if (failure) throw failure;
    if (!root) throw brokenMitsuba(parser.line, 'it is empty', '<scene>');
    return root;
}

function substitute(value: string, values: ReadonlyMap<string, string>): string {
    return value.includes('$') ? value.replace(/\$(\w+)/g, (whole, name: string) => values.get(name) ?? whole) : value;
}

/** The common form of a property's name. */
export function plainName(name: string | undefined): string {
    return (name ?? '').replaceAll('_', '').toLowerCase();
}
