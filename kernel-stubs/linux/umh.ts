/** include/linux/umh.h, as kernel/umh.c does it, but that no program runs. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP } from "../../src/kernel/memory/gfp.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const NOT_RUN = { partial: "no program runs: the call is noted, and ends as the sandbox was told" };
const FAILS = ["ENOENT", "ENOMEM", "EINVAL", "EBUSY"] as const;
type Field = "path" | "argv" | "envp" | "wait" | "retval" | "init" | "cleanup" | "data";
const at = (k: Kernel, info: Address, field: Field): Address => info + k.offsetOf("subprocess_info", field);

export const callUsermodehelper = stub(
  "int call_usermodehelper(const char *path, char **argv, char **envp, int wait)",
  { fails: FAILS, sleeps: true, level: NOT_RUN },
  (k, { path, argv, envp, wait }) => {
    const program = k.memory.cstring(path, 4096);
    // An empty path says that helpers are switched off, which is no failure.
    return program === "" ? 0 : k.driverCore.usermode.start(program, argv, envp, wait);
  },
);
export const callUsermodehelperSetup = stub(
  `struct subprocess_info *call_usermodehelper_setup(const char *path, char **argv, char **envp,
      gfp_t gfp_mask, int (*init)(struct subprocess_info *info, struct cred *new),
      void (*cleanup)(struct subprocess_info *info), void *data)`,
  { fails: ["NULL"], acquires: { usermodehelper: "return" } },
  (k, { path, argv, envp, gfp_mask, init, cleanup, data }) => {
    const info = k.heap.kmalloc(k.sizeOf("subprocess_info"), gfp_mask | GFP.ZERO);
    if (info === 0) return 0;
    const fields = { path, argv, envp, init, cleanup, data };
    for (const [field, value] of Object.entries(fields))
      k.memory.setPointer(at(k, info, field as Field), value);
    return info;
  },
);

/** What the new process does before the program, and what follows. */
function* execute(k: Kernel, info: Address, wait: number): Routine<number> {
  const read = (field: Field): Address => k.memory.pointer(at(k, info, field));
  const path = k.memory.cstring(read("path"), 4096);
  let result = 0;
  if (path !== "") {
    const credentials = k.struct("task_struct", k.current.taskStruct).cred;
    if (read("init") !== 0) result = asInt(yield* k.call(read("init"), info, credentials));
    if (result === 0) result = k.driverCore.usermode.start(path, read("argv"), read("envp"), wait);
  }
  k.memory.setU32(at(k, info, "retval"), result >>> 0);
  if (read("cleanup") !== 0) yield* k.call(read("cleanup"), info);
  k.heap.kfree(info);
  return result;
}
export const callUsermodehelperExec = stub(
  "int call_usermodehelper_exec(struct subprocess_info *sub_info, int wait)",
  { fails: FAILS, sleeps: true, releases: { usermodehelper: "sub_info" }, level: NOT_RUN },
  function* (k, { sub_info, wait }) {
    return yield* execute(k, sub_info, wait);
  },
);
