import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choice, decimal, flag, integer, seed, size, text, textOr } from '../src/option.ts';

test('integers within bounds are read and everything else is refused by name', () => {
    const option = integer(1, 100, 8, 'samples');
    expect(option.read(undefined, 'spp')).toBe(8);
    fc.assert(
        fc.property(fc.integer({ min: 1, max: 100 }), (n) => {
            expect(option.read(String(n), 'spp')).toBe(n);
        })
    );
    for (const bad of ['0', '101', '1.5', '', ' ', 'many', 'NaN', 'Infinity', '-3', '1e9']) {
        expect(() => option.read(bad, 'spp')).toThrow(
            /^--spp is ".*" \(expected an integer from 1 to 100\)\. Pass --spp 1/
        );
    }
});

test('numbers may have a fraction', () => {
    const option = decimal(0, 1, 0.5, 'loss');
    expect(option.read('0.25', 'loss')).toBe(0.25);
    expect(() => option.read('2', 'loss')).toThrow(/a number from 0 to 1/);
});

test('sizes are width x height', () => {
    const option = size({ widthPx: 320, heightPx: 180 }, 'picture');
    expect(option.shown).toBe('320x180');
    expect(option.read('64x32', 'size')).toEqual({ widthPx: 64, heightPx: 32 });
    for (const bad of ['64', '0x9', '64x', '64x32x3', '-1x5', '99999x1', '64*32']) {
        expect(() => option.read(bad, 'size')).toThrow(/Pass --size 320x180/);
    }
});

test('choices are one of their words', () => {
    const option = choice(['fast', 'good'], 'good', 'preset');
    expect([option.read(undefined, 'p'), option.read('fast', 'p')]).toEqual(['good', 'fast']);
    expect(() => option.read('best', 'p')).toThrow(/--p is "best" \(expected fast, good\)/);
});

test('seeds are numbers where they look like whole numbers, texts elsewhere', () => {
    const option = seed();
    expect(
        ['7', '-7', 'seven', '0x7', '1e3', '9007199254740993', undefined].map((v) => option.read(v, 'seed'))
    ).toEqual([7, -7, 'seven', '0x7', '1e3', '9007199254740993', 1]);
});

test('texts may be absent but not empty; flags are there or not', () => {
    expect(text('FILE', 'out', 'o').read(undefined, 'out')).toBeUndefined();
    expect(() => text('FILE', 'out').read('', 'out')).toThrow(/--out is empty/);
    expect(textOr('DIR', 'out', 'folder').read(undefined, 'out')).toBe('out');
    expect([flag('f').read(undefined, 'f'), flag('f').read('', 'f')]).toEqual([false, true]);
});
