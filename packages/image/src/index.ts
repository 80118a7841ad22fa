export { Frame, type FrameInit, IDENTITY_VIEW, LAYER_CHANNELS, type LayerName, type View } from './frame.ts';
