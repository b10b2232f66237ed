/** include/linux/sock_diag.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxSockDiagRegistrations = registrations("nobody asks about sockets", [
  {
    kind: "sock_diag",
    add: "int sock_diag_register(const struct sock_diag_handler *hndl)",
    remove: "void sock_diag_unregister(const struct sock_diag_handler *hndl)",
    by: { add: "hndl", remove: "hndl" },
    fails: ["EINVAL", "EBUSY"],
    twice: "EBUSY",
  },
  {
    kind: "sock_diag_compat",
    add: "void sock_diag_register_inet_compat(const struct sock_diag_inet_compat *ptr)",
    remove: "void sock_diag_unregister_inet_compat(const struct sock_diag_inet_compat *ptr)",
    by: { add: "ptr", remove: "ptr" },
    fails: [],
  },
]);
