import { openLedger } from "../analysis/ledger/ledger.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import { boot as bootSandbox } from "../sandbox.ts";
import type { UnknownPolicy } from "../stub/unknown.ts";
import type { Capabilities } from "../base/capabilities.ts";
import { type Duration, nanosecondsOf } from "./duration.ts";
import { type Firmware, placeFirmware } from "./firmware.ts";
import { type Kernel, createKernelHandle } from "./kernel.ts";
import { type LogMessage, messageOf } from "./log.ts";

export interface BootOptions {
  /** Release of the kernel profile, or the path of a profile file. */
  readonly kernel?: string;
  /** Bytes of guest RAM. */
  readonly ram?: number;
  /** Everything that is left to chance; the same seed is the same run. 1 when left out. */
  readonly seed?: number | bigint;
  /** "in-turn" when left out; "random:SEED" interrupts tasks after calls as the seed decides, to find races. */
  readonly schedule?: string;
  /** Of the processes that act for the test: all when left out. */
  readonly capabilities?: Capabilities;
  /** What calls of functions without a stub do: guess a result, or end the run. */
  readonly unknown?: UnknownPolicy;
  /** Files of /lib/firmware: a folder of the machine, or contents by name. */
  readonly firmware?: Firmware;
  /** How long in virtual time a call may wait before it counts as never returning: an hour. */
  readonly patience?: Duration;
  /** Calls of kernel functions that one call of the library may take; 5,000,000 when left out. */
  readonly maxCalls?: number;
  /** Guest instructions that it may take without a call; 1,000,000,000 when left out. */
  readonly maxInstructions?: number;
  /** Folder in which relative paths of modules begin; the working directory when left out. */
  readonly modules?: string;
  /** Told about each message of the kernel log. */
  readonly onMessage?: (message: LogMessage) => void;
}

const DEFAULT_RAM = 64 * 1024 * 1024;

/** Boots a kernel. KoboxError when there is no such profile or the engine cannot be had. */
export const boot = async (options: BootOptions = {}): Promise<Kernel> => {
  const { onMessage } = options;
  const sandbox = bootSandbox({
    kernel: options.kernel,
    ram: options.ram ?? DEFAULT_RAM,
    seed: BigInt(options.seed ?? 1),
    unknown: options.unknown,
    schedule: options.schedule,
    limits: {
      seconds: nanosecondsOf(options.patience ?? { hours: 1 }) / 1e9,
      calls: options.maxCalls ?? DEFAULT_LIMITS.calls,
      instructions: options.maxInstructions ?? DEFAULT_LIMITS.instructions,
    },
    ...(onMessage === undefined ? {} : { onRecord: (record) => onMessage(messageOf(record)) }),
  });
  sandbox.kernel.vfs.tree.directory("/tmp");
  placeFirmware(sandbox, options.firmware ?? {});
  return createKernelHandle(sandbox, {
    capabilities: options.capabilities ?? "all",
    folder: options.modules ?? ".",
    ledger: openLedger(sandbox.kernel, sandbox.binder),
  });
};
