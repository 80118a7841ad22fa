/** The worker that runs a network's model: all that its file has to do. */
import { serveLiveModel } from '@mixreel/xrnet';

serveLiveModel(globalThis as unknown as Worker);
