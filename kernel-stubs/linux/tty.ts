/** include/linux/tty.h, as drivers/tty/tty_io.c does it. Processes of the sandbox have no terminal. */
import type { Ptr } from "../../src/abi/prototype-types.ts";
import { stub } from "../../src/stub/declare.ts";

export const getCurrentTty = stub(
  "struct tty_struct *get_current_tty(void)",
  { fails: ["NULL"], level: { partial: "no process has a terminal" } },
  () => 0 as Ptr<"struct tty_struct">,
);
