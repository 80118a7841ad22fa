export { fetchedModels, type ModelUrls } from './fetched-models.ts';
export { MODEL_INPUTS, type ModelInput, type ModelName, type Models, type Network } from './models.ts';
export { type FoundObject, OBJECT_NAMES, type ObjectAnalysis, openObjectAnalysis } from './object-analysis.ts';
export {
    openPersonAnalysis,
    PERSON_ANALYSIS_DEFAULTS,
    type PersonAnalysis,
    type PersonAnalysisOptions
} from './person-analysis.ts';
export type { TensorFlow } from './tensor-models.ts';
