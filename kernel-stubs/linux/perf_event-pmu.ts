/** include/linux/perf_event.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxPerfEventPmuRegistrations = registrations("nothing is ever counted", [
  {
    kind: "pmu",
    add: "int perf_pmu_register(struct pmu *pmu, const char *name, int type)",
    remove: "void perf_pmu_unregister(struct pmu *pmu)",
    by: { add: "pmu", remove: "pmu" },
    fails: ["ENOMEM", "EINVAL", "ENOSPC"],
  },
]);
