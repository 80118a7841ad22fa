/**
 * The last word before a scene leaves a generator: certify, drop the lowest-priority soft node at fault with all that stands
 * on it, certify again. A scene with a violation that no soft node explains is an error, never a result.
 */
import { MixreelError } from '@mixreel/core';
import { type Certificate, certify } from '../certificate/certificate.ts';
import type { Dropped, SceneGraph } from '../graph/scene-graph.ts';

/** A graph and its proof. */
export interface CertifiedScene {
    readonly graph: SceneGraph;
    readonly certificate: Certificate;
}

/** Drops soft nodes until the certificate holds. Each round removes a node, so there are at most as many as nodes. */
export function certified(graph: SceneGraph): CertifiedScene {
    let current = graph;
    for (;;) {
        const certificate = certify(current);
        if (certificate.valid) return { graph: current, certificate };
        const soft = certificate.violations
            .flatMap((v) => {
                const parties = [v.node, v.other].map((id) => current.nodes.find((n) => n.id === id));
                const free = parties
                    .filter((n) => n && !n.real && !n.locked)
                    .sort((a, b) => a!.priority - b!.priority)[0];
                return free ? [{ node: free, violation: v }] : [];
            })
            .sort((a, b) => a.node.priority - b.node.priority)[0];
        if (!soft) {
            const v = certificate.violations[0]!;
            throw new MixreelError('bad-input', {
                what: `the scene has a ${v.rule} between ${v.node} and ${v.other} (${v.amount.toFixed(3)} m) that no soft node explains`,
                mend: 'Unlock or remove one of the two'
            });
        }
        current = without(current, soft.node.id, `${soft.violation.rule} with ${soft.violation.other}`);
    }
}

/** The graph without a node and everything that stands on it. */
export function without(graph: SceneGraph, id: string, reason: string): SceneGraph {
    const gone = new Set([id]);
    for (let grew = true; grew; ) {
        grew = false;
        for (const n of graph.nodes) {
            if (gone.has(n.id) || n.support.kind !== 'node' || !gone.has(n.support.parent)) continue;
            gone.add(n.id);
            grew = true;
        }
    }
    const dropped: Dropped[] = graph.nodes
        .filter((n) => gone.has(n.id))
        .map((n) => ({ id: n.id, class: n.class, reason: n.id === id ? reason : `stood on ${id}` }));
    return {
        ...graph,
        nodes: graph.nodes.filter((n) => !gone.has(n.id)),
        relations: graph.relations.filter((r) => !gone.has(r.a) && !(r.b && gone.has(r.b))),
        groups: graph.groups
            .map((g) => ({ ...g, members: g.members.filter((m) => !gone.has(m)) }))
            .filter((g) => g.members.length > 0),
        dropped: [...graph.dropped, ...dropped]
    };
}
