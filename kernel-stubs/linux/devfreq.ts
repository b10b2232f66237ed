/** include/linux/devfreq.h: governors, as drivers/devfreq/devfreq.c keeps them. */
import { namedRegistry } from "../named.ts";

export const devfreqGovernors = namedRegistry({
  kind: "devfreq_governor",
  struct: "devfreq_governor",
  add: "int devfreq_add_governor(struct devfreq_governor *governor)",
  remove: "int devfreq_remove_governor(struct devfreq_governor *governor)",
  by: "governor",
  twice: "EINVAL",
  absent: "ENODEV",
  complaint: (name) => `devfreq_add_governor: governor ${name} already registered`,
  name: "array",
  missing: "no device has a frequency to govern",
});
