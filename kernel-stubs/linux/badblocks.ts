/** include/linux/badblocks.h, as block/badblocks.c does it: the table, which stays empty. */
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { at, point } from "../../src/kernel/data/members.ts";
import { stub } from "../../src/stub/declare.ts";

const PAGE_SIZE = 4096;

export const badblocksInit = stub(
  "int badblocks_init(struct badblocks *bb, int enable)",
  { fails: ["ENOMEM"], sleeps: true, acquires: { badblocks: "bb" } },
  (k, { bb, enable }) => {
    const page = k.heap.internal(new Uint8Array(PAGE_SIZE));
    if (page === 0) throw new Errno(ENOMEM);
    point(k, "badblocks", bb, "dev", 0);
    k.memory.setU32(at(k, "badblocks", bb, "count"), 0);
    k.memory.setU32(at(k, "badblocks", bb, "shift"), enable === 0 ? 0xffff_ffff : 0);
    point(k, "badblocks", bb, "page", page);
    return 0;
  },
);
export const badblocksExit = stub(
  "void badblocks_exit(struct badblocks *bb)",
  { releases: { badblocks: "bb" } },
  (k, { bb }) => {
    if (bb === 0) return;
    k.heap.kfree(k.memory.pointer(at(k, "badblocks", bb, "page")));
    point(k, "badblocks", bb, "page", 0);
  },
);
