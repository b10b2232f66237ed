/** /proc/sys: files over the guest's tables (fs/proc/proc_sysctl.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST, EINVAL } from "../../base/errno.ts";
import { Errno, RunEnd } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { calledFrom } from "./called-from.ts";
import { seekIn } from "./kept-files.ts";
import type { DirectoryNode, Node } from "./node.ts";
import type { FileOperations } from "./operations.ts";
import type { Tree } from "./tree.ts";

export interface Sysctls {
  /** The new struct ctl_table_header; EEXIST, EINVAL. */
  register(path: ByteString, table: Address): Address;
  unregister(header: Address): void;
}

/** What a registration put where, in the order it was made. */
type Placed = readonly {
  readonly directory: DirectoryNode;
  readonly name: ByteString;
  readonly node: Node;
}[];

const DEPTH_MAX = 64;
const TABLE_MAX = 4096;
const COUNT_MAX = 1 << 17;

/** Runs the table's handler with a kernel buffer; what it left in it. */
function* handle(
  k: Kernel,
  table: Address,
  input: Uint8Array | number,
  position: number,
): Routine<{ bytes: Uint8Array; count: number; position: number }> {
  const { proc_handler } = k.struct("ctl_table", table);
  if (proc_handler === 0) throw new Errno(EINVAL);
  const size = Math.min(typeof input === "number" ? input : input.length, COUNT_MAX);
  const buffer = k.heap.kmalloc(size + 1, GFP_KERNEL);
  const cell = k.heap.kmalloc(16, GFP_KERNEL);
  try {
    if (typeof input !== "number") k.memory.write(buffer, input);
    k.memory.setU64(cell, BigInt(size));
    k.memory.setU64(cell + 8, BigInt(position));
    const write = typeof input === "number" ? 0 : 1;
    const call = k.call(proc_handler, table, write, buffer, cell, cell + 8);
    const operation = write === 0 ? "readIter" : "writeIter";
    const result = asInt(yield* calledFrom(k, "sysctl", operation, call));
    if (result < 0) throw new Errno(-result);
    const count = Math.min(Number(k.memory.u64(cell)), size);
    const bytes = k.memory.bytes(buffer, count).slice();
    return { bytes, count, position: Number(BigInt.asIntN(64, k.memory.u64(cell + 8))) };
  } finally {
    k.heap.kfree(cell);
    k.heap.kfree(buffer);
  }
}

const tableFile = (k: Kernel, table: Address): FileOperations => ({
  splice: true,
  *read(file, count) {
    const result = yield* handle(k, table, count, file.position);
    file.position = result.position;
    return result.bytes;
  },
  *write(file, bytes) {
    const result = yield* handle(k, table, bytes, file.position);
    file.position = result.position;
    return result.count;
  },
  *lseek(file, offset, whence) {
    return seekIn(file, offset, whence, 0);
  },
});

export const createSysctls = (k: Kernel, tree: Tree): Sysctls => {
  const headers: JournalMap<Address, Placed> = k.journal.map();
  const remove = (placed: Placed): void => {
    for (const { directory, name, node } of placed.toReversed()) {
      const empty = node.kind !== "directory" || node.entries.size === 0;
      if (empty && directory.entries.get(name) === node) directory.entries.delete(name);
    }
  };
  /** Makes what is missing of a path, noting it. */
  const descend = (path: ByteString, placed: Placed[number][]): DirectoryNode => {
    let directory = tree.directory("/proc/sys");
    for (const name of path.split("/").filter((part) => part !== "")) {
      let next = directory.entries.get(name);
      if (next === undefined) {
        next = tree.newDirectory(0o555);
        directory.entries.set(name, next);
        placed.push({ directory, name, node: next });
      }
      if (next.kind !== "directory") throw new Errno(EEXIST);
      directory = next;
    }
    return directory;
  };
  const place = (path: ByteString, table: Address, placed: Placed[number][], depth = 0): void => {
    // The kernel goes down in its own stack, to its end.
    if (depth > DEPTH_MAX)
      throw new RunEnd("hang", "a sysctl table is its own child: the guest has broken it");
    const size = k.sizeOf("ctl_table");
    const directory = descend(path, placed);
    for (let index = 0; index < TABLE_MAX; index += 1) {
      const at = table + index * size;
      const view = k.struct("ctl_table", at);
      if (view.procname === 0) return;
      const name = k.memory.cstring(view.procname, 256);
      if (view.child !== 0) {
        place(`${path}/${name}`, view.child, placed, depth + 1);
        continue;
      }
      if (directory.entries.has(name)) {
        k.printk(3, `sysctl duplicate entry: /${path.replace(/^\//, "")}/${name}`);
        k.traces.dumpStack();
        throw new Errno(EEXIST);
      }
      const node = tree.newSpecial(view.mode & 0o777, tableFile(k, at), at);
      directory.entries.set(name, node);
      placed.push({ directory, name, node });
    }
  };
  return {
    register(path, table) {
      const placed: Placed[number][] = [];
      try {
        place(path, table, placed);
      } catch (error) {
        remove(placed);
        throw error;
      }
      const header = k.heap.internal(new Uint8Array(k.sizeOf("ctl_table_header")));
      k.struct("ctl_table_header", header).ctl_table = table;
      k.struct("ctl_table_header", header).ctl_table_arg = table;
      headers.set(header, placed);
      return header;
    },
    unregister(header) {
      const placed = headers.get(header);
      if (placed === undefined) return;
      remove(placed);
      headers.delete(header);
      k.heap.kfree(header);
    },
  };
};
