export { nodeHost } from './host.ts';
export { TcpProxy, type TcpProxyOptions } from './tcp-proxy.ts';
export { UdpRelay, type UdpRelayOptions } from './udp-relay.ts';
