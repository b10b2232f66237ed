/** include/linux/key-type.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxKeyTypeRegistrations = registrations("no key is ever made", [
  {
    kind: "key_type",
    add: "int register_key_type(struct key_type *ktype)",
    remove: "void unregister_key_type(struct key_type *ktype)",
    by: { add: "ktype", remove: "ktype" },
    fails: ["EEXIST"],
    twice: "EEXIST",
  },
]);
