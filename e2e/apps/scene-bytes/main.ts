/** Generates scenes in the page; the test compares their files with Node's. */
import { offer } from '../../src/page-api.ts';
import { sceneDigests } from '../../src/scene-bytes.ts';

offer(async () => ({
    async digests() {
        return sceneDigests(await (await fetch('/captures/living_room.json')).json());
    }
}));
