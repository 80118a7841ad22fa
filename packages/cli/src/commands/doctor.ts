/** `mixreel doctor`: what this machine has, what it lacks, and how to get it. With `--provide`, gets it. */
import { spawnSync } from 'node:child_process';
import { MixreelError } from '@mixreel/core';
import { type BrowserSearch, searchBrowser } from '@mixreel/harness';
import { type Command, type CommandContext, defineCommand } from '../command.ts';
import { flag } from '../option.ts';

/** One line of the doctor's findings. */
interface Finding {
    /** `Node.js`, `Chromium`, `WebGPU in Node` … */
    readonly part: string;
    /** `optional`: absent, and nothing but the named feature suffers. */
    readonly state: 'ok' | 'missing' | 'optional';
    readonly detail: string;
    /** How to get it; empty if it is there. */
    readonly mend: string;
}

/** Least Node.js that the packages run on. */
const NODE_MINIMUM = [20, 19] as const;

export const doctor: Command = defineCommand({
    operands: '',
    operandCount: [0, 0],
    description:
        'Looks for what rendering and browser tests need: Node.js, Chromium, the Vulkan loader, a Vulkan driver, a WebGPU\n' +
        'device, and optionally ffmpeg. Exit code 3 if something needed is missing.',
    options: {
        provide: flag('get what is missing: download Chromium, or as root apt-get install chromium libvulkan1')
    },
    examples: [
        ['mixreel doctor', 'look only'],
        ['mixreel doctor --provide', 'look, and get what is missing']
    ],
    async run(_operands, options, context) {
        const search = await searchBrowser({
            install: options.provide,
            progress: context.progress,
            onStep: (step) => context.log(`${step.what}: ${step.outcome}, ${step.detail}`)
        });
        const findings = [nodeFinding(process.versions.node), browserFinding(search), vulkanFinding(search)];
        findings.push(await deviceFinding(context), ffmpegFinding());
        const missing = findings.some((finding) => finding.state === 'missing');
        return { text: describe(findings), json: { ok: !missing, findings }, exitCode: missing ? 3 : 0 };
    }
});

function nodeFinding(version: string): Finding {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [leastMajor, leastMinor] = NODE_MINIMUM;
    if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
        return { part: 'Node.js', state: 'ok', detail: version, mend: '' };
    }
    const mend = `Install Node.js ${leastMajor}.${leastMinor} or newer from https://nodejs.org`;
    return { part: 'Node.js', state: 'missing', detail: `${version} is too old`, mend };
}

function browserFinding({ browser, mend }: BrowserSearch): Finding {
    const part = 'Chromium';
    if (browser === null) return { part, state: 'missing', detail: 'none found', mend: mend.join('. ') };
    const detail = `${browser.executablePath} (${browser.version ?? 'version unknown'}; ${browser.source})`;
    return { part, state: 'ok', detail, mend: '' };
}

function vulkanFinding({ vulkan, mend }: BrowserSearch): Finding {
    const part = 'Vulkan loader';
    if (vulkan === null) return { part, state: 'missing', detail: 'libvulkan.so.1 is missing', mend: mend.join('. ') };
    return { part, state: 'ok', detail: vulkan, mend: '' };
}

async function deviceFinding(context: CommandContext): Promise<Finding> {
    const part = 'WebGPU in Node';
    try {
        const device = await context.createDevice();
        const { vendor, architecture, description, driver } = device.info;
        device.destroy();
        const name = [description || `${vendor} ${architecture}`, driver].filter(Boolean).join(', by ');
        return { part, state: 'ok', detail: name, mend: '' };
    } catch (error) {
        if (!(error instanceof MixreelError)) throw error;
        const detail = error.message.slice(0, error.message.lastIndexOf(error.mend)).replace(/[. ]+$/, '');
        return { part, state: 'missing', detail, mend: error.mend };
    }
}

function ffmpegFinding(): Finding {
    const part = 'ffmpeg';
    const run = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8', timeout: 10_000 });
    const version = /^ffmpeg version (\S+)/.exec(run.stdout ?? '')?.[1];
    if (version !== undefined) return { part, state: 'ok', detail: version, mend: '' };
    const mend = 'Install ffmpeg to compare with other codecs; nothing else needs it';
    return { part, state: 'optional', detail: 'not found', mend };
}

function describe(findings: readonly Finding[]): string {
    const signs = { ok: 'ok      ', missing: 'MISSING ', optional: 'optional' };
    const width = Math.max(...findings.map((finding) => finding.part.length));
    return findings
        .map(({ part, state, detail, mend }) => {
            const line = `${signs[state]}  ${part.padEnd(width)}  ${detail}`;
            return mend === '' ? line : `${line}\n${' '.repeat(12 + width)}${mend}.`;
        })
        .join('\n');
}
