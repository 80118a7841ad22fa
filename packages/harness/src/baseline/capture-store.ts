/**
 * A folder of captures, found by the names of scenario and capture and kept by their content: approved baselines in one, the
 * last run's captures in another, which is why approving is copying and needs no second run.
 *
 *     <folder>/<scenario>/<capture>.json      what it is, how it is judged, who approved it and why
 *     <folder>/objects/ab/<sha256>.<format>   its bytes, once however many captures share them
 *
 * Objects are written before the entries that name them and are never changed, so a killed run leaves at worst an object that
 * nothing names, which `prune` removes.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { slug } from '../report/escape.ts';
import { writeFileAtomic } from '../report/write-report.ts';
import type { CaptureData, JudgeKind } from '../verdict/capture.ts';
import { captureFault } from '../verdict/capture-fault.ts';
import { type CaptureFormat, decodeCapture, type EncodedCapture, encodeCapture } from './capture-format.ts';

/** Who approved a baseline, when known, and why. */
export interface Approval {
    /** Why it is right: `new sofa material`. */
    readonly reason: string;
    readonly by?: string;
    /** Commit of the code that made it. */
    readonly commit?: string;
    /** What drew it. */
    readonly device?: string;
}

/** What a store knows of one capture. */
export interface CaptureEntry {
    readonly scenario: string;
    readonly capture: string;
    readonly judge: JudgeKind;
    readonly format: CaptureFormat;
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly approval: Approval | null;
    /** Which configuration it is of, see HarnessConfig.suite. */
    readonly suite?: string;
    /** Why it can never be a baseline: it was NaN, its scenario failed. Only of what a run captured. */
    readonly fault?: string;
}

/** What a capture is, beside its bytes. */
export type CaptureLabel = Omit<CaptureEntry, 'format' | 'sha256' | 'sizeBytes'>;

const SCHEMA = 'mixreel-capture/1';
const FORMATS: readonly string[] = ['png', 'exr', 'mxm', 'json', 'bin'];
/** A larger file is no capture: it is refused before it is read. */
const MAX_OBJECT_BYTES = 2 ** 31;
const LFS_POINTER = 'version https://git-lfs';

/** See the file comment. */
export class CaptureStore {
    readonly folder: string;

    constructor(folder: string) {
        this.folder = folder;
    }

    /** Captured data, or null if the store has none of that name. Throws `bad-input` for damaged files. */
    async load(scenario: string, capture: string): Promise<CaptureData | null> {
        const entry = await this.entry(scenario, capture);
        return entry && decodeCapture({ format: entry.format, bytes: await this.bytes(entry) });
    }

    /** What is known of a capture, or null. */
    async entry(scenario: string, capture: string): Promise<CaptureEntry | null> {
        return this.#readEntry(this.#entryPath(scenario, capture));
    }

    /** The bytes of an entry, checked against their name. Throws `bad-input` if they are missing or were changed. */
    async bytes(entry: CaptureEntry): Promise<Uint8Array> {
        const path = this.#objectPath(entry);
        const bytes = await readFile(path).catch((cause: unknown) => {
            throw damaged(
                `${path} ${(cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read'}`,
                cause
            );
        });
        if (hash(bytes) === entry.sha256) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
        const pointer = bytes.subarray(0, LFS_POINTER.length).toString('latin1') === LFS_POINTER;
        throw damaged(`${path} ${pointer ? 'is only its pointer of Git LFS: run git lfs pull' : 'was changed'}`);
    }

    /**
     * Keeps a capture under its name, in place of what was there.
     *
     * @throws MixreelError `bad-input` for a baseline (one with an approval) that must not be believed: blank, NaN, of one colour.
     */
    async save(
        scenario: string,
        capture: string,
        judge: JudgeKind,
        data: CaptureData,
        approval: Approval | null
    ): Promise<CaptureEntry> {
        const encoded = encodeCapture(data, judge);
        const fault = captureFault(data, judge);
        const entry = captureEntry(
            { scenario, capture, judge, approval, ...(fault === null ? {} : { fault }) },
            encoded
        );
        await (approval ? this.take(entry, encoded.bytes) : this.put(entry, encoded.bytes));
        return entry;
    }

    /**
     * Keeps an entry as a baseline, unless it has a fault or what is read back from its bytes has: it is that which later captures
     * are compared with, and rounding may have left nothing of a picture.
     *
     * @throws MixreelError `bad-input` for one that can never be a baseline.
     */
    async take(entry: CaptureEntry, bytes: Uint8Array): Promise<void> {
        const { scenario, capture, judge, format, fault } = entry;
        const why = fault ?? captureFault(decodeCapture({ format, bytes }), judge);
        if (why !== null)
            throw badInput(
                `"${capture}" of "${scenario}" cannot be a baseline: ${why}`,
                'a picture of a scenario that came to its end',
                'Mend the scenario first'
            );
        // Git must not change the ends of lines in what is known by its digest.
        const attributes = join(this.folder, '.gitattributes');
        if ((await readFile(attributes).catch(() => null)) === null)
            await writeFileAtomic(attributes, 'objects/** -text\n');
        await this.put(entry, bytes);
    }

