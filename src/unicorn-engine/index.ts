import { loadAddon } from "./addon.ts";
import { type Engine, type EngineOptions, wrapEngine } from "./engine.ts";

export type { Checks, Violation } from "./checks.ts";
export { COUNTER, REG, REG_COUNT, RESUME, STOP } from "./constants.ts";
export type { Coverage } from "./coverage.ts";
export type { Context, ControlState, Engine, EngineOptions, FullControlState, Stop } from "./engine.ts";

export { mapText } from "./files.ts";

/**
 * Makes a machine with `ramSize` bytes of zeroed memory, paging off. Throws an Error with `code`:
 * ERR_ENGINE_MISSING (with `hint`) where the addon cannot be built, ERR_ARGUMENT, ERR_ENGINE_START.
 */
export const createEngine = (options: EngineOptions): Engine => {
  const addon = loadAddon();
  return wrapEngine(addon.createEngine(options.ramSize, options.checks === true ? 1 : 0), addon.version);
};
