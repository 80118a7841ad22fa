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
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { slug } from '../report/escape.ts';
import { writeFileAtomic } from '../report/write-report.ts';
import type { CaptureData, JudgeKind } from '../verdict/capture.ts';
import { captureFault } from '../verdict/capture-fault.ts';
import { type CaptureFormat, decodeCapture, encodeCapture } from './capture-format.ts';

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
}

const SCHEMA = 'mixreel-capture/1';
const FORMATS: readonly string[] = ['png', 'exr', 'mxm', 'json', 'bin'];
/** A larger file is no capture: it is refused before it is read. */
const MAX_OBJECT_BYTES = 2 ** 31;

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

    /** The bytes of an entry, checked against their name. */
    async bytes(entry: CaptureEntry): Promise<Uint8Array> {
        const path = this.#objectPath(entry);
        const bytes = await readFile(path).catch((cause: unknown) => {
            throw damaged(`${path} is missing`, cause);
        });
        if (hash(bytes) !== entry.sha256) throw damaged(`${path} was changed`);
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    }

    /**
     * Keeps a capture under its name, in place of what was there.
     *
     * @throws MixreelError `bad-input` for a capture that must not be believed: blank, NaN, of one colour.
     */
    async save(
        scenario: string,
        capture: string,
        judge: JudgeKind,
        data: CaptureData,
        approval: Approval | null
    ): Promise<CaptureEntry> {
        if (approval) refuseFault(scenario, capture, data);
        const { format, bytes } = encodeCapture(data, judge);
        const entry = { scenario, capture, judge, format, sha256: hash(bytes), sizeBytes: bytes.length, approval };
        await this.put(entry, bytes);
        return entry;
    }

    /** Keeps an entry and its bytes as they are. */
    async put(entry: CaptureEntry, bytes: Uint8Array): Promise<void> {
        const object = this.#objectPath(entry);
        const there = await stat(object).catch(() => null);
        if (there?.size !== bytes.length) await writeFileAtomic(object, bytes);
        const text = `${JSON.stringify({ schema: SCHEMA, ...entry }, null, 2)}\n`;
        await writeFileAtomic(this.#entryPath(entry.scenario, entry.capture), text);
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
     * @returns What was removed, as `scenario: capture` and names of objects.
     */
    async prune(keep: (entry: CaptureEntry) => boolean): Promise<string[]> {
        const removed: string[] = [];
        const used = new Set<string>();
        for (const entry of await this.list()) {
            if (keep(entry)) {
                used.add(`${entry.sha256}.${entry.format}`);
                continue;
            }
            await rm(this.#entryPath(entry.scenario, entry.capture));
            removed.push(`${entry.scenario}: ${entry.capture}`);
        }
        const objects = join(this.folder, 'objects');
        for (const part of await listFolder(objects)) {
            for (const name of await listFolder(join(objects, part))) {
                if (used.has(name)) continue;
                await rm(join(objects, part, name));
                removed.push(name);
            }
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
        const { schema, scenario, capture, judge, format, sha256, sizeBytes, approval } = entry ?? {};
        // Format and hash become a path: nothing but these letters.
        const wellFormed = FORMATS.includes(format ?? '') && /^[0-9a-f]{64}$/.test(sha256 ?? '');
        if (schema !== SCHEMA || !wellFormed || typeof scenario !== 'string' || typeof capture !== 'string') {
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
            approval: approval ?? null
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

/** Throws `bad-input` for a capture that can never be a baseline. */
export function refuseFault(scenario: string, capture: string, data: CaptureData): void {
    const fault = captureFault(data);
    if (fault === null) return;
    throw badInput(
        `"${capture}" of "${scenario}" cannot be a baseline: ${fault}`,
        'a picture',
        'Mend the scenario first'
    );
}

function hash(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
}

async function listFolder(path: string): Promise<string[]> {
    return (await readdir(path).catch(() => [])).sort();
}

function damaged(what: string, cause?: unknown): MixreelError {
    return new MixreelError('bad-input', {
        what: `a baseline cannot be used: ${what}`,
        mend: 'Restore it from version control, or approve the capture again',
        ...(cause === undefined ? {} : { cause })
    });
}
