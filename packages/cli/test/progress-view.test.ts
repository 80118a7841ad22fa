import { Writable } from 'node:stream';
import { VirtualClock } from '@mixreel/core';
import { expect, test } from 'vitest';
import { progressView } from '../src/progress-view.ts';

function collector(): { stream: Writable; lines: () => string[] } {
    let all = '';
    const stream = new Writable({
        write(chunk, _encoding, done) {
            all += chunk;
            done();
        }
    });
    return { stream, lines: () => all.split('\n').filter(Boolean) };
}

test('a log gets a line in five seconds after the first, and the end of what it announced', () => {
    const { stream, lines } = collector();
    const clock = new VirtualClock();
    const { report } = progressView(stream, clock);
    for (let done = 0; done <= 100; done++) {
        report(done, 100, 'tracing');
        clock.advanceBy(100_000_000);
    }
    report(100, 100, 'tracing');
    report(0, 0, 'coding');
    expect(lines()).toEqual(['tracing: 10 %', 'tracing: 60 %', 'tracing: 100 %']);
});

test('a log of short work stays empty', () => {
    const { stream, lines } = collector();
    const { report } = progressView(stream, new VirtualClock());
    for (const label of ['reading', 'coding']) for (let done = 0; done <= 10; done++) report(done, 10, label);
    expect(lines()).toEqual([]);
});

test('a terminal gets a bar that is cleared when a line is printed', () => {
    const { stream, lines } = collector();
    const terminal = Object.assign(stream, { isTTY: true, cursorTo() {}, clearLine() {}, moveCursor() {} });
    const view = progressView(terminal as unknown as NodeJS.WriteStream, new VirtualClock());
    view.report(1, 4, 'tracing');
    view.pause();
    view.report(2, 4, 'tracing');
    view.pause();
    expect(lines().join('')).not.toContain('tracing:');
});
