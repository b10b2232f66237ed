/** How files of /proc are served: by a module's proc_ops, or by its seq_file functions (fs/proc/inode.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL, EIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { type GuestFileKind, NO_PIN, guestFile } from "./guest-file.ts";
import { NO_FUNCTIONS, procOperationsAt } from "./guest-functions.ts";
import type { FileOperations } from "./operations.ts";
import {
  seqOpen,
  seqOpenPrivate,
  seqRelease,
  seqReleasePrivate,
  singleOpen,
  singleRelease,
} from "./seq-file.ts";

/** What serves a new file: a table of the module's, or its seq_file functions. */
export type ProcServer =
  | { readonly kind: "ops"; readonly ops: Address }
  | {
      readonly kind: "seq";
      readonly ops: Address;
      readonly stateSize: number;
      readonly net?: boolean;
      /** simple_write of proc_create_net_data_write */
      readonly write?: Address;
    }
  | { readonly kind: "single"; readonly show: Address; readonly net?: boolean };

function* nothing(): Routine<void> {}

export function* unsupported(): Routine<never> {
  throw new Errno(EINVAL);
}

/** Host code in place of proc_seq_open, proc_single_open and their releases. */
const hostedBy = (k: Kernel, server: ProcServer, entry: () => Address): GuestFileKind["hosted"] => {
  const data = (): Address => k.struct("proc_dir_entry", entry()).data;
  const net = (): Address => k.profile.symbol("init_net")?.address ?? 0;
  if (server.kind === "single") {
    return {
      *open({ file }) {
        singleOpen(k, file, server.show, server.net === true ? net() : data());
      },
      *release({ file }) {
        singleRelease(k, file);
      },
    };
  }
  if (server.kind === "ops") return undefined;
  const { ops, stateSize } = server;
  return {
    *open({ file }) {
      if (stateSize === 0) return void seqOpen(k, file, ops);
      const state = seqOpenPrivate(k, file, ops, stateSize);
      if (server.net === true) k.memory.setPointer(state, net());
    },
    *release({ file }) {
      if (stateSize === 0) seqRelease(k, file);
      else seqReleasePrivate(k, file);
    },
  };
};

/** The operations of a new file; `entry` answers with its struct proc_dir_entry. */
export const serverOperations = (k: Kernel, server: ProcServer, entry: () => Address): FileOperations => {
  const prepare: GuestFileKind["prepare"] = ({ inode }) => {
    k.struct("inode", inode).i_private = k.struct("proc_dir_entry", entry()).data;
  };
  const common = { kind: "proc", prepare, pin: NO_PIN, missing: EIO } as const;
  if (server.kind === "ops") {
    // Looked up at each opening, as the table is the module's and may be gone.
    const make = (): FileOperations =>
      guestFile(k, { ...common, operations: 0, functions: procOperationsAt(k, server.ops) });
    return lazily(make);
  }
  const symbol = (name: string): Address => k.profile.symbol(name)?.address ?? 0;
  const functions = { ...NO_FUNCTIONS, readIter: symbol("seq_read_iter"), llseek: symbol("seq_lseek") };
  const hosted = hostedBy(k, server, entry);
  return guestFile(k, {
    ...common,
    operations: 0,
    functions,
    ...(hosted === undefined ? {} : { hosted }),
  });
};

/** Delegates to operations looked up at each call. */
const lazily = (make: () => FileOperations): FileOperations => ({
  get splice() {
    return make().splice ?? false;
  },
  *open(file) {
    yield* make().open?.(file) ?? nothing();
  },
  *read(file, count) {
    return yield* make().read?.(file, count) ?? unsupported();
  },
  *write(file, bytes) {
    return yield* make().write?.(file, bytes) ?? unsupported();
  },
  *lseek(file, offset, whence) {
    return yield* make().lseek?.(file, offset, whence) ?? unsupported();
  },
  *ioctl(file, request, argument, abi) {
    return yield* make().ioctl?.(file, request, argument, abi) ?? unsupported();
  },
  *poll(file, table) {
    return yield* make().poll?.(file, table) ?? unsupported();
  },
  *mmap(file, vma) {
    yield* make().mmap?.(file, vma) ?? unsupported();
  },
  *release(file) {
    yield* make().release?.(file) ?? nothing();
  },
});
