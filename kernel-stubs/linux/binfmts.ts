/** include/linux/binfmts.h: registrations. */
import type { Address } from "../../src/base/address.ts";
import { addFirst, addTail, removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

/** The list of formats (fs/exec.c). */
const formats = (k: Kernel): Address => k.statics.list("binary formats");

export const registerBinfmt = stub(
  "void __register_binfmt(struct linux_binfmt *fmt, int insert)",
  { acquires: { binary_format: "fmt" }, level: { partial: "no program is loaded by it" } },
  (k, { fmt, insert }) =>
    (insert === 0 ? addTail : addFirst)(k.memory, fmt + k.offsetOf("linux_binfmt", "lh"), formats(k)),
);
export const unregisterBinfmt = stub(
  "void unregister_binfmt(struct linux_binfmt *fmt)",
  { releases: { binary_format: "fmt" } },
  (k, { fmt }) => removeInit(k.memory, fmt + k.offsetOf("linux_binfmt", "lh")),
);