    /**
     * Keeps an entry and its bytes as they are, in place of bytes that were damaged. Throws `bad-input` for bytes that are not the
     * entry's: entries come from other machines, too.
     */
    async put(entry: CaptureEntry, bytes: Uint8Array): Promise<void> {
        if (!isWellFormed(entry) || hash(bytes) !== entry.sha256)
            throw damaged(`the bytes of ${JSON.stringify(labelOf(entry))} are not those of its entry`);
        if (!(await this.holds(entry))) await writeFileAtomic(this.#objectPath(entry), bytes);
        const text = `${JSON.stringify({ schema: SCHEMA, ...entry }, null, 2)}\n`;
        await writeFileAtomic(this.#entryPath(entry.scenario, entry.capture), text);
    }

    /** True if the bytes of an entry are here, undamaged. */
    async holds(entry: CaptureEntry): Promise<boolean> {
        return this.bytes(entry).then(
            () => true,
            () => false
        );
    }

    /** Those of a scenario that can be read, by their files' names. */
    async entriesOf(scenario: string): Promise<CaptureEntry[]> {
        const folder = join(this.folder, fileKey(scenario));
        const names = (await listFolder(folder)).filter((name) => name.endsWith('.json'));
        const entries = await Promise.all(names.map((name) => this.#readEntry(join(folder, name)).catch(() => null)));
        return entries.filter((entry) => entry?.scenario === scenario).filter((entry) => entry !== null);
    }

    /** All entries, by scenario and capture. */
    async list(): Promise<CaptureEntry[]> {
        const entries: CaptureEntry[] = [];
        for (const path of await this.#entryPaths()) {
            const entry = await this.#readEntry(path);
            if (entry) entries.push(entry);
        }
        const key = (e: CaptureEntry): string => `${e.scenario}\u0000${e.capture}`;
        return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    }

    /**
     * Removes entries that are not wanted, and objects that no entry names.
     *
     * @param dryRun - True: only says what would be removed.
     * @returns What was removed, as `scenario: capture` and names of objects.
     */
    async prune(keep: (entry: CaptureEntry) => boolean, dryRun: boolean = false): Promise<string[]> {
        const removed: string[] = [];
        const remove = async (path: string, name: string): Promise<void> => {
            if (!dryRun) await rm(path);
            removed.push(name);
        };
        const used = new Set<string>();
        for (const entry of await this.list()) {
            if (keep(entry)) used.add(`${entry.sha256}.${entry.format}`);
            else await remove(this.#entryPath(entry.scenario, entry.capture), labelOf(entry));
        }
        const objects = join(this.folder, 'objects');
        for (const part of await listFolder(objects)) {
            for (const name of await listFolder(join(objects, part)))
                if (!used.has(name)) await remove(join(objects, part, name), name);
        }
        return removed;
    }

    async #entryPaths(): Promise<string[]> {
        const paths: string[] = [];
        for (const folder of await listFolder(this.folder)) {
            if (folder === 'objects') continue;
            for (const name of await listFolder(join(this.folder, folder))) {
                if (name.endsWith('.json')) paths.push(join(this.folder, folder, name));
            }
        }
        return paths;
    }

    async #readEntry(path: string): Promise<CaptureEntry | null> {
        let text: string;
        try {
            text = await readFile(path, 'utf8');
        } catch (cause) {
            if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
            throw damaged(`${path} cannot be read`, cause);
        }
        let entry: Partial<CaptureEntry> & { schema?: string };
        try {
            entry = JSON.parse(text) as Partial<CaptureEntry>;
        } catch (cause) {
            throw damaged(`${path} is no JSON`, cause);
        }
        const { schema, scenario, capture, judge, format, sha256, sizeBytes, approval, suite, fault } = entry ?? {};
        if (
            schema !== SCHEMA ||
            !isWellFormed({ format, sha256 }) ||
            typeof scenario !== 'string' ||
            typeof capture !== 'string'
        ) {
            throw damaged(`${path} is no entry of a capture (${String(schema)})`);
        }
        if (!(typeof sizeBytes === 'number' && sizeBytes <= MAX_OBJECT_BYTES))
            throw damaged(`${path} names an object too large`);
        return {
            scenario,
            capture,
            judge: judge!,
            format: format!,
            sha256: sha256!,
            sizeBytes,
            approval: approval ?? null,
            ...(typeof suite === 'string' ? { suite } : {}),
            ...(typeof fault === 'string' ? { fault } : {})
        };
    }

    #entryPath(scenario: string, capture: string): string {
        return join(this.folder, fileKey(scenario), `${fileKey(capture)}.json`);
    }

    #objectPath({ sha256, format }: CaptureEntry): string {
        return join(this.folder, 'objects', sha256.slice(0, 2), `${sha256}.${format}`);
    }
}

/** Readable, safe on every file system, and different for different names. */
export function fileKey(name: string): string {
    return `${slug(name)}-${hash(new TextEncoder().encode(name)).slice(0, 8)}`;
}

/** The entry of encoded bytes. */
export function captureEntry(label: CaptureLabel, { format, bytes }: EncodedCapture): CaptureEntry {
    return { ...label, format, sha256: hash(bytes), sizeBytes: bytes.length };
}

/** How people name a capture: `room/sofa: night`. */
export function labelOf({ scenario, capture }: Pick<CaptureEntry, 'scenario' | 'capture'>): string {
    return `${scenario}: ${capture}`;
}

/** Format and hash become a path: nothing but these letters. */
function isWellFormed({ format, sha256 }: { readonly format?: unknown; readonly sha256?: unknown }): boolean {
    return FORMATS.includes(format as string) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}

function hash(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
}

async function listFolder(path: string): Promise<string[]> {
    return (await readdir(path).catch(() => [])).sort();
}

function damaged(what: string, cause?: unknown): MixreelError {
    return new MixreelError('bad-input', {
        what: `a stored capture cannot be used: ${what}`,
        mend: 'Restore it from version control, or run the scenario again, look at what it captures, and approve it',
        ...(cause === undefined ? {} : { cause })
    });
}
