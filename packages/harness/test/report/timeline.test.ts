import { describe, expect, it } from 'vitest';
import { type TimelineEntry, timelineEntries } from '../../src/report/report.ts';
import { drawTimeline, timelineStatistics } from '../../src/report/timeline.ts';
import { entry, parseXml } from './sample-report.ts';

/** Rectangles of a class, with numbers for their geometry. */
function rects(svg: string, className: string): { x: number; y: number; width: number; height: number }[] {
    const body = svg.replace(/<ul class="legend">.*?<\/ul>/g, '');
    return [
        ...body.matchAll(
            /<rect class="fill ([\w-]+)" x="([\d.-]+)" y="([\d.-]+)" width="([\d.-]+)" height="([\d.-]+)"/g
        )
    ]
        .filter((m) => m[1] === className)
        .map((m) => ({ x: Number(m[2]), y: Number(m[3]), width: Number(m[4]), height: Number(m[5]) }));
}

describe('timelineStatistics', () => {
    it('counts each set once, and only complete ones within their budget as on time', () => {
        const entries = [
            entry(),
            entry({ late: true, arrivedNs: 12_000_000, reason: 'queueing' }),
            entry({ outcome: 'incomplete', reason: 'harq' }),
            entry({ outcome: 'lost', late: true, arrivedNs: null, reason: 'discarded' })
        ];
        const s = timelineStatistics(entries);
        expect(s).toMatchObject({ sets: 4, onTime: 1, late: 1, incomplete: 1, lost: 1 });
        expect(s.onTime + s.late + s.incomplete + s.lost).toBe(s.sets);
        expect(s.reasons).toEqual({ queueing: 1, harq: 1, discarded: 1 });
    });

    it('takes delays from sent to arrived, of what arrived', () => {
        const entries = [1, 2, 3, 4, 5].map((ms) => entry({ sentNs: 7, arrivedNs: 7 + ms * 1e6 }));
        const s = timelineStatistics([...entries, entry({ outcome: 'lost', arrivedNs: null })]);
        expect(s).toMatchObject({ medianMs: 3, worstMs: 5 });
        // Type 7: position 0.95 * 4 = 3.8 of 1 .. 5.
        expect(s.p95Ms).toBeCloseTo(4.8, 12);
    });

    it('has no delay where nothing arrived', () => {
        expect(timelineStatistics([entry({ outcome: 'lost', arrivedNs: null })]).medianMs).toBeNull();
    });
});

describe('drawTimeline', () => {
    it('draws each set as a bar as long as its delay, on one scale', () => {
        const svg = drawTimeline([
            entry({ frame: 0, arrivedNs: 4_000_000 }),
            entry({ frame: 1, sentNs: 16_000_000, arrivedNs: 24_000_000 })
        ]);
        const [a, b] = rects(svg, 'on-time');
        // Coordinates carry a tenth of a px.
        expect(b!.width / a!.width).toBeCloseTo(2, 2);
        expect(b!.x - a!.x).toBeCloseTo(4 * a!.width, -0.5);
    });

    it('stacks the causes to the delay and puts the deadline on the same scale', () => {
        const svg = drawTimeline([entry()]);
        const [queueing] = rects(svg, 'cause-queueing');
        const [transmission] = rects(svg, 'cause-transmission');
        expect(transmission!.height / queueing!.height).toBeCloseTo(3, 1);
        expect(queueing!.y + queueing!.height).toBeCloseTo(transmission!.y, 0);
        const floor = queueing!.y < transmission!.y ? transmission!.y + transmission!.height : Number.NaN;
        const deadlineY = Number(/<path class="mark" d="M[\d.]+ ([\d.]+)/.exec(svg)![1]);
        const perMs = transmission!.height / 3;
        expect((floor - deadlineY) / perMs).toBeCloseTo(10, 0);
    });

    it('shows a frame with one lost set as lost, not as fast', () => {
        const svg = drawTimeline([entry(), entry({ outcome: 'lost', arrivedNs: null, late: true, delayNs: {} })]);
        expect(rects(svg, 'lost')).toHaveLength(2);
        expect(rects(svg, 'cause-transmission')).toHaveLength(0);
    });

    it('covers no bar of a lane with another', () => {
        const entries: TimelineEntry[] = Array.from({ length: 40 }, (_, i) =>
            entry({ frame: i, sentNs: i * 3_000_000, arrivedNs: i * 3_000_000 + ((i * 7) % 13) * 1e6 })
        );
        const bars = rects(drawTimeline(entries), 'on-time').slice(0, 40);
        for (const [i, a] of bars.entries())
            for (const b of bars.slice(i + 1))
                expect(a.y !== b.y || a.x + a.width <= b.x + 1.6 || b.x + b.width <= a.x + 1.6).toBe(true);
    });

    it('is well-formed, and says something for an empty run', () => {
        for (const svg of drawTimeline([entry(), entry({ late: true, stream: '<&"' })]).match(/<svg[\s\S]*?<\/svg>/g)!)
            parseXml(svg);
        expect(drawTimeline([])).toContain('Nothing was sent');
    });
});

describe('timelineEntries', () => {
    it('keeps the times and counts the bytes of what the network returned', () => {
        const set = {
            stream: 'video',
            sequence: 3,
            importance: 1,
            integrated: true,
            timeNs: 100,
            deadlineNs: 1000,
            endOfBurst: true,
            units: [new Uint8Array(10), new Uint8Array(5)]
        };
        const [e] = timelineEntries([
            {
                set,
                received: [null, null],
                arrivedNs: null,
                outcome: 'lost',
                late: true,
                delayNs: {},
                reason: 'discarded'
            }
        ]);
        expect(e).toMatchObject({ frame: 3, sentNs: 100, deadlineNs: 1000, sizeBytes: 15, outcome: 'lost' });
    });
});

describe('a timeline of packets', () => {
    it('calls its entries packets, and draws one column for each', () => {
        const entries = [0, 1, 2].map((frame) => entry({ frame, late: frame === 2, reason: 'queueing' }));
        const drawn = drawTimeline(entries, 'packets');
        expect(drawn).toContain('Delay of each packet, by cause');
        expect(drawn).toContain('Delay of 3 packets by cause');
        expect(drawn).toContain('1 packets were late');
        expect(drawTimeline(entries)).toContain('Delay of each frame, by cause');
    });
});
