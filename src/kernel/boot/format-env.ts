import { ARGUMENT_REGISTERS, RIP } from "../../abi/calls.ts";
import type { Kernel } from "../kernel.ts";
import { type RunningCall, formatCallers } from "../printf/callers.ts";
import type { FormatEnv } from "../printf/env.ts";
import { createFormatEnv, hashKeyOf } from "../printf/kernel-env.ts";
import { createFormatWarnings } from "../printf/warnings.ts";

/** What the printf engine reads of the kernel; the key of `%p` hashes comes from the seed. */
export const formatEnv = (k: Kernel, seed: bigint): FormatEnv => {
  const callers = (): readonly string[] => formatCallers(runningCall(k));
  return createFormatEnv({
    memory: k.memory,
    profile: k.profile,
    symbols: { lookup: (address) => k.symbols.lookup(address) },
    hashKey: hashKeyOf(seed),
    warnOnce: createFormatWarnings({
      journal: k.journal,
      traces: { warn: (site, options) => k.traces.warn(site, options) },
      callers,
    }),
    callers,
  });
};

const runningCall = (k: Kernel): RunningCall => ({
  stub: k.executor.traps.get(k.executor.register(RIP) - 1)?.name ?? "",
  argument: (index) => k.executor.register(ARGUMENT_REGISTERS[index] ?? 0),
});
