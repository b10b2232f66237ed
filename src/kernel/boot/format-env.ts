import { ARGUMENT_REGISTERS, RIP } from "../../abi/calls.ts";
import { KoboxError } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { FormatEnv } from "../printf/env.ts";
import { type RunningCall, formatCallers } from "../printf/callers.ts";
import { createFormatWarnings } from "../printf/warnings.ts";

/** What the printf engine reads of the kernel; the key of `%p` hashes comes from the seed. */
export const formatEnv = (k: Kernel, seed: bigint): FormatEnv => ({
  memory: k.memory,
  hashKey: [BigInt.asUintN(64, seed * 0x9e3779b97f4a7c15n), BigInt.asUintN(64, ~seed * 0xbf58476d1ce4e5b9n)],
  symbolize: (address) => k.symbols.lookup(address),
  field(struct, member) {
    const field = k.profile.struct(struct)?.field(member);
    if (field === undefined) throw new KoboxError("profile", `kernel profile has no ${struct}.${member}`);
    return { offset: field.offset, size: "size" in field.type ? field.type.size : 8 };
  },
  warnOnce: createFormatWarnings({
    journal: k.journal,
    traces: { warn: (site, options) => k.traces.warn(site, options) },
    callers: () => formatCallers(runningCall(k)),
  }),
  callers: () => formatCallers(runningCall(k)),
});

const runningCall = (k: Kernel): RunningCall => ({
  stub: k.executor.traps.get(k.executor.register(RIP) - 1)?.name ?? "",
  argument: (index) => k.executor.register(ARGUMENT_REGISTERS[index] ?? 0),
});
