#!/usr/bin/env node
import { nodeHost, runCommandLine } from '../dist/index.js';

const host = nodeHost();
const code = await runCommandLine(process.argv.slice(2), host);
// A device of Dawn would keep the process alive; what was printed must be out before it ends.
await host.flush();
process.exit(code);
