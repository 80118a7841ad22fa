/**
 * Scenario files: JSON, in which comments and trailing commas are allowed, since people write them. What is wrong is said with
 * line and column. jsonc-parser keeps the places of values; JSON.parse does not.
 */
import { badInput, MixreelError } from '@mixreel/core';
import {
    findNodeAtLocation,
    getNodeValue,
    type Node,
    type ParseError,
    parseTree,
    printParseErrorCode
} from 'jsonc-parser';
import { type NetworkScenario, readScenario } from './scenario.ts';
import { type RecordedFiles, recordedNames } from './scenario-flow.ts';

/** Longest file, characters. */
const MAX_CHARACTERS = 10_000_000;

/**
 * Reads a scenario file's text.
 *
 * @param name - The file, for messages.
 * @param files - Texts of the P-traces of {@link recordedFilesOf}.
 * @throws MixreelError `bad-input`: `vr.json:12:9: cell.harq.errorRate is 2 (expected a number from 0 to 1). …`
 */
export function readScenarioFile(text: string, name: string, files: RecordedFiles = new Map()): NetworkScenario {
    const tree = treeOf(text, name);
    try {
        return readScenario(getNodeValue(tree), files);
    } catch (error) {
        if (!(error instanceof MixreelError)) throw error;
        const [what = error.message] = error.message.split(`. ${error.mend}.`);
        const at = place(text, name, nodeOf(tree, what).offset);
        throw new MixreelError(error.code, { what: `${at}: ${what}`, mend: error.mend, cause: error });
    }
}

/** Names of the P-traces that the file's flows want, as `{ "recorded": "vr.csv" }`: to be read before it is. */
export function recordedFilesOf(text: string, name: string): string[] {
    return recordedNames(getNodeValue(treeOf(text, name)));
}

function treeOf(text: string, name: string): Node {
    if (text.length > MAX_CHARACTERS) {
        throw badInput(`${name} has ${text.length} characters`, `at most ${MAX_CHARACTERS}`, 'Name a scenario file');
    }
    const faults: ParseError[] = [];
    const tree = parseTree(text, faults, { allowTrailingComma: true });
    const fault = faults[0];
    if (!tree || fault) {
        const what = fault ? spaced(printParseErrorCode(fault.error)) : 'the file is empty';
        throw badInput(`${place(text, name, fault?.offset ?? 0)}: ${what}`, 'JSON', 'Correct the text there');
    }
    return tree;
}

/** The value that a message is about, or the nearest around it: messages start with the path of a field. */
function nodeOf(tree: Node, message: string): Node {
    let node = tree;
    let rest = message;
    for (;;) {
        const step = childAlong(node, rest);
        if (!step) return node;
        node = step.child;
        rest = rest.slice(step.length).replace(/^[.[\]]+/, '');
    }
}

/** The longest key or the index of `node` with which `path` starts. Names of variants may hold spaces and points. */
function childAlong(node: Node, path: string): { child: Node; length: number } | null {
    if (node.type === 'array') {
        const index = /^\d+/.exec(path)?.[0];
        const child = index === undefined ? undefined : findNodeAtLocation(node, [Number(index)]);
        return child && index !== undefined ? { child, length: index.length } : null;
    }
    const keys = (node.children ?? []).map(({ children }) => String(children?.[0]?.value ?? ''));
    const fits = keys.filter(
        (key) => key !== '' && path.startsWith(key) && /^[.[\]: ]|^$/.test(path.slice(key.length))
    );
    const key = fits.sort((a, b) => b.length - a.length)[0];
    const child = key === undefined ? undefined : findNodeAtLocation(node, [key]);
    return child && key !== undefined ? { child, length: key.length } : null;
}

function place(text: string, name: string, offset: number): string {
    const before = text.slice(0, offset).split('\n');
    return `${name}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** `ValueExpected` to `value expected`. */
function spaced(code: string): string {
    return code.replace(/(?<=[a-z])([A-Z])/g, ' $1').toLowerCase();
}
