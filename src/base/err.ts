/** Pointers that carry an errno (include/linux/err.h). */
import type { Address } from "./address.ts";
import { MAX_ERRNO } from "./errno.ts";

/** IS_ERR(); also of a number that a system call returned. */
export const isErr = (pointer: Address): boolean => pointer < 0 && pointer >= -MAX_ERRNO;

/** IS_ERR_OR_NULL() */
export const isErrOrNull = (pointer: Address): boolean => pointer === 0 || isErr(pointer);
