export type { CollisionEntities } from './collision-entities.ts';
export type { NavigationEntity } from './navigation-entity.ts';
export { ScenePlugin, type ScenePluginOptions } from './scene-plugin.ts';
export { XrRoom, type XrRoomEvent, type XrRoomOptions } from './xr-room.ts';
