/** The parts that every scene importer starts from, and the checks that it ends with. */
import { badInput } from '@mixreel/core';
import { checkDocument } from '../document-check.ts';
import { resolveGltfLimits } from '../gltf-read.ts';
import type { EnvironmentMap, ImportedScene, ImportOptions } from './imported-scene.ts';
import { Pictures } from './pictures.ts';
import { ReportBuilder } from './report.ts';
import { SceneBuilder } from './scene-builder.ts';

const MAX_TEXT_BYTES = 2 ** 28;
const MAX_INCLUDES = 1000;

export class ImportContext {
    readonly options: ImportOptions;
    readonly report: ReportBuilder = new ReportBuilder();
    readonly files: Pictures;
    readonly builder: SceneBuilder;
    environment: EnvironmentMap | undefined;
    #includes = 0;

    constructor(options: ImportOptions) {
        this.options = options;
        const resolve =
            options.resolve ??
            ((name: string) => {
                throw badInput(
                    `the file "${name}" is needed`,
                    'a resolver',
                    'Pass options.resolve, or use readSceneFile'
                );
            });
        this.files = new Pictures({ resolve, ...(options.rename ? { rename: options.rename } : {}) }, this.report);
        this.builder = new SceneBuilder(this.report, this.files, resolveGltfLimits(options));
    }

    /** A file that a scene includes. Files that include others twice over would else double with each level. */
    async include(name: string): Promise<Uint8Array> {
        if (++this.#includes > MAX_INCLUDES) {
            throw badInput(`the scene includes over ${MAX_INCLUDES} files`, 'fewer', 'Write it as fewer files');
        }
        return this.files.file(name);
    }

    /** Radiance is finite and not negative: pictures hold other values too. */
    #mendEnvironment({ data }: EnvironmentMap): void {
        let count = 0;
        for (let i = 0; i < data.length; i++) {
            if (data[i]! >= 0 && data[i]! < Infinity) continue;
            data[i] = 0;
            count++;
        }
        if (count > 0) this.report.approximate(`environment: ${count} values that are negative or not finite`, '0');
    }

    finish(): ImportedScene {
        if (this.environment) this.#mendEnvironment(this.environment);
        checkDocument(this.builder.document, resolveGltfLimits(this.options));
        return {
            document: this.builder.document,
            report: this.report.build(),
            ...(this.environment ? { environment: this.environment } : {})
        };
    }
}

/** Text of a scene file; throws `bad-input` when it is binary or too long. */
export function decodeText(bytes: Uint8Array, format: string): string {
    if (bytes.length > MAX_TEXT_BYTES) {
        throw badInput(`the ${format} file has ${bytes.length} bytes`, `at most ${MAX_TEXT_BYTES}`, 'Split it');
    }
    if (bytes.includes(0))
        throw badInput(`the ${format} file holds zero bytes`, 'text', 'Check that it is the right file');
    return new TextDecoder().decode(bytes);
}
