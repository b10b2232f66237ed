/** include/linux/blkdev.h, as block/genhd.c does it. */
import { stub } from "../../src/stub/declare.ts";

const NAME_ROOM = 256;
const MAJORS_ONLY = { partial: "the number is taken; there are no block devices to open" };

export const registerBlkdev = stub(
  "int __register_blkdev(unsigned int major, const char *name, void (*probe)(dev_t))",
  {
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    sleeps: true,
    acquires: { block_major: (_k, { major }, result) => (major === 0 ? result : major) },
    level: MAJORS_ONLY,
  },
  (k, { major, name }) => {
    const got = k.vfs.blockMajors.register(major, k.memory.cstring(name, NAME_ROOM));
    return major === 0 ? got : 0;
  },
);

export const unregisterBlkdev = stub(
  "void unregister_blkdev(unsigned int major, const char *name)",
  { sleeps: true, releases: { block_major: "major" } },
  (k, { major, name }) => {
    if (k.vfs.blockMajors.unregister(major, k.memory.cstring(name, NAME_ROOM))) return;
    k.traces.warn({ source: "block/genhd.c:300", at: "unregister_blkdev+0x7f/0xc0" });
  },
);
