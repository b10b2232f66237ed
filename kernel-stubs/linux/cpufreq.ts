/** include/linux/cpufreq.h: registrations. */
import { stub } from "../../src/stub/declare.ts";
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
