/** include/linux/edac.h (drivers/edac/edac_mc.c). */
import { stub } from "../../src/stub/declare.ts";

export const edacGetOwner = stub(
  "const char *edac_get_owner(void)",
  { level: { partial: "no memory controller is ever added" } },
  () => 0,
);
