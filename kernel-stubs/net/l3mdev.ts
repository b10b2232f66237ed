/** include/net/l3mdev.h: registrations. */
import { registrations } from "../registrations.ts";

export const l3mdevRegistrations = registrations("no table of routes is looked up", [
  {
    kind: "l3mdev_lookup",
    add: "int l3mdev_table_lookup_register(enum l3mdev_type l3type, lookup_by_table_id_t fn)",
    remove: "void l3mdev_table_lookup_unregister(enum l3mdev_type l3type, lookup_by_table_id_t fn)",
    by: { add: "fn", remove: "fn" },
    fails: ["EINVAL", "EBUSY"],
    twice: "EBUSY",
    slot: (_k, { l3type = 0 }) => `${l3type}`,
  },
]);
