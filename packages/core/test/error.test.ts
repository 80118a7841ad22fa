import { expect, test } from 'vitest';
import { badInput, MixreelError } from '../src/index.ts';

test('a message says what happened, what was expected and how to mend it', () => {
    const error = badInput('spp is -3', 'an integer from 1 to 65536', 'Pass --spp 64');
    expect(error.message).toBe('spp is -3 (expected an integer from 1 to 65536). Pass --spp 64.');
    expect([error.code, error.mend, error.name, error.cause]).toEqual([
        'bad-input',
        'Pass --spp 64',
        'MixreelError',
        undefined
    ]);
    expect('cause' in error).toBe(false);
});

test('the expectation may be left out and the cause is kept', () => {
    const cause = new Error('driver reset');
    const error = new MixreelError('device-lost', { what: 'the GPU device was lost', mend: 'Start again', cause });
    expect(error.message).toBe('the GPU device was lost. Start again.');
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(Error);
});
