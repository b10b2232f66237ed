/** include/linux/attribute_container.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxAttributeContainerRegistrations = registrations("containers are never filled", [
  {
    kind: "attribute_container",
    add: "int attribute_container_register(struct attribute_container *cont)",
    remove: "int attribute_container_unregister(struct attribute_container *cont)",
    by: { add: "cont", remove: "cont" },
    fails: [],
  },
]);
