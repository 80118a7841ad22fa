/**
 * What materials reflect and transmit of the light that arrives, where it is less, or in a few places more, than all of it: for each angle of `ANGLES`, from the
 * front and, if solid, from the back, red, green and blue. Measured with 60,000 stratified samples each (standard errors up to
 * 0.003), and why. Whoever mends a loss measures it anew; whoever adds one explains it here.
 */
import type { Vec3 } from '../../src/math/vector.ts';

/** By material of `MATERIALS`; the others lose and gain nothing. `gains`: some angles give back more than arrives. */
export const ENERGIES: Readonly<
    Record<string, { readonly why: string; readonly gains?: true; readonly energy: readonly Vec3[] }>
> = {
    'white Beckmann conductor': {
        why: 'what Beckmann facets scatter twice is not given back: that is for GGX alone',
        energy: [
            [0.9965, 0.9965, 0.9965],
            [0.952, 0.952, 0.952],
            [0.8956, 0.8956, 0.8956]
        ]
    },
    'rough conductor': {
        why: 'absorbs, as metals do',
        energy: [
            [0.9408, 0.5716, 0.442],
            [0.9409, 0.5676, 0.4391],
            [0.935, 0.5803, 0.4592]
        ]
    },
    'Beckmann conductor': {
        why: 'absorbs; and scatters once only',
        energy: [
            [0.9486, 0.6137, 0.4851],
            [0.9055, 0.5874, 0.4667],
            [0.8457, 0.5743, 0.472]
        ]
    },
    mirror: {
        why: 'absorbs',
        energy: [
            [0.952, 0.6158, 0.4867],
            [0.9508, 0.6157, 0.4884],
            [0.9423, 0.6795, 0.5773]
        ]
    },
    'rough glass': {
        why: 'what masking and shadowing take is not given back to glass, from inside most',
        energy: [
            [0.9921, 0.9921, 0.9921],
            [0.928, 0.928, 0.928],
            [0.9832, 0.9832, 0.9832],
            [0.8773, 0.8773, 0.8773],
            [0.9249, 0.9249, 0.9249],
            [0.7953, 0.7953, 0.7953]
        ]
    },
    'Beckmann glass': {
        why: 'the same',
        energy: [
            [1, 1, 1],
            [1, 1, 1],
            [0.9985, 0.9985, 0.9985],
            [0.9905, 0.9905, 0.9905],
            [0.9543, 0.9543, 0.9543],
            [0.9071, 0.9071, 0.9071]
        ]
    },
    'thin rough glass': {
        why: 'the same, twice',
        energy: [
            [0.9141, 0.9141, 0.9141],
            [0.8924, 0.8924, 0.8924],
            [0.8388, 0.8388, 0.8388]
        ]
    },
    'rough coat over white': {
        why: 'what scatters twice within a rough coat is lost',
        energy: [
            [0.9918, 0.9918, 0.9918],
            [0.9916, 0.9916, 0.9916],
            [0.8678, 0.8678, 0.8678]
        ]
    },
    'rough coat over grey': {
        why: 'its base is coloured',
        energy: [
            [0.7218, 0.8123, 0.2695],
            [0.7218, 0.8114, 0.2735],
            [0.6563, 0.7271, 0.302]
        ]
    },
    'rough coat, coloured inside': {
        why: 'its base is coloured',
        energy: [
            [0.1251, 0.7897, 0.7897],
            [0.1301, 0.7905, 0.7905],
            [0.1835, 0.7073, 0.7073]
        ]
    },
    'weak, coloured specular': {
        why: 'the base is dimmed by the largest channel of the reflection',
        energy: [
            [1.0003, 0.9911, 0.9856],
            [0.9994, 0.9904, 0.985],
            [0.9997, 0.992, 0.9874]
        ]
    },
    'half transmitting': {
        why: 'its half of rough glass',
        energy: [
            [0.9961, 0.9961, 0.9961],
            [0.9648, 0.9648, 0.9648],
            [0.9915, 0.9915, 0.9915],
            [0.9394, 0.9394, 0.9394],
            [0.9628, 0.9628, 0.9628],
            [0.8964, 0.8964, 0.8964]
        ]
    },
    'stretched metal': {
        why: 'what a stretched lobe scatters twice is taken to be that of the isotropic one of mean alpha: too little, at grazing angles too much',
        gains: true,
        energy: [
            [0.9272, 0.9272, 0.9272],
            [0.9558, 0.9558, 0.9558],
            [1.0058, 1.0058, 1.0058]
        ]
    },
    'stretched plastic': {
        why: 'the same',
        energy: [
            [0.9987, 0.9987, 0.9987],
            [0.9991, 0.9991, 0.9991],
            [0.9938, 0.9938, 0.9938]
        ]
    },
    'stretched glass': {
        why: 'as rough glass',
        energy: [
            [0.9776, 0.9776, 0.9776],
            [0.8285, 0.8285, 0.8285],
            [0.9554, 0.9554, 0.9554],
            [0.7699, 0.7699, 0.7699],
            [0.8704, 0.8704, 0.8704],
            [0.7224, 0.7224, 0.7224]
        ]
    },
    'smoothly varnished metal': {
        why: 'light that the coat throws back to the metal is lost, as in glTF',
        energy: [
            [0.9807, 0.9807, 0.9807],
            [0.9708, 0.9708, 0.9708],
            [0.9715, 0.9715, 0.9715]
        ]
    },
    'wavy coat': {
        why: 'a tilted coat over a flat base',
        energy: [
            [0.9958, 0.9958, 0.9958],
            [0.9954, 0.9954, 0.9954],
            [0.9942, 0.9942, 0.9942]
        ]
    },
    velvet: {
        why: 'glTF scales the base by the smaller of two sheen transmittances',
        energy: [
            [0.8847, 0.8847, 0.8847],
            [0.9291, 0.9291, 0.9291],
            [0.992, 0.992, 0.992]
        ]
    },
    'white cloth': {
        why: 'the same',
        energy: [
            [0.8664, 0.8664, 0.8664],
            [0.9238, 0.9238, 0.9238],
            [0.9883, 0.9883, 0.9883]
        ]
    },
    'coated cloth': {
        why: 'the same, with coloured fibres',
        energy: [
            [0.883, 0.8404, 0.8085],
            [0.9314, 0.8597, 0.806],
            [0.9886, 0.8246, 0.7017]
        ]
    },
    'soap film': {
        why: 'the film over a rough base is coupled as if smooth',
        energy: [
            [0.9967, 0.9961, 0.9894],
            [0.9879, 0.9916, 1.0021],
            [0.9178, 0.877, 0.8241]
        ]
    },
    'filmed glass': {
        why: 'as rough glass',
        energy: [
            [0.9948, 0.9932, 0.9938],
            [0.9298, 0.9299, 0.9291],
            [0.9891, 0.9852, 0.9851],
            [0.8758, 0.878, 0.8798],
            [0.934, 0.9267, 0.9184],
            [0.7904, 0.7932, 0.7934]
        ]
    },
    prism: {
        why: 'as rough glass',
        energy: [
            [0.9932, 0.9925, 0.9915],
            [0.936, 0.9276, 0.924],
            [0.9835, 0.983, 0.983],
            [0.8886, 0.8782, 0.8751],
            [0.9237, 0.9233, 0.9223],
            [0.7818, 0.7953, 0.8047]
        ]
    },
    'varnished glass': {
        why: 'as rough glass',
        energy: [
            [0.992, 0.992, 0.992],
            [0.8947, 0.8947, 0.8947],
            [0.9831, 0.9831, 0.9831],
            [0.8425, 0.8425, 0.8425],
            [0.9337, 0.9337, 0.9337],
            [0.7865, 0.7865, 0.7865]
        ]
    },
    'white brushed conductor': {
        why: 'as stretched metal',
        gains: true,
        energy: [
            [0.9467, 0.9467, 0.9467],
            [0.9639, 0.9639, 0.9639],
            [1.0105, 1.0105, 1.0105]
        ]
    },
    'brushed conductor': {
        why: 'absorbs, and loses as stretched metal',
        energy: [
            [0.8862, 0.5348, 0.4125],
            [0.9002, 0.5399, 0.4165],
            [0.9441, 0.5808, 0.4567]
        ]
    },
    'brushed glass': {
        why: 'as rough glass',
        energy: [
            [0.9887, 0.9887, 0.9887],
            [0.9098, 0.9098, 0.9098],
            [0.9775, 0.9775, 0.9775],
            [0.8518, 0.8518, 0.8518],
            [0.9108, 0.9108, 0.9108],
            [0.7867, 0.7867, 0.7867]
        ]
    },
    'brushed coat': {
        why: 'a coat is coupled as if smooth, and what its facets scatter twice is lost',
        energy: [
            [0.9942, 0.9942, 0.9942],
            [0.9925, 0.9925, 0.9925],
            [0.842, 0.842, 0.842]
        ]
    }
};
