export { createNodeDevice } from './dawn.ts';
export { hasVulkanLoader, thisMachine } from './machine.ts';
export { type Machine, type VulkanDriver, vulkanDrivers } from './vulkan-driver.ts';
