/** include/linux/cpufreq.h: registrations. */
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
