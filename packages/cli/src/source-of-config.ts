/**
 * What a run of a configuration comes from: the digest of its file, the commit of its folder where that is a git checkout, what
 * differs from it, new files that it does not ignore, and what scenarios say that they read (a built page, which git ignores).
 * `--resume` repeats no verdict of another source. What git ignores and nobody names (node_modules, a data set) is in none.
 *
 * Cost: what is not committed is read whole, 1 s for some 500 MB.
 */
import { execFile } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Where a run comes from, as {@link SuiteOptions} has it. */
interface Origin {
    /** Digest of the configuration, and the commit, by name. */
    readonly source: Readonly<Record<string, string>>;
    /** Digest of what is not committed; left out: nothing, or nobody knows. */
    readonly changes?: string;
}

/** Folders inside of what is read that nobody means. */
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * The file must be readable.
 *
 * @param written - Files and folders that runs write: they are no source.
 * @param read - Files and folders that scenarios read; those that are not there are told of by whoever needs them.
 */
export async function originOf(
    configPath: string,
    written: readonly string[],
    read: readonly string[] = []
): Promise<Origin> {
    const configuration = createHash('sha256')
        .update(await readFile(configPath))
        .digest('hex');
    const folder = dirname(resolve(configPath));
    const commit = (await git(folder, 'rev-parse', 'HEAD'))?.trim();
    // Git names the checkout by its real path.
    const own = await Promise.all(written.map(realPathOf));
    const changes = new Changes();
    if (commit !== undefined) await changes.addCheckout(folder, own);
    for (const path of [...new Set(await Promise.all(read.map(realPathOf)))].sort()) await changes.addTree(path, own);
    const source = commit === undefined ? { configuration } : { configuration, commit };
    return changes.digest === undefined ? { source } : { source, changes: changes.digest };
}

/** The digest of whatever was added, and of nothing none. */
class Changes {
    readonly #hash: Hash = createHash('sha256');
    #some = false;

    get digest(): string | undefined {
        return this.#some ? this.#hash.copy().digest('hex') : undefined;
    }

    /** All that differs from the commit in files that git knows, anywhere in the checkout, and files that it could come to know. */
    async addCheckout(folder: string, written: readonly string[]): Promise<void> {
        const top = (await git(folder, 'rev-parse', '--show-toplevel'))?.trim() ?? folder;
        const paths = written.map((path) => relative(top, path).replaceAll(sep, '/'));
        const except = paths
            .filter((path) => path && !path.startsWith('..'))
            .map((path) => `:(exclude,literal)${path}`);
        const how = ['--binary', '--no-ext-diff', '--no-textconv', '--no-renames'];
        const diff = (await git(top, 'diff', 'HEAD', ...how, '--', '.', ...except)) ?? '';
        if (diff) this.#add(diff);
        const fresh = await git(top, 'ls-files', '--others', '--exclude-standard', '-z', '--', '.', ...except);
        for (const path of (fresh ?? '').split('\0').filter(Boolean).sort()) await this.#addFile(join(top, path), path);
    }

    /** A file, or all files below a folder but those that runs write; folders that are linked are not gone into. */
    async addTree(path: string, written: readonly string[]): Promise<void> {
        if (written.includes(path)) return;
        const inside = await readdir(path, { withFileTypes: true }).catch(() => null);
        if (inside === null) return this.#addFile(path, path);
        for (const own of inside.sort((a, b) => (a.name < b.name ? -1 : 1))) {
            const below = join(path, own.name);
            if (PASSED_OVER.has(own.name) || written.includes(below)) continue;
            await (own.isDirectory() ? this.addTree(below, written) : this.#addFile(below, below));
        }
    }

    /** One that cannot be read (a socket, a link to nowhere) is in by its name. */
    async #addFile(path: string, name: string): Promise<void> {
        this.#add(`${name}\0`);
        try {
            for await (const chunk of createReadStream(path)) this.#add(chunk as Buffer);
        } catch {
            this.#add('unread\0');
        }
    }

    #add(content: string | Uint8Array): void {
        this.#some = true;
        this.#hash.update(content);
    }
}

async function realPathOf(path: string): Promise<string> {
    return realpath(path).catch(() => resolve(path));
}

/** Undefined: no checkout, no commit yet, no git here, or more than 1 GiB. */
function git(cwd: string, ...words: readonly string[]): Promise<string | undefined> {
    return new Promise((done) => {
        execFile('git', words, { cwd, maxBuffer: 2 ** 30 }, (error, stdout) => done(error ? undefined : stdout));
    });
}
