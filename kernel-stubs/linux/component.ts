/** include/linux/component.h: registrations. */
import { registrations } from "../registrations.ts";

export const componentRegistrations = registrations("no aggregate device is ever complete", [
  {
    kind: "component",
    add: "int component_add(struct device *dev, const struct component_ops *ops)",
    remove: "void component_del(struct device *dev, const struct component_ops *ops)",
    by: { add: "dev", remove: "dev" },
    fails: ["ENOMEM"],
  },
]);
