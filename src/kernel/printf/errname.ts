import { errnoName } from "../../base/errno.ts";

/** NFS errors, which no other part of the kernel returns (include/linux/errno.h). */
const NFS: Readonly<Record<number, string>> = {
  521: "EBADHANDLE",
  522: "ENOTSYNC",
  523: "EBADCOOKIE",
  525: "ETOOSMALL",
  526: "ESERVERFAULT",
  527: "EBADTYPE",
  528: "EJUKEBOX",
  530: "ERECALLCONFLICT",
};

/** The symbolic name of a positive error number, as `errname` in lib/errname.c knows it. */
export const errorName = (errno: number): string | undefined => errnoName(errno) ?? NFS[errno];
