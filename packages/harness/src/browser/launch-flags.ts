/**
 * The flags Chromium is started with, and why each is there.
 *
 * WebGPU on SwiftShader needs four of them together: with any of the last three of {@link SWIFTSHADER_FLAGS} left out,
 * compute still works and the first present loses the device. Two flags that look helpful are poison:
 * `--disable-vulkan-surface` (everything "works", screenshots are blank) and `--disable-gpu-compositing` (device lost).
 */

/** What draws: SwiftShader on the processor, the machine's own GPU, or nothing (pages without WebGPU). */
export type BrowserGpu = 'swiftshader' | 'gpu' | 'none';

/** Measured with Chromium 156 in new headless mode and in the headless shell: 10 of 10 runs draw, compute and read back. */
export const SWIFTSHADER_FLAGS: readonly string[] = Object.freeze([
    '--enable-unsafe-webgpu',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
    '--use-webgpu-adapter=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
    // On a busy machine SwiftShader is slow, not hung; every wait of the harness has an end of its own.
    '--disable-gpu-watchdog'
]);

/** The machine's own GPU; timestamps unquantised. */
export const GPU_FLAGS: readonly string[] = Object.freeze([
    '--enable-unsafe-webgpu',
    '--enable-features=Vulkan',
    '--ignore-gpu-blocklist',
    '--enable-gpu'
]);

/**
 * Pages of the browser's own that nobody looks at. New headless mode gives each browser context a window, and loads the popups of
 * its address bar, a process each: with them a page that draws one small canvas costs 1.8 s of the processor, without 0.8 s.
 */
const UNSEEN_PAGES = [
    'PreloadTopChromeWebUI',
    'WebUIOmniboxPopup',
    'WebUIOmniboxAimPopup',
    'WebUIOmniboxFullPopup',
    'InitialWebUI',
    'SpareRendererForSitePerProcess'
];

/** A browser that does nothing on its own: no updates, no phoning home, no first-run pages, no throttled background tabs. */
const QUIET_FLAGS: readonly string[] = Object.freeze([
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--disable-extensions',
    '--disable-default-apps',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    '--metrics-recording-only',
    '--mute-audio',
    '--hide-scrollbars',
    '--force-color-profile=srgb',
    '--force-device-scale-factor=1',
    '--font-render-hinting=none',
    '--disable-lcd-text',
    `--disable-features=${UNSEEN_PAGES.join(',')}`
]);

/** Nothing goes past a gate, addresses of this machine neither. */
export const GATE_BYPASS = '<-loopback>';

/** What decides the flags. */
export interface FlagChoice {
    readonly gpu: BrowserGpu;
    /** Hosts that pages may reach; `open`: all. */
    readonly hosts: readonly string[] | 'open';
    /** True on Linux as root, where Chromium refuses to start with its sandbox. */
    readonly noSandbox: boolean;
    /** What all connections go through: see Gate. Left out: nothing. */
    readonly proxy?: string;
}

/** All flags for a choice. Hosts that are not allowed do not resolve, whatever asks; ports are what the gate is for. */
export function launchFlags(choice: FlagChoice): string[] {
    const gpu = { swiftshader: SWIFTSHADER_FLAGS, gpu: GPU_FLAGS, none: ['--disable-gpu'] }[choice.gpu];
    const flags = [...gpu, ...QUIET_FLAGS];
    if (choice.hosts !== 'open') {
        // The gate itself must be found.
        const hosts = [...new Set([...choice.hosts, ...(choice.proxy ? ['127.0.0.1'] : [])])];
        const allowed = hosts.map((host) => `, EXCLUDE ${host}`).join(' ');
        flags.push(`--host-resolver-rules=MAP * ~NOTFOUND ${allowed}`.trim());
        if (choice.proxy) flags.push(`--proxy-server=${choice.proxy}`, `--proxy-bypass-list=${GATE_BYPASS}`);
        else flags.push('--no-proxy-server');
        // WebRTC would send UDP past the resolver and the gate; the switch has had two names.
        for (const name of ['--webrtc-ip-handling-policy', '--force-webrtc-ip-handling-policy'])
            flags.push(`${name}=disable_non_proxied_udp`);
        flags.push('--disable-quic', '--dns-prefetch-disable');
    }
    if (choice.noSandbox) flags.push('--no-sandbox', '--disable-setuid-sandbox');
    return flags;
}
