/**
 * What the plugins of a Mitsuba scene are read against: the plugins by id that others refer to, the report, the version. What no
 * reader has asked for in a plugin that was read is told in the end, so that nothing is left out in silence.
 */
import type { ReportBuilder } from '../convert/report.ts';
import { type MitsubaObject, VALUES } from './mitsuba-object.ts';
import { plainName, type XmlNode } from './mitsuba-xml.ts';

export interface MitsubaScope {
    /** Plugins by id. */
    readonly ids: ReadonlyMap<string, XmlNode>;
    readonly report: ReportBuilder;
    /** 0.5 and its successors differ in some defaults. */
    readonly version: number;
}

/** The plugin that a reference stands for, or the plugin itself; undefined for a reference to nothing, which is told as unread. */
export function dereference(node: XmlNode, { ids }: MitsubaScope): XmlNode | undefined {
    return node.tag === 'ref' ? ids.get(node.attributes['id'] ?? '') : node;
}

/** The plugins of some tags inside of a plugin, written there or referred to; those that are taken count as read. */
export function* nested(
    object: MitsubaObject,
    tags: readonly string[],
    scope: MitsubaScope,
    fits: (child: XmlNode) => boolean = () => true
): Generator<XmlNode> {
    for (const child of object.children) {
        const node = dereference(child, scope);
        if (!node || !tags.includes(node.tag) || !fits(child)) continue;
        child.read = true;
        yield node;
    }
}

/** What the picture does not depend on, or not as we render it. */
const WITHOUT_EFFECT = new Set([
    'cache',
    'facenormals',
    'farclip',
    'focusdistance',
    'hideemitters',
    'maxanisotropy',
    'nearclip',
    'samplevisible',
    'samplingweight',
    'shutterclose',
    'shutteropen'
]);
/** Plugins of which nothing is read, or only what is asked for. */
const STEERING = new Set(['film', 'integrator', 'rfilter', 'sampler']);

/** Tells what was not read of all plugins that were. */
export function tellUnread(nodes: readonly XmlNode[], scope: MitsubaScope): void {
    for (const node of nodes) {
        tellUnread(node.children, scope);
        if (!node.read || VALUES.has(node.tag) || STEERING.has(node.tag)) continue;
        const where = `${node.tag} "${node.attributes['id'] ?? node.attributes['type'] ?? ''}"`;
        for (const child of node.children) {
            const { name, id, type } = child.attributes;
            if (child.read || STEERING.has(child.tag) || WITHOUT_EFFECT.has(plainName(name))) continue;
            if (child.tag === 'ref' && !scope.ids.has(id ?? '')) {
                scope.report.unsupported(`reference to "${id ?? ''}", which is not defined`);
            } else scope.report.unsupported(`${where}: ${child.tag} "${name ?? id ?? type ?? ''}"`);
        }
    }
}
