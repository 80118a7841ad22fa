export { encodeVideo, mxrPictures, VIDEO_DEFAULTS, type VideoOptions } from './encode-video.ts';
