/** All verbs. A verb's module is loaded when it is called, so that `mixreel doctor` works where a GPU package would not load. */
import type { Command } from './command.ts';

/** One row of {@link COMMANDS}. */
export interface CommandEntry {
    /** One line for the overview, without a full stop. */
    readonly summary: string;
    load(): Promise<Command>;
}

/** Verbs in the order of the overview. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
    run: {
        summary: 'the main job: a real room through the whole chain, and a report',
        load: async () => (await import('./commands/run.ts')).run
    },
    generate: {
        summary: 'make a mixed-reality scene from a captured room',
        load: async () => (await import('./commands/generate.ts')).generate
    },
    render: {
        summary: 'path-trace a glTF model',
        load: async () => (await import('./commands/render.ts')).render
    },
    encode: {
        summary: 'encode pictures into a bitstream',
        load: async () => (await import('./commands/encode.ts')).encode
    },
    decode: {
        summary: 'decode a bitstream into pictures',
        load: async () => (await import('./commands/decode.ts')).decode
    },
    inspect: {
        summary: 'say what a bitstream holds, without decoding it',
        load: async () => (await import('./commands/inspect.ts')).inspect
    },
    edit: {
        summary: 'recolour things in a bitstream, without decoding it',
        load: async () => (await import('./commands/edit.ts')).edit
    },
    emulate: {
        summary: 'simulate a 5G cell and say how many users it satisfies',
        load: async () => (await import('./commands/emulate.ts')).emulate
    },
    proxy: {
        summary: 'carry real connections over an emulated network',
        load: async () => (await import('./commands/proxy.ts')).proxy
    },
    test: {
        summary: 'run the scenarios of a configuration and judge what they capture',
        load: async () => (await import('./commands/test.ts')).test
    },
    approve: {
        summary: "make the last run's captures the baselines",
        load: async () => (await import('./commands/approve.ts')).approve
    },
    prune: {
        summary: 'remove baselines that nothing captures any more',
        load: async () => (await import('./commands/prune.ts')).prune
    },
    quarantine: {
        summary: 'vouch for a capture that is known to be flaky, until a date',
        load: async () => (await import('./commands/quarantine.ts')).quarantine
    },
    merge: {
        summary: 'put the reports of several machines together',
        load: async () => (await import('./commands/merge.ts')).merge
    },
    convert: {
        summary: 'convert a model to glTF',
        load: async () => (await import('./commands/convert.ts')).convert
    },
    doctor: {
        summary: 'say what this machine lacks and how to get it',
        load: async () => (await import('./commands/doctor.ts')).doctor
    }
};
