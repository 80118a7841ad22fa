/** The modes that the benchmarks compare, and what has to be known of a comparison. */

export const MODES = ['megakernel', 'streaming-aos', 'streaming-soa'];

/**
 * The same WGSL functions make all three. But hits in queues can be shaded by kernels of the materials that wait there, which is part
 * of what streaming gains and no matter of scheduling alone; the megakernel leaves out what the whole scene has none of, as all do.
 */
const PARTED = 'kernels by class of material, which a megakernel cannot have';
export const MODE_NOTES = {
    megakernel: 'one kernel for all materials of the scene',
    'streaming-aos': PARTED,
    'streaming-soa': PARTED
};
