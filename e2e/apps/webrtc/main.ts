/** Two peers of Chromium's own WebRTC in one page: what the first sends and receives takes an emulated line. */
import { Rng } from '@mixreel/core';
import { DelayLine, type DelayLineOptions, PageNetwork } from '@mixreel/xrnet';
import { offer, type Plain } from '../../src/page-api.ts';

/** What Chromium has and the DOM's types lack: encoded frames as streams. */
interface FrameStreams {
    readonly readable: ReadableStream<RTCEncodedVideoFrame>;
    readonly writable: WritableStream<RTCEncodedVideoFrame>;
}
type WithStreams<T> = T & { createEncodedStreams(): FrameStreams };

const SIDE_PX = 96;
/** Pictures that are drawn, and ms that are waited, at most. */
const MOST_TICKS = 900;
const MOST_MS = 20_000;
const canvas = document.getElementById('canvas') as HTMLCanvasElement;

function network(options: Partial<DelayLineOptions>): PageNetwork {
    const line = (name: string): DelayLine => new DelayLine(options, Rng.create(3).child(name));
    return new PageNetwork({ toServer: line('up'), toClient: line('down') });
}

/** Two peers that know each other's candidates, and a way to end them. */
function peers(configuration: object = {}): { near: RTCPeerConnection; far: RTCPeerConnection } {
    const [near, far] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
    return { near, far };
}

async function connect(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription as RTCSessionDescription);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription as RTCSessionDescription);
}

/** An open channel whose other end sends back what it gets. */
async function echoed(init: RTCDataChannelInit): Promise<{ channel: RTCDataChannel; end: () => void }> {
    const { near, far } = peers();
    far.ondatachannel = ({ channel }) => {
        channel.onmessage = ({ data }) => channel.send(data as string);
    };
    const channel = near.createDataChannel('pose', init);
    const opened = new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
    await connect(near, far);
    await opened;
    return {
        channel,
        end: () => {
            near.close();
            far.close();
        }
    };
}

/** Sends a message and waits for it; the time that took, ms. */
function roundTrip(channel: RTCDataChannel, text: string): Promise<number> {
    const sent = performance.now();
    return new Promise((resolve) => {
        channel.addEventListener('message', () => resolve(performance.now() - sent), { once: true });
        channel.send(text);
    });
}

offer(async () => ({
    /** Round trips of a reliable channel, ms: as it is, and over a line of so many ms each way. */
    async roundTrips(delayMs) {
        const { channel, end } = await echoed({});
        const bare: number[] = [];
        const over: number[] = [];
        for (let i = 0; i < 10; i++) bare.push(await roundTrip(channel, `bare ${i}`));
        const net = network({ delayNs: (delayMs as number) * 1e6 });
        net.dataChannel(channel);
        for (let i = 0; i < 10; i++) over.push(await roundTrip(channel, `over ${i}`));
        net.close();
        end();
        return { bare, over };
    },
    /** Of so many messages on an unreliable channel over a line that loses a share each way: what the network counted, what came back. */
    async datagrams(argument) {
        const { count, lossRate } = argument as { count: number; lossRate: number };
        const { channel, end } = await echoed({ ordered: false, maxRetransmits: 0 });
        const net = network({ lossRate });
        net.dataChannel(channel);
        const back: string[] = [];
        const { counters: up } = net.toServer;
        const { counters: down } = net.toClient;
        channel.addEventListener('message', ({ data }) => back.push(data as string));
        for (let i = 0; i < count; i++) channel.send(String(i));
        const endMs = performance.now() + MOST_MS;
        // Until everything is decided: what went up was answered, and what came down was heard.
        const isDecided = (): boolean =>
            up.delivered + up.lost === count && down.delivered + down.lost === up.delivered;
        while (!isDecided() && performance.now() < endMs)
            await new Promise((resolve) => requestAnimationFrame(resolve));
        const result = { up: { ...up }, down: { ...down }, back };
        net.close();
        end();
        return result as unknown as Plain;
    },
    /** Streams a changing canvas as video whose encoded frames take a line; which of them came, and after how long, ms. */
    async frames(argument) {
        const { count, delayMs, lossRate } = argument as { count: number; delayMs: number; lossRate: number };
        const { near, far } = peers({ encodedInsertableStreams: true });
        const net = network({ delayNs: delayMs * 1e6, lossRate });
        // By timestamp: Chromium probes the way with packets that it has sent before, so that a frame may come twice.
        const sentMs = new Map<number, number>();
        const arrived = new Set<number>();
        const delaysMs: number[] = [];
        let ended = (): void => {};
        const came = new Promise<void>((resolve) => {
            ended = resolve;
            far.ontrack = ({ receiver, streams: [stream] }) => {
                const { readable, writable } = (receiver as WithStreams<RTCRtpReceiver>).createEncodedStreams();
                const heard = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
                    transform(frame, controller) {
                        const at = sentMs.get(frame.timestamp);
                        if (at !== undefined && !arrived.has(frame.timestamp)) {
                            arrived.add(frame.timestamp);
                            delaysMs.push(performance.now() - at);
                        }
                        if (sentMs.size >= count) ended();
                        controller.enqueue(frame);
                    }
                });
                void readable.pipeThrough(heard).pipeTo(writable);
                const video = document.createElement('video');
                video.muted = true;
                video.srcObject = stream ?? null;
                void video.play();
            };
        });
        canvas.width = SIDE_PX;
        canvas.height = SIDE_PX;
        const context = canvas.getContext('2d') as CanvasRenderingContext2D;
        const stream = canvas.captureStream(30);
        const sender = near.addTrack(stream.getVideoTracks()[0] as MediaStreamTrack, stream);
        const { readable, writable } = (sender as WithStreams<RTCRtpSender>).createEncodedStreams();
        const leaving = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
            transform(frame, controller) {
                if (!sentMs.has(frame.timestamp)) sentMs.set(frame.timestamp, performance.now());
                controller.enqueue(frame);
            }
        });
        void readable
            .pipeThrough(leaving)
            .pipeThrough(net.encodedFrames<RTCEncodedVideoFrame>('toServer'))
            .pipeTo(writable);
        await connect(near, far);
        let ticks = 0;
        const timer = setInterval(() => {
            context.fillStyle = `hsl(${(ticks * 47) % 360} 80% 50%)`;
            context.fillRect((ticks * 13) % SIDE_PX, 0, SIDE_PX / 3, SIDE_PX);
            ticks++;
            // What has not come by then fails the test; it does not hold it up.
            if (ticks > MOST_TICKS) ended();
        }, 33);
        await came;
        clearInterval(timer);
        const { lost } = net.toServer.counters;
        const result = { sent: sentMs.size, packetsLost: lost, delaysMs };
        near.close();
        far.close();
        net.close();
        return result;
    }
}));
