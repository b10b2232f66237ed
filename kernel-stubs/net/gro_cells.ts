/** include/net/gro_cells.h, as net/core/gro_cells.c does it: a queue for each CPU that NAPI polls. */
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

const WEIGHT = 64;
/** struct gro_cell: the queue, then what is polled. */
const napiAt = (k: Kernel): number => k.sizeOf("sk_buff_head");

export const groCellsInit = stub(
  "int gro_cells_init(struct gro_cells *gcells, struct net_device *dev)",
  {
    fails: ["ENOMEM"],
    sleeps: true,
    acquires: { gro_cells: "gcells" },
    level: { partial: "packets are not put into the queues" },
  },
  (k, { gcells, dev }) => {
    const made = k.percpu.alloc(napiAt(k) + k.sizeOf("napi_struct"), 8, GFP_KERNEL);
    k.memory.setPointer(gcells, made);
    if (made === 0) throw new Errno(ENOMEM);
    const cell = k.percpu.address(made);
    initList(k.memory, cell);
    const poll = k.hostCode.address("gro_cell_poll", () => 0);
    k.net.napi.add(cell + napiAt(k), dev, poll, WEIGHT);
    k.net.napi.enable(cell + napiAt(k));
    return 0;
  },
);
export const groCellsDestroy = stub(
  "void gro_cells_destroy(struct gro_cells *gcells)",
  { sleeps: true, releases: { gro_cells: "gcells" } },
  (k, { gcells }) => {
    const made = k.memory.pointer(gcells);
    if (made === 0) return;
    k.net.napi.remove(k.percpu.address(made) + napiAt(k));
    k.percpu.free(made);
    k.memory.setPointer(gcells, 0);
  },
);
