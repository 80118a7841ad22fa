export { BEARER_NAMES, type Bearer } from './cell/bearer.ts';
export { Cell, type CellEvents } from './cell/cell.ts';
export type { Flow } from './cell/flow.ts';
export { type FlowKpi, SATISFIED_SHARE } from './cell/flow-kpi.ts';
export { duplicateLegs, offloadBySlot } from './cell/legs.ts';
export type { UserState } from './cell/network-state.ts';
export { type TracedArrival, type TracedPacket, tracedPackets, type UnitOutcome } from './cell/outcome.ts';
export { type CellResult, type SimulateOptions, simulateCell, type UserResult } from './cell/simulate-cell.ts';
export {
    type CarrierConfig,
    CELL_DEFAULTS,
    type CellConfig,
    type CellConfigInput,
    type FadingConfig,
    type Fidelity,
    fidelityOf,
    type RadioConfig,
    type SchedulerName,
    type SecondaryConfig,
    SUBBAND_DEFAULTS,
    type SubbandConfig
} from './config.ts';
export { cellControl } from './exposure/cell-control.ts';
export {
    ADMITTED_SHARE,
    QOS_PROFILES,
    type QosControl,
    QosOnDemand,
    type QosProfile,
    type QosRefusal,
    type QosRequest,
    type QosSession,
    type QosStatus,
    type QosStatusInfo
} from './exposure/qos-on-demand.ts';
export { lenaCompatCell, lenaCompatFlows } from './lena-compat.ts';
export { LiveCell, type LiveCellOptions } from './live/cell-path.ts';
export { readCsvTrace } from './live/csv-trace.ts';
export { DELAY_LINE_DEFAULTS, DelayLine, type DelayLineOptions } from './live/delay-line.ts';
export { type EmulatedFetchOptions, emulatedFetch, webHost } from './live/emulated-fetch.ts';
export { type LiveModel, type LiveWays, openLiveModel } from './live/live-model.ts';
export { type Deliver, type LiveCounters, type LiveHost, LivePath } from './live/live-path.ts';
export { type ModelPort, type SchedulerLag, type WebEnd, webEnd } from './live/model-port.ts';
export { serveLiveModel } from './live/model-thread.ts';
export type { PacketFate, PacketPath } from './live/packet-path.ts';
export {
    type EncodedFrame,
    type MessageSocket,
    PageNetwork,
    type PageNetworkOptions,
    type Way
} from './live/page-network.ts';
export { RemoteModel } from './live/remote-model.ts';
export { readMahimahiTrace, TracePath } from './live/trace-path.ts';
export { AQM_DEFAULTS, Aqm, type AqmConfig, type QueueDiscipline } from './mac/aqm.ts';
export {
    type BufferStatusTable,
    bufferSizeBound,
    bufferSizeIndex,
    delayStatusIndex,
    REFINED_ABOVE_BYTES,
    reportedBytes
} from './mac/buffer-status.ts';
export {
    type ConfiguredGrant,
    isOccasion,
    nextOccasions,
    periodStart,
    reclaimedOccasions,
    requireConfiguredGrant,
    utoBitmap
} from './mac/configured-grant.ts';
export { type CongestionDrop, isDropped } from './mac/congestion-drop.ts';
export {
    type DrxCycle,
    type DrxTiming,
    NON_INTEGER_LONG_CYCLES,
    NON_INTEGER_SHORT_CYCLES,
    nextOnDurationMs,
    onDurationStarts,
    requireDrx
} from './mac/drx.ts';
export type { DrxConfig } from './mac/drx-listener.ts';
export { type Interruption, interruptionsOf, type Mobility } from './mac/handover.ts';
export type { LinkCounters } from './mac/harq.ts';
export { CHANNEL_DEFAULTS, type LogicalChannel, Prioritisation } from './mac/lcp.ts';
export { type DropRule, dropRule, type FrameKind, ReferenceChain } from './mac/psihi.ts';
export type { SegmentRecord } from './mac/set-store.ts';
export { TimingWheel } from './mac/timing-wheel.ts';
export type { HandoverConfig } from './network/handovers.ts';
export type { CellSite, Place } from './network/layout.ts';
export type { DroppedUser, NetworkRadio } from './network/links.ts';
export type { CoupledCells, NetworkConfig } from './network/network-config.ts';
export { type NetworkCellResult, type NetworkResult, simulateNetwork } from './network/simulate-network.ts';
export { BlerModel } from './phy/bler.ts';
export { type BuildingName, insideLossDb, wallLossDb } from './phy/building-loss.ts';
export type { SinrMapping } from './phy/effective-sinr.ts';
export { type Mcs, type McsTableName, mcsTable } from './phy/mcs.ts';
export {
    type Geometry,
    type PlaceName,
    pathLossDb,
    shadowCorrelationM,
    shadowStdDb,
    sightProbability
} from './phy/path-loss.ts';
export { type CodeBlocks, codeBlocks, resourceElementsPerPrb, transportBlockBits } from './phy/tbs.ts';
export { type Direction, TddPattern } from './phy/tdd.ts';
export { TDL_PROFILES, type TdlName, type TdlProfile } from './phy/tdl.ts';
export { CELL_PRESET_NAMES, type CellPresetName, cellPreset } from './presets.ts';
export { FIVE_QI_PROFILES, type FiveQi, type FiveQiProfile } from './qos/five-qi.ts';
export { fitXrmi, type RatedInput, type XrmiFit } from './quality/fit-xrmi.ts';
export {
    type DisplayConditions,
    type FrameOutcome,
    frameOutcomes,
    xrmiInputOf,
    xrmiOf
} from './quality/frames.ts';
export {
    DISPLAY_DEFAULTS,
    type DisplayedFrame,
    type DisplayOptions,
    type DisplayResult,
    displayFrames,
    type Gaze,
    type HeadTrack,
    lookingAround
} from './quality/time-warp.ts';
export {
    type Saturation,
    XRMI_V1,
    type Xrmi,
    type XrmiCoefficients,
    type XrmiInput,
    type XrmiScenario,
    xrmi
} from './quality/xrmi.ts';
export { resolveCellConfig } from './resolve-config.ts';
export { decodePduSetMark, encodePduSetMark, type PduSetMark } from './rtp/pdu-set-header.ts';
export { type RenderSite, SPLIT_DEFAULTS, SplitController, type SplitOptions } from './service/split-rendering.ts';
export { CAPACITY_SHARE, type Capacity, capacityOf, type LoadPoint } from './study/capacity.ts';
export { replayUser } from './study/replay-user.ts';
export {
    cellCount,
    type NetworkScenario,
    readScenario,
    SCENARIO_FORMAT,
    type ScenarioVariant
} from './study/scenario.ts';
export { readScenarioFile, recordedFilesOf } from './study/scenario-file.ts';
export type { RecordedFiles, ScenarioFlow } from './study/scenario-flow.ts';
export {
    DELAY_BIN_NS,
    doStudyRun,
    type RunOutcome,
    type StudyPoint,
    type StudyResult,
    studyResult,
    studyRuns
} from './study/study.ts';
export { type TraceChoice, traceUser } from './study/trace-user.ts';
export type { StudyRun } from './study/world.ts';
export { type BurstPattern, burstOffsets } from './traffic/burst-offset.ts';
export {
    type BulkModel,
    type EncodingModel,
    type JitterModel,
    type PeriodicModel,
    type PoissonModel,
    type RecordedModel,
    TRAFFIC_NAMES,
    type TrafficModel,
    type TrafficName,
    trafficModel,
    type VideoModel,
    videoModel
} from './traffic/models.ts';
export { type PacketTraceOptions, readPacketTrace } from './traffic/packet-trace.ts';
export { RateControl, type RateControlName } from './traffic/rate-control.ts';
export { createSender, SENDER_NAMES, Sender, type SenderName } from './traffic/senders.ts';
export { TruncatedGaussian } from './traffic/truncated-gaussian.ts';
