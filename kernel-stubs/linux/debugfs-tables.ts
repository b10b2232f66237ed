/** include/linux/debugfs.h: registers, arrays and seq_files of devices (fs/debugfs/file.c). */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { seqAppend, seqRead, singleOpen, singleRelease } from "../../src/kernel/vfs/seq-file.ts";
import { Errno } from "../../src/base/errors.ts";
import { seekIn, textFile } from "../../src/kernel/vfs/kept-files.ts";
import type { FileOperations } from "../../src/kernel/vfs/operations.ts";
import { stub } from "../../src/stub/declare.ts";

const REG_SIZE = 16;
const ARRAY_LIMIT = 1 << 16;

/** Failures of functions without a result go unnoticed. */
const create = (
  k: Kernel,
  at: Address,
  mode: number,
  parent: Address,
  operations: FileOperations,
): Address => {
  try {
    return k.vfs.debugfs.create({
      name: k.memory.cstring(at, 256),
      mode,
      parent,
      data: 0,
      server: { operations },
    });
  } catch (error) {
    if (error instanceof Errno) return 0;
    throw error;
  }
};

/** "CTRL = 0x00000011", one line a register. */
const registerLines = (
  k: Kernel,
  table: { readonly regs: Address; readonly count: number; readonly base: Address; readonly prefix: string },
): string =>
  Array.from({ length: Math.min(table.count, ARRAY_LIMIT) }, (_, index) => {
    const at = table.regs + index * REG_SIZE;
    const name = k.memory.cstring(k.memory.pointer(at), 256);
    const value = k.memory.u32(table.base + k.memory.pointer(at + 8));
    return `${table.prefix}${name} = 0x${value.toString(16).padStart(8, "0")}\n`;
  }).join("");

export const debugfsPrintRegs32 = stub(
  `void debugfs_print_regs32(struct seq_file *s, const struct debugfs_reg32 *regs, int nregs,
      void *base, char *prefix)`,
  (k, { s, regs, nregs, base, prefix }) => {
    const lead = prefix === 0 ? "" : k.memory.cstring(prefix, 256);
    seqAppend(k, s, registerLines(k, { regs, count: nregs, base, prefix: lead }));
  },
);
export const debugfsCreateRegset32 = stub(
  `void debugfs_create_regset32(const char *name, umode_t mode, struct dentry *parent,
      struct debugfs_regset32 *regset)`,
  (k, { name, mode, parent, regset }) => {
    const show = textFile(function* () {
      const { regs, nregs, base } = k.struct("debugfs_regset32", regset);
      return registerLines(k, { regs, count: nregs, base, prefix: "" });
    });
    create(k, name, mode, parent, show);
  },
);
export const debugfsCreateU32Array = stub(
  `void debugfs_create_u32_array(const char *name, umode_t mode, struct dentry *parent,
      struct debugfs_u32_array *array)`,
  (k, { name, mode, parent, array }) => {
    const show = textFile(function* () {
      const { array: at, n_elements } = k.struct("debugfs_u32_array", array);
      const count = Math.min(n_elements, ARRAY_LIMIT);
      return `${Array.from({ length: count }, (_, index) => k.memory.u32(at + index * 4)).join(" ")}\n`;
    });
    create(k, name, mode, parent, show);
  },
);

/** A seq_file whose show function is given the device. */
const deviceFile = (k: Kernel, device: Address, show: Address): FileOperations => ({
  *open(file) {
    const guest = k.vfs.objects.ensure(file);
    singleOpen(k, guest, show, device);
  },
  *read(file, count) {
    const bytes = yield* seqRead(k, k.struct("file", file.guest).private_data, count, file.position);
    k.journal.touch(file).position += bytes.length;
    return bytes;
  },
  *lseek(file, offset, whence) {
    return seekIn(file, offset, whence, 0);
  },
  *release(file) {
    singleRelease(k, file.guest);
  },
});
export const debugfsCreateDevmSeqfile = stub(
  `void debugfs_create_devm_seqfile(struct device *dev, const char *name, struct dentry *parent,
      int (*read_fn)(struct seq_file *s, void *data))`,
  (k, { dev, name, parent, read_fn }) => void create(k, name, 0o444, parent, deviceFile(k, dev, read_fn)),
);
