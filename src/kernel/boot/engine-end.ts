import { type Engine, STOP } from "unicorn-engine";
import { signalName } from "../../base/signals.ts";
import type { StopReason } from "../kernel.ts";

/** Why the run is over when the engine itself failed under the task `comm`. */
export const engineEnd = ({ stop }: Engine, why: number, comm: string): StopReason =>
  why === STOP.FATAL
    ? {
        kind: "engine-death",
        message: `the CPU emulator crashed with ${signalName(stop.signal)} while ${comm} ran; it runs no more`,
      }
    : {
        kind: "engine",
        message: `the CPU emulator gave up while ${comm} ran, with error ${stop.engineError}`,
      };
