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
    doctor: {
        summary: 'say what this machine lacks and how to get it',
        load: async () => (await import('./commands/doctor.ts')).doctor
    }
};
