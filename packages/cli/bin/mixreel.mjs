#!/usr/bin/env node
// Not by index.js, which loads what only importers of this package want: half a second at every start.
import { runCommandLine } from '../dist/command-line.js';
import { nodeHost } from '../dist/host.js';

const host = nodeHost();
const code = await runCommandLine(process.argv.slice(2), host);
// A device of Dawn would keep the process alive; what was printed must be out before it ends.
await host.flush();
process.exit(code);
