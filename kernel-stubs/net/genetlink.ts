/** include/net/genetlink.h: registrations. */
import type { Address } from "../../src/base/address.ts";
import { imageVariable } from "../../src/kernel/image-variable.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { waits } from "../linux/mutex.ts";
import { registrations } from "../registrations.ts";

export const netGenetlinkRegistrations = registrations("no message ever comes", [
  {
    kind: "genl_family",
    add: "int genl_register_family(struct genl_family *family)",
    remove: "int genl_unregister_family(const struct genl_family *family)",
    by: { add: "family", remove: "family" },
    fails: ["EINVAL", "EEXIST", "ENOMEM"],
    twice: "EEXIST",
  },
]);

/** genl_mutex, which no module names. */
const genlMutex = (k: Kernel): Address => imageVariable(k, "genl_mutex", k.sizeOf("mutex"));
export const genlLock = stub("void genl_lock(void)", { sleeps: true, acquires: { mutex: genlMutex } }, (k) =>
  waits(k.mutexes.acquire(genlMutex(k), k.current)),
);
export const genlUnlock = stub("void genl_unlock(void)", { releases: { mutex: genlMutex } }, (k) =>
  k.mutexes.release(genlMutex(k)),
);
