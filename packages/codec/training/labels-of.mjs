/** The label map of a picture as the conceptual codec has it (the renderer's, of a frame with the layers), each region's colour code, and what the text layer would say of the region. */
import { conceptStructure } from '../dist/concept/structure.js';
import { wordsOf } from '../dist/concept/words.js';
import { measureRegions, Octaves } from '../dist/text/measure-regions.js';
import { planesFromPicture } from '../dist/texture/color-transform.js';
import { TextureState } from '../dist/texture/texture-state.js';

/** JSON of a .labels file. */
export function labelsOf(picture, frame = null) {
    const s = new TextureState(picture.widthPx, picture.heightPx, 3);
    const planes = planesFromPicture(s, { ...picture, alpha: null });
    const { map, styles } = conceptStructure(planes, s, frame);
    const regions = measureRegions(new Octaves(planes[0], s.stride, s.rows), planes, s, map, map.regions);
    const words = regions.map((region) => [...wordsOf(region)]);
    const { columns, rows, labels } = map;
    const colors = styles.map(({ y, co, cg }) => [y, co, cg]);
    return JSON.stringify({ columns, rows, labels: [...labels], colors, words });
}
