export { ExposureApi, type ExposureApiOptions } from './exposure-api.ts';
export { nodeHost } from './host.ts';
export { runStudy, type StudyOptions } from './run-study.ts';
export { startLiveModel } from './start-live-model.ts';
export { TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';
export { UdpRelay, type UdpRelayOptions } from './udp-relay.ts';
