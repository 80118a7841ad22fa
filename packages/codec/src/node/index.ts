export { installedModels } from './installed-models.ts';
