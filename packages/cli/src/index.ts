export { type PageNetworkOptions, pageNetwork } from './chain/page-networks.ts';
export { runCommandLine } from './command-line.ts';
export { EXIT_CODES, type ExitCode } from './exit-code.ts';
export { type Host, nodeHost } from './host.ts';
