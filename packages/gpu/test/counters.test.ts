import { describe, expect, it } from 'vitest';
import { Counters } from '../src/counters.ts';
import { LiveResources } from '../src/live-resources.ts';

describe('Counters', () => {
    it('adds up and gives the difference to an earlier snapshot', () => {
        const counters = new Counters();
        counters.add('dispatches');
        counters.add('workgroups', 12);
        const earlier = counters.snapshot();
        counters.add('workgroups', 30);
        counters.add('submits');
        expect(counters.since(earlier)).toMatchObject({ dispatches: 0, workgroups: 30, submits: 1 });
        expect(counters.snapshot()).toMatchObject({ dispatches: 1, workgroups: 42, submits: 1 });
        expect(earlier.workgroups).toBe(12);
    });
});

describe('LiveResources', () => {
    it('counts, sums and names what is alive, and destroys the newest first', () => {
        const live = new LiveResources();
        const destroyed: string[] = [];
        for (const [label, sizeBytes] of [
            ['rays', 100],
            ['hits', 28]
        ] as const) {
            const entry = { kind: 'buffer' as const, label, sizeBytes };
            live.add(entry, () => {
                destroyed.push(label);
                live.remove(entry);
            });
        }
        expect([live.count, live.sizeBytes]).toEqual([2, 128]);
        expect(live.list().map(({ label }) => label)).toEqual(['rays', 'hits']);
        live.destroyAll();
        expect(destroyed).toEqual(['hits', 'rays']);
        expect([live.count, live.sizeBytes]).toEqual([0, 0]);
    });
});
