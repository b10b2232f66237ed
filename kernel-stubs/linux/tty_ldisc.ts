/** include/linux/tty_ldisc.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxTtyLdiscRegistrations = registrations("no terminal ever uses it", [
  {
    kind: "tty_ldisc",
    add: "int tty_register_ldisc(struct tty_ldisc_ops *new_ldisc)",
    remove: "void tty_unregister_ldisc(struct tty_ldisc_ops *ldisc)",
    by: { add: "new_ldisc", remove: "ldisc" },
    fails: ["EINVAL"],
  },
]);
