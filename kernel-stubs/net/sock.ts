/** include/net/sock.h: registrations. */
import { registrations } from "../registrations.ts";

export const netSockRegistrations = registrations("no socket is ever opened", [
  {
    kind: "proto",
    add: "int proto_register(struct proto *prot, int alloc_slab)",
    remove: "void proto_unregister(struct proto *prot)",
    by: { add: "prot", remove: "prot" },
    fails: ["ENOBUFS", "ENOMEM"],
  },
]);
