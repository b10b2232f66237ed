/** include/linux/kmod.h, as kernel/kmod.c does it. */
import { ENAMETOOLONG } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const MODULE_NAME_LEN = 56;

export const requestModule = stub(
  "int __request_module(bool wait, const char *fmt, ...)",
  { sleeps: true, fails: ["ENOMEM", "ENAMETOOLONG"] },
  (k, { wait, fmt }, call) => {
    const { text, length } = formatGuest(k, fmt, call, MODULE_NAME_LEN);
    if (length >= MODULE_NAME_LEN) throw new Errno(ENAMETOOLONG);
    const status = k.modules.requestModule(text);
    // Whoever does not wait hears only that the helper has started.
    return wait ? status : 0;
  },
);
