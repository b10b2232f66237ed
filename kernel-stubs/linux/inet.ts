/** include/linux/inet.h, as net/core/utils.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** Errors are parts of 0: "1.2" is 1.2.0.0. */
export const inAton = stub("__be32 in_aton(const char *str)", (k, { str }) => {
  const parts = k.memory.cstring(str).split(".");
  return [0, 1, 2, 3].reduce(
    (value, index) => value + (Number.parseInt(parts[index] ?? "0", 10) & 0xff) * 2 ** (index * 8),
    0,
  );
});
