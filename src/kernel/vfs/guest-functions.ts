/** The functions of a guest's table of file operations. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** Addresses of a guest's functions, as struct file_operations or struct proc_ops has them; 0 for none. */
export interface GuestFunctions {
  readonly open: Address;
  readonly read: Address;
  readonly readIter: Address;
  readonly spliceRead: Address;
  readonly write: Address;
  readonly writeIter: Address;
  readonly llseek: Address;
  readonly ioctl: Address;
  readonly compatIoctl: Address;
  readonly poll: Address;
  readonly mmap: Address;
  readonly fasync: Address;
  readonly fsync: Address;
  readonly flush: Address;
  readonly release: Address;
}

export const NO_FUNCTIONS: GuestFunctions = {
  open: 0,
  read: 0,
  readIter: 0,
  spliceRead: 0,
  write: 0,
  writeIter: 0,
  llseek: 0,
  ioctl: 0,
  compatIoctl: 0,
  poll: 0,
  mmap: 0,
  fasync: 0,
  fsync: 0,
  flush: 0,
  release: 0,
};

export const fileOperationsAt = (k: Kernel, address: Address): GuestFunctions => {
  const view = k.struct("file_operations", address);
  return {
    open: view.open,
    read: view.read,
    readIter: view.read_iter,
    spliceRead: view.splice_read,
    write: view.write,
    writeIter: view.write_iter,
    llseek: view.llseek,
    ioctl: view.unlocked_ioctl,
    compatIoctl: view.compat_ioctl,
    poll: view.poll,
    mmap: view.mmap,
    fasync: view.fasync,
    fsync: view.fsync,
    flush: view.flush,
    release: view.release,
  };
};

export const procOperationsAt = (k: Kernel, address: Address): GuestFunctions => {
  const view = k.struct("proc_ops", address);
  return {
    ...NO_FUNCTIONS,
    open: view.proc_open,
    read: view.proc_read,
    readIter: view.proc_read_iter,
    write: view.proc_write,
    llseek: view.proc_lseek,
    ioctl: view.proc_ioctl,
    compatIoctl: view.proc_compat_ioctl,
    poll: view.proc_poll,
    mmap: view.proc_mmap,
    release: view.proc_release,
  };
};
