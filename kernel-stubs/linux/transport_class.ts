/** include/linux/transport_class.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxTransportClassRegistrations = registrations("no device ever joins a transport class", [
  {
    kind: "transport_class",
    add: "int transport_class_register(struct transport_class *tclass)",
    remove: "void transport_class_unregister(struct transport_class *tclass)",
    by: { add: "tclass", remove: "tclass" },
    fails: ["EINVAL", "ENOMEM"],
  },
]);
