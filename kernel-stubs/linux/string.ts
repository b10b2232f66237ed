/** include/linux/string.h, as lib/string.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const strlen = stub("size_t strlen(const char *s)", (k, { s }) => k.memory.cstring(s).length);
