import { hostArgs } from "../../abi/varargs.ts";
import type { Kernel } from "../kernel.ts";
import { type Site, memoryHost } from "../memory/host.ts";
import type { MemoryOptions } from "../memory/memory.ts";
import { TAINT } from "../oops/taint.ts";
import { format } from "../printf/format.ts";

/** What the allocators need of the kernel around them, and how they complain. */
export const memoryOptions = (k: Kernel, seed: bigint): MemoryOptions => ({
  host: memoryHost(k.machine),
  journal: k.journal,
  offsetOf: k.offsetOf,
  outside: k.outside,
  seed: Number(BigInt.asUintN(31, seed)),
  complaints: {
    warn: (site, text, level) => k.traces.warn(site, { message: text, level, via: viaOf(k, site) }),
    bug: (site) => k.traces.bug(site, { via: viaOf(k, site) }),
    log: (level, text) => void k.log.print(`\x01${level}${text}`),
    dumpStack: (callers) => k.traces.dumpStack({ via: viaOf(k, { callers }) }),
    taint: () => k.taints.add(TAINT.BAD_PAGE, "now-unreliable"),
    tainted: () => k.taints.describe(),
    stub: () => runningStub(k),
    comm: () => k.current.comm,
    hashed: (address) => format("%p", hostArgs([address]), k.format).text,
    caller: () => k.symbols.format(k.memory.pointer(k.executor.register(4))),
  },
});

/** Kernel frames between a complaint and the stub that the module called. */
const viaOf = (k: Kernel, { callers }: Pick<Site, "callers">): readonly string[] => {
  return callers[runningStub(k)] ?? callers["*"] ?? [];
};

const runningStub = (k: Kernel): string => k.executor.traps.get(k.executor.register(16) - 1)?.name ?? "";
