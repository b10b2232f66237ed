import { ENOEXEC } from "../base/errno.ts";
import { Errno } from "../base/errors.ts";

/**
 * A module that does not load. `errno` is what the system call returns; `message` says why in
 * kobox's words, for reports. What the kernel itself logs has gone to LoadHost.log before.
 */
export class LoadFailure extends Errno {}

/** ENOEXEC for input that the kernel would follow out of bounds, where it has no words of its own. */
export const malformed = (what: string): LoadFailure => new LoadFailure(ENOEXEC, what);
