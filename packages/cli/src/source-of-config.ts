/**
 * What a run of a configuration comes from: the digest of its file, the commit of its folder where that is a git checkout, and
 * what differs from it. `--resume` repeats no verdict of another source; files that git does not know are in none.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';

/** Where a run comes from, as {@link SuiteOptions} has it. */
interface Origin {
    /** Digest of the configuration, and the commit, by name. */
    readonly source: Readonly<Record<string, string>>;
    /** Digest of what is not committed; left out: nothing, or nobody knows. */
    readonly changes?: string;
}

/**
 * The file must be readable.
 *
 * @param written - Files and folders that runs write: they are no source.
 */
export async function originOf(configPath: string, written: readonly string[]): Promise<Origin> {
    const configuration = digestOf(await readFile(configPath));
    const folder = dirname(resolve(configPath));
    const commit = (await git(folder, 'rev-parse', 'HEAD'))?.trim();
    if (commit === undefined) return { source: { configuration } };
    const changes = await changesIn(folder, written);
    return { source: { configuration, commit }, ...(changes ? { changes: digestOf(changes) } : {}) };
}

/** All that differs from the commit in files that git knows, anywhere in the checkout. */
async function changesIn(folder: string, written: readonly string[]): Promise<string> {
    const top = (await git(folder, 'rev-parse', '--show-toplevel'))?.trim() ?? folder;
    // Git names the checkout by its real path.
    const real = await Promise.all(written.map((path) => realpath(path).catch(() => resolve(path))));
    const paths = real.map((path) => relative(top, path).replaceAll(sep, '/'));
    const except = paths.filter((path) => path && !path.startsWith('..')).map((path) => `:(exclude,literal)${path}`);
    const how = ['--binary', '--no-ext-diff', '--no-textconv', '--no-renames'];
    return (await git(top, 'diff', 'HEAD', ...how, '--', '.', ...except)) ?? '';
}

function digestOf(content: string | Uint8Array): string {
    return createHash('sha256').update(content).digest('hex');
}

/** Undefined: no checkout, no commit yet, no git here, or more than 1 GiB. */
function git(cwd: string, ...words: readonly string[]): Promise<string | undefined> {
    return new Promise((done) => {
        execFile('git', words, { cwd, maxBuffer: 2 ** 30 }, (error, stdout) => done(error ? undefined : stdout));
    });
}
