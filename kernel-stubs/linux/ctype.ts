/** include/linux/ctype.h: the tests are inline and read a table (lib/ctype.c). */
import { ctypeTable } from "../../src/kernel/ctype.ts";
import { variable } from "../../src/stub/declare.ts";

export const ctype = variable("const unsigned char _ctype[256]", (k, { address }) =>
  k.memory.write(address, ctypeTable()),
);
