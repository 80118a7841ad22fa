/**
 * What a run of a configuration comes from: the digest of its file, and the commit of its folder where that is a git checkout.
 * What the file imports and what is not committed is in neither: `--resume` is for the run that was ended, not for a changed one.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Digest and commit by name. The file must be readable. */
export async function sourceOf(configPath: string): Promise<Record<string, string>> {
    const configuration = createHash('sha256')
        .update(await readFile(configPath))
        .digest('hex');
    const commit = await headOf(dirname(resolve(configPath)));
    return { configuration, ...(commit === null ? {} : { commit }) };
}

/** Null: no checkout, no commit yet, or no git here. */
function headOf(cwd: string): Promise<string | null> {
    return new Promise((done) => {
        execFile('git', ['rev-parse', 'HEAD'], { cwd }, (error, stdout) => done(error ? null : stdout.trim()));
    });
}
