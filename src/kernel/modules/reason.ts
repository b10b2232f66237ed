import { EEXIST, ENOENT, ENOEXEC, ENOMEM, EPERM, errnoName } from "../../base/errno.ts";
import type { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";

/** What an errno means when it is all that finit_module says. */
const MEANINGS: Readonly<Record<number, string>> = {
  [EEXIST]: "a module of that name, or one of its files in /sys, is there already: remove it first",
  [ENOENT]: "a symbol it needs is exported by no module that is in: insert the one that has it first",
  [ENOEXEC]: "the file is no module for this kernel: build it again, from clean sources",
  [ENOMEM]:
    "the guest's memory does not suffice for it: give more with --memory, or look at the sizes in the file",
  [EPERM]: "the caller lacks CAP_SYS_MODULE, or modules are switched off",
};

/**
 * Why a module was not taken, in one sentence; whoever inserts it always gets one. `since`: the log
 * record and the number of loads before it was tried.
 */
export const refusalReason = (
  k: Kernel,
  { errno, message }: Errno,
  since: { readonly record: number; readonly loads: number },
): string => {
  if (message !== `errno ${errno}`) return message;
  const init = k.modules.history.all()[since.loads]?.init;
  const name = errnoName(errno) ?? `errno ${errno}`;
  if (init?.finished === true) return `its init function returned ${init.returned} (${name}): look there`;
  const said = k.log.since(since.record).findLast(({ level }) => level <= 4);
  if (said !== undefined) return `the kernel says: ${said.text}`;
  return MEANINGS[errno] ?? `the kernel gives ${name} and no more`;
};
