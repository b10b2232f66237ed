/** include/linux/zpool.h, as mm/zpool.c does it. */
import { EBUSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addFirst, entries, removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Address } from "../../src/base/address.ts";
import { stub } from "../../src/stub/declare.ts";

/** drivers_head */
const drivers = (k: Kernel): Address => k.statics.list("zpool drivers");
const listAt = (k: Kernel, driver: Address): Address => driver + k.offsetOf("zpool_driver", "list");
const countAt = (k: Kernel, driver: Address): Address => driver + k.offsetOf("zpool_driver", "refcount");

export const zpoolRegisterDriver = stub(
  "void zpool_register_driver(struct zpool_driver *driver)",
  { acquires: { zpool_driver: "driver" }, level: { partial: "no pool is ever made" } },
  (k, { driver }) => {
    k.memory.setU32(countAt(k, driver), 0);
    addFirst(k.memory, listAt(k, driver), drivers(k));
  },
);
export const zpoolUnregisterDriver = stub(
  "int zpool_unregister_driver(struct zpool_driver *driver)",
  { fails: ["EBUSY"], releases: { zpool_driver: "driver" } },
  (k, { driver }) => {
    if (k.memory.i32(countAt(k, driver)) > 0) throw new Errno(EBUSY);
    removeInit(k.memory, listAt(k, driver));
    return 0;
  },
);
export const zpoolHasPool = stub("bool zpool_has_pool(char *type)", { sleeps: true }, (k, { type }) => {
  const wanted = k.memory.cstring(type, 64);
  const named = (): boolean =>
    [...entries(k.memory, drivers(k))].some((entry) => {
      const driver = entry - k.offsetOf("zpool_driver", "list");
      return k.memory.cstring(k.memory.pointer(driver + k.offsetOf("zpool_driver", "type")), 64) === wanted;
    });
  if (!named()) k.modules.requestModule(`zpool-${wanted}`);
  return named();
});
