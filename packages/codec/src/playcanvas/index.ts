export {
    STREAM_RECEIVER_DEFAULTS,
    STREAM_SENDER_DEFAULTS,
    type StreamReceiverOptions,
    type StreamSenderOptions
} from './stream-options.ts';
export { StreamReceiverPlugin } from './stream-receiver-plugin.ts';
export { StreamSenderPlugin } from './stream-sender-plugin.ts';
