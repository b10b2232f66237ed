/** include/linux/anon_inodes.h, as fs/anon_inodes.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL, ENFILE } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { currentProcess, installFd, reserveFd } from "../../src/kernel/vfs/descriptors.ts";
import { guestFile, ownerPin } from "../../src/kernel/vfs/guest-file.ts";
import { fileOperationsAt } from "../../src/kernel/vfs/guest-functions.ts";
import type { OpenFile } from "../../src/kernel/vfs/operations.ts";
import { stub } from "../../src/stub/declare.ts";

const KEPT_FLAGS = 3 | 0o4000;

interface Anonymous {
  readonly name: Address;
  readonly fops: Address;
  readonly data: Address;
  readonly flags: number;
}
/** A file that no path leads to; its module is held while it is open. */
const anonymous = (k: Kernel, { name, fops, data, flags }: Anonymous): OpenFile => {
  const pin = ownerPin(k, [k.struct("file_operations", fops).owner]);
  if (!pin.get()) throw new Errno(ENFILE);
  const operations = guestFile(k, {
    kind: "plain",
    operations: fops,
    functions: fileOperationsAt(k, fops),
    prepare: () => undefined,
    pin,
  });
  const node = { ...k.vfs.tree.newFile(0o600), mode: 0o600 };
  const file = k.vfs.adopt(node, flags & KEPT_FLAGS, operations, k.memory.cstring(name, 256));
  k.struct("file", k.vfs.objects.file(file, fops)).private_data = data;
  return file;
};
export const anonInodeGetfile = stub(
  `struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
      int flags)`,
  { fails: ["ENOENT", "ENFILE", "ENOMEM"], errPtr: true, sleeps: true, acquires: { file: "return" } },
  (k, { name, fops, priv, flags }) => anonymous(k, { name, fops, data: priv, flags }).guest,
);
export const anonInodeGetfd = stub(
  "int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)",
  { fails: ["EMFILE", "ENFILE", "ENOMEM"], sleeps: true },
  (k, { name, fops, priv, flags }) => {
    if (fops === 0) throw new Errno(EINVAL);
    const fd = reserveFd(k);
    try {
      installFd(k, fd, anonymous(k, { name, fops, data: priv, flags }));
    } catch (error) {
      currentProcess(k).reserved.delete(fd);
      throw error;
    }
    return fd;
  },
);
