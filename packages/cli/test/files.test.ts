import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { extensionOf, readInput, readJson, writeAtomically } from '../src/files.ts';
import { temporaryFolder } from './mixreel.ts';

/** While true, whatever is opened for writing is /dev/full: every write fails with the system's own ENOSPC. */
const disk = vi.hoisted(() => ({ full: false }));
vi.mock('node:fs/promises', async (original) => {
    const real = await original<typeof import('node:fs/promises')>();
    const open: typeof real.open = (path, flags) => (disk.full ? real.open('/dev/full', 'w') : real.open(path, flags));
    return { ...real, open };
});

test('a file is written whole, in folders that are made, and leaves nothing beside it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a', 'b', 'out.bin');
    await writeAtomically(path, Uint8Array.of(1, 2, 3));
    await writeAtomically(path, 'again');
    expect(readFileSync(path, 'utf8')).toBe('again');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['out.bin']);
});

test('writing that fails leaves what was there and no temporary file', async () => {
    const folder = temporaryFolder();
    // A folder with something in it stands where the file should be: the last step, the rename, fails.
    mkdirSync(join(folder, 'out.png', 'kept'), { recursive: true });
    await expect(writeAtomically(join(folder, 'out.png'), 'x')).rejects.toMatchObject({ code: 'bad-input' });
    expect(readdirSync(folder)).toEqual(['out.png']);
    expect(existsSync(join(folder, 'out.png', 'kept'))).toBe(true);
    writeFileSync(join(folder, 'file'), 'kept');
    await expect(writeAtomically(join(folder, 'file', 'out.png'), 'x')).rejects.toThrow(/a part of the path is a file/);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
});

test("a full disk is the machine's fault and says so", { skip: !existsSync('/dev/full') }, async () => {
    const folder = temporaryFolder();
    disk.full = true;
    onTestFinished(() => {
        disk.full = false;
    });
    const error = await writeAtomically(join(folder, 'out.png'), 'x').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'environment' });
    expect(String(error)).toMatch(/the disk is full\. Free some space/);
    expect(readdirSync(folder)).toEqual([]);
});

test('an input that is absent, a folder or no JSON is bad input with a reason', async () => {
    const folder = temporaryFolder();
    await expect(readInput(join(folder, 'none.glb'), 'the model')).rejects.toThrow(
        /the model ".*none.glb" cannot be read: there is no such file/
    );
    await expect(readInput(folder, 'the model')).rejects.toThrow(/it is a folder/);
    writeFileSync(join(folder, 'half.json'), '{"a": [1, 2');
    await expect(readJson(join(folder, 'half.json'), 'the room')).rejects.toThrow(
        /is no JSON: .*Export or download it again/
    );
});

test('endings are checked without regard to case', () => {
    expect(extensionOf('a/B.PNG', ['png', 'exr'], 'the picture')).toBe('png');
    expect(() => extensionOf('a.gif', ['png', 'exr'], 'the picture')).toThrow(
        /the picture "a.gif" ends in ".gif" \(expected .png, .exr\)/
    );
});
