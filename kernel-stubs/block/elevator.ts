/** block/elevator.h: I/O schedulers (block/elevator.c). */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addTail, entries, removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const ELEVATOR = "elevator_type";
const field = (k: Kernel, elevator: Address, name: string): Address => elevator + k.offsetOf(ELEVATOR, name);
const number = (k: Kernel, elevator: Address, name: string): number =>
  Number(k.memory.u64(field(k, elevator, name)));
const nameOf = (k: Kernel, elevator: Address): string =>
  k.memory.cstring(k.memory.pointer(field(k, elevator, "elevator_name")), 64);

/** elv_list */
const list = (k: Kernel): Address => k.statics.list("elevators");
const BUILT_IN = ["mq-deadline"];
const isTaken = (k: Kernel, name: string): boolean =>
  BUILT_IN.includes(name) ||
  [...entries(k.memory, list(k))].some((entry) => nameOf(k, entry - k.offsetOf(ELEVATOR, "list")) === name);

/** The cache of what each task keeps for a queue; 0 when the scheduler wants none. */
const createCache = (k: Kernel, elevator: Address): Address => {
  const size = number(k, elevator, "icq_size");
  if (size === 0) return 0;
  const name = `${nameOf(k, elevator)}_io_cq`;
  k.memory.setCstring(field(k, elevator, "icq_cache_name"), name.slice(0, 21));
  const align = number(k, elevator, "icq_align");
  const made = k.heap.cacheCreate({ name, size, align, flags: 0, ctor: 0, userOffset: 0, userSize: 0 });
  if (!("cache" in made)) throw new Errno(ENOMEM);
  return made.cache;
};

export const elvRegister = stub(
  "int elv_register(struct elevator_type *e)",
  {
    fails: ["EINVAL", "ENOMEM", "EBUSY"],
    sleeps: true,
    acquires: { io_scheduler: "e" },
    level: { partial: "no queue uses it" },
  },
  (k, { e }) => {
    const operation = (name: string): Address => k.memory.pointer(field(k, e, `ops.${name}`));
    if (operation("insert_requests") === 0 || operation("dispatch_request") === 0) throw new Errno(EINVAL);
    const cache = createCache(k, e);
    k.memory.setPointer(field(k, e, "icq_cache"), cache);
    if (isTaken(k, nameOf(k, e))) {
      if (cache !== 0) k.heap.cacheDestroy(cache);
      throw new Errno(EBUSY);
    }
    addTail(k.memory, field(k, e, "list"), list(k));
    k.printk(6, `io scheduler ${nameOf(k, e)} registered`);
    return 0;
  },
);
export const elvUnregister = stub(
  "void elv_unregister(struct elevator_type *e)",
  { sleeps: true, releases: { io_scheduler: "e" } },
  (k, { e }) => {
    removeInit(k.memory, field(k, e, "list"));
    const cache = k.memory.pointer(field(k, e, "icq_cache"));
    if (cache === 0) return;
    k.heap.cacheDestroy(cache);
    k.memory.setPointer(field(k, e, "icq_cache"), 0);
  },
);
