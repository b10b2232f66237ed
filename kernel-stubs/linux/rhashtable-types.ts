/** include/linux/rhashtable-types.h, as lib/rhashtable.c does it. */
import { initialise } from "../../src/kernel/data/rhashtable/initialise.ts";
import { stub } from "../../src/stub/declare.ts";

export const rhashtableInit = stub(
  "int rhashtable_init(struct rhashtable *ht, const struct rhashtable_params *params)",
  { fails: ["EINVAL"], sleeps: true, acquires: { rhashtable: "ht" } },
  (k, { ht, params }) => {
    initialise(k, ht, params);
    return 0;
  },
);

export const rhltableInit = stub(
  "int rhltable_init(struct rhltable *hlt, const struct rhashtable_params *params)",
  { fails: ["EINVAL"], sleeps: true, acquires: { rhashtable: "hlt" } },
  (k, { hlt, params }) => {
    initialise(k, hlt, params).rhlist = true;
    return 0;
  },
);
