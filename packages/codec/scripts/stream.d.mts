import type { StreamReceiverPlugin, StreamSenderPlugin } from '@mixreel/codec/playcanvas';
import type { PduSet, PduSetArrival } from '@mixreel/core';
import { type Entity, Script } from 'playcanvas';

/** See `stream.mjs`. Fires `stream:frame` with an `EncodedFrame`, `stream:error` with a `MixreelError`. */
export class StreamSender extends Script {
    static scriptName: string;
    channel: string;
    widthPx: number;
    heightPx: number;
    framesPerSecond: number;
    quality: number;
    concepts: boolean;
    readonly plugin: StreamSenderPlugin | null;
}

/** See `stream.mjs`. Fires `stream:frame` with a `DecodedFrame`. */
export class StreamReceiver extends Script {
    static scriptName: string;
    channel: string;
    show: boolean;
    camera: Entity | null;
    readonly plugin: StreamReceiverPlugin | null;
    receive(arrivals: readonly (PduSet | PduSetArrival)[]): void;
}
