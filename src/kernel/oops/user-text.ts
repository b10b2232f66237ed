import { type Address, alignDown, PAGE_SIZE } from "../../base/address.ts";
import type { Machine } from "../../machine/machine.ts";
import { SYSCALL_CODE, SYSCALL_RETURN } from "./user-registers.ts";
import { PROLOGUE } from "./code-bytes.ts";

/**
 * The page of a process's program that holds its system calls. Reports of bad addresses print the page
 * table entries on the way, and a process has tables for its program where host programs have none.
 */
export const mapUserText = (machine: Machine): void => {
  const page: Address = alignDown(SYSCALL_RETURN, PAGE_SIZE);
  const frame = machine.frames.allocate(1);
  if (frame === undefined) return;
  machine.map(page, frame, 1, { write: true, execute: false, user: true });
  machine.userMemory.write(SYSCALL_RETURN - PROLOGUE, Buffer.from(SYSCALL_CODE, "hex"));
  machine.protect(page, 1, { write: false, execute: true, user: true });
};
