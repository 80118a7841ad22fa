import { expect, test } from 'vitest';
import { daylightOf } from '../../src/chain/daylight.ts';

test('the sky is there if any of its options is given, and the sun stands where they say', () => {
    expect(daylightOf({ sky: undefined, sun: undefined, azimuth: undefined })).toBeNull();
    const { lights, environment } = daylightOf({ sky: undefined, sun: 30, azimuth: 90 })!;
    expect(environment.widthPx).toBe(512);
    // Elevation 30, azimuth 90 clockwise from -z: towards +x. The light shines the other way.
    expect(lights).toMatchObject([{ kind: 'directional' }]);
    const [x, y, z] = (lights[0] as { direction: readonly number[] }).direction as [number, number, number];
    expect(x).toBeCloseTo(-Math.cos(Math.PI / 6), 12);
    expect(y).toBeCloseTo(-0.5, 12);
    expect(z).toBeCloseTo(0, 12);
});
