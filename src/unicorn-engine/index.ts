import { type Engine, type EngineOptions, wrapEngine } from "./engine.ts";
import { loadAddon } from "./addon.ts";

export type { Engine, EngineOptions, Stop, ControlState } from "./engine.ts";
export { REG, REG_COUNT, RESUME, STOP } from "./constants.ts";

/** Makes a machine with `ramSize` bytes of zeroed memory. Throws RangeError or, with `code`, Error. */
export const createEngine = (options: EngineOptions): Engine => {
  const addon = loadAddon();
  return wrapEngine(addon.createEngine(options.ramSize, options.checks === true ? 1 : 0), addon.version);
};
