/** include/linux/cpufreq.h: registrations. */
import { stub } from "../../src/stub/declare.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { unregisterNotifier } from "../../src/kernel/notifier.ts";
import { chainHead, registerBlock } from "../notifier-chain.ts";
import { registrations } from "../registrations.ts";

export const linuxCpufreqRegistrations = registrations("the clock of the CPU never changes", [
  {
    kind: "cpufreq_driver",
    add: "int cpufreq_register_driver(struct cpufreq_driver *driver_data)",
    remove: "int cpufreq_unregister_driver(struct cpufreq_driver *driver)",
    by: { add: "driver_data", remove: "driver" },
    fails: ["ENODEV", "EEXIST", "EINVAL", "EPROBE_DEFER"],
    twice: "EEXIST",
  },
  {
    kind: "cpufreq_governor",
    add: "int cpufreq_register_governor(struct cpufreq_governor *governor)",
    remove: "void cpufreq_unregister_governor(struct cpufreq_governor *governor)",
    by: { add: "governor", remove: "governor" },
    fails: ["ENODEV", "EBUSY", "EINVAL"],
    twice: "EBUSY",
  },
]);

export const cpufreqGetCurrentDriver = stub("const char *cpufreq_get_current_driver(void)", (k) => {
  for (const key of k.driverCore.registered.values()) {
    const address = /^cpufreq_driver (-?\d+)$/.exec(key)?.[1];
    if (address !== undefined) return Number(address) + k.offsetOf("cpufreq_driver", "name");
  }
  return 0;
});

const CHAINS = ["cpufreq transition", "cpufreq policy"] as const;
const never = { partial: "the clock of the CPU never changes" } as const;

export const cpufreqRegisterNotifier = stub(
  "int cpufreq_register_notifier(struct notifier_block *nb, unsigned int list)",
  { fails: ["EINVAL", "EBUSY", "EEXIST"], sleeps: true, acquires: { notifier: "nb" }, level: never },
  (k, { nb, list }) => {
    const chain = CHAINS[list];
    if (chain === undefined) throw new Errno(EINVAL);
    return registerBlock(k, list === 0 ? "srcu" : "blocking", chainHead(k, chain), nb);
  },
);
export const cpufreqUnregisterNotifier = stub(
  "int cpufreq_unregister_notifier(struct notifier_block *nb, unsigned int list)",
  { fails: ["EINVAL", "ENOENT"], sleeps: true, releases: { notifier: "nb" }, level: never },
  (k, { nb, list }) => {
    const chain = CHAINS[list];
    if (chain === undefined) throw new Errno(EINVAL);
    unregisterNotifier(k.memory, chainHead(k, chain), nb);
    return 0;
  },
);

/** No policy governs the CPU. */
export const cpufreqCpuGet = stub(
  "struct cpufreq_policy *cpufreq_cpu_get(unsigned int cpu)",
  { fails: ["NULL"], level: never },
  () => 0,
);
export const cpufreqCpuGetRaw = stub(
  "struct cpufreq_policy *cpufreq_cpu_get_raw(unsigned int cpu)",
  { fails: ["NULL"], level: never },
  () => 0,
);
export const cpufreqCpuPut = stub("void cpufreq_cpu_put(struct cpufreq_policy *policy)", () => {});
export const cpufreqQuickGet = stub(
  "unsigned int cpufreq_quick_get(unsigned int cpu)",
  { level: never },
  () => 0,
);
