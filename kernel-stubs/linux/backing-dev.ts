/** include/linux/backing-dev.h, as mm/backing-dev.c does it. */
import { allocateBdi, bdiName, putBdi, registerBdi, unregisterBdi } from "../../src/kernel/block/bdi.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const NO_WRITEBACK = { partial: "nothing is written back" } as const;
const NAME_MAX = 64;

export const bdiAlloc = stub(
  "struct backing_dev_info *bdi_alloc(int node_id)",
  { fails: ["NULL"], sleeps: true, acquires: { bdi: "return" }, level: NO_WRITEBACK },
  (k) => allocateBdi(k),
);
export const bdiRegister = stub(
  "int bdi_register(struct backing_dev_info *bdi, const char *fmt, ...)",
  { fails: ["ENOMEM", "EEXIST"], sleeps: true, acquires: { bdi_device: "bdi" } },
  function* (k, { bdi, fmt }, call) {
    yield* registerBdi(k, bdi, formatGuest(k, fmt, call, NAME_MAX).text);
    return 0;
  },
);
export const bdiUnregister = stub(
  "void bdi_unregister(struct backing_dev_info *bdi)",
  { sleeps: true, releases: { bdi_device: "bdi" } },
  function* (k, { bdi }) {
    yield* unregisterBdi(k, bdi);
  },
);
export const bdiPut = stub(
  "void bdi_put(struct backing_dev_info *bdi)",
  { releases: { bdi: "bdi" } },
  (k, { bdi }) => putBdi(k, bdi),
);
export const bdiDevName = stub("const char *bdi_dev_name(struct backing_dev_info *bdi)", (k, { bdi }) =>
  bdiName(k, bdi),
);
