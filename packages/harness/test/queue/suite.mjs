/**
 * A suite that notes each start in a file, and whose scenario "holds" never ends for whoever is the first to start it. As a
 * program: one machine of a queued run. `node suite.mjs FOLDER URL RUN OUT`
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Frame } from '@mixreel/image';

/** A machine that is busy with other tests does not hear of its workers for a second or more. */
export const LOST_AFTER_S = 2;
const color = Float32Array.from({ length: 192 }, (_, i) => i / 192);

export function suiteConfig(folder, outDir) {
    const started = join(folder, 'started.txt');
    const scenario = (name, more) => ({
        name,
        run: async (context) => {
            appendFileSync(started, `${name} ${process.pid}\n`);
            await more?.(context);
            context.capture.counters('work', { rays: 10 }, { expected: { rays: 10 } });
        }
    });
    const plain = Array.from({ length: 10 }, (_, i) => scenario(`plain ${i}`));
    const holds = scenario('holds', ({ progress }) => {
        if (existsSync(join(folder, 'held'))) return;
        writeFileSync(join(folder, 'held'), String(process.pid));
        return new Promise((_, reject) => progress.signal.addEventListener('abort', () => reject(new Error('ended'))));
    });
    const picture = scenario('picture', ({ capture }) =>
        capture.deterministic('view', new Frame({ widthPx: 8, heightPx: 8, layers: { color } }))
    );
    const scenarios = [holds, ...plain, picture, { name: 'skipped', skip: 'not here', run: () => {} }];
    return { scenarios, outDir, baselineDir: join(folder, 'baselines'), timeoutS: 60 };
}

export const startsOf = (folder) =>
    readFileSync(join(folder, 'started.txt'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.replace(/ \d+$/, ''))
        .sort();

const [, script, folder, url, runId, outDir] = process.argv;
if (script?.endsWith('suite.mjs')) {
    const { runQueued } = await import('@mixreel/harness/queue');
    const { run } = await runQueued(suiteConfig(folder, outDir), {}, { url, runId, lostAfterS: LOST_AFTER_S });
    console.log(JSON.stringify(run.scenarios.map(({ name, status }) => [name, status])));
}
