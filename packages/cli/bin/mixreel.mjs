#!/usr/bin/env node
import { endWithWatcher, mustBeWatched, sayDone, watchRun } from '../dist/watched-run.js';

const words = process.argv.slice(2);
if (mustBeWatched(words)) process.exit(await watchRun());
endWithWatcher();
// Not by index.js, which loads what only importers of this package want: half a second at every start.
const { runCommandLine } = await import('../dist/command-line.js');
const { nodeHost } = await import('../dist/host.js');

const host = nodeHost();
const code = await runCommandLine(words, host);
// A device of Dawn would keep the process alive; what was printed must be out before it ends.
await host.flush();
await sayDone();
process.exit(code);
