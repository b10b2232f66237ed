import { PAGE_SIZE, type Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EIO, EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { putText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { POLLERR, POLLIN, POLLOUT, POLLPRI } from "../user.ts";
import { calledFrom } from "./called-from.ts";
import { seekIn } from "./kept-files.ts";
import type { FileOperations, OpenFile } from "./operations.ts";

const DEFAULT_POLLMASK = POLLIN | POLLOUT | 0x40 | 0x100;

interface Opened {
  text: Uint8Array | undefined;
  /** Changes that whoever opened it has seen. */
  events: number;
}
const eventsOf = ({ node }: OpenFile): number => (node.kind === "special" ? node.events : 0);

/** Key in `userWaits` of those that poll an attribute. */
export const attributeKey = ({ ino }: { readonly ino: number }): number => -0x2000_0000 - ino;

/** What serves an attribute: both are given a zeroed kernel page and answer with a length or -errno. */
export interface AttributeHandlers {
  readonly show?: ((page: Address) => Routine<number>) | undefined;
  readonly store?: ((page: Address, length: number) => Routine<number>) | undefined;
  /** The `show` in question, for the complaint about a bad length. */
  readonly name?: () => string;
}

const checked = (result: number): number => {
  if (result < 0) throw new Errno(-result);
  return result;
};

/** A file of the kernel's own that shows a text and cannot be written. */
export const textAttribute = (k: Kernel, text: () => ByteString): FileOperations =>
  attributeFile(k, {
    *show(page) {
      return putText(k.memory, page, text().slice(0, PAGE_SIZE - 1));
    },
  });

/** Files of sysfs: text made in a page when reading starts, writes handed over whole (fs/sysfs/file.c). */
export const attributeFile = (k: Kernel, handlers: AttributeHandlers): FileOperations => {
  const { show, store } = handlers;
  function* fill(): Routine<Uint8Array> {
    if (show === undefined) throw new Errno(EIO);
    const page = k.heap.kmalloc(PAGE_SIZE, GFP_KERNEL);
    if (page === 0) throw new Errno(ENOMEM);
    try {
      const length = checked(yield* calledFrom(k, "sysfs", "readIter", show(page)));
      if (length >= PAGE_SIZE)
        k.printk(6, `fill_read_buffer: ${handlers.name?.() ?? "show"} returned bad count`);
      return k.memory.bytes(page, Math.min(length, PAGE_SIZE - 1)).slice();
    } finally {
      k.heap.kfree(page);
    }
  }
  return {
    strict: true,
    splice: true,
    *open(file: OpenFile) {
      file.state = { text: undefined, events: eventsOf(file) } satisfies Opened;
    },
    *read(file: OpenFile, count: number) {
      const state = file.state as Opened;
      if (file.position === 0 || state.text === undefined) {
        k.journal.touch(state).events = eventsOf(file);
        state.text = yield* fill();
      }
      const { text } = state;
      const piece = text.slice(file.position, file.position + count);
      file.position += piece.length;
      return piece;
    },
    *write(file: OpenFile, bytes: Uint8Array) {
      if (store === undefined) throw new Errno(EIO);
      const length = Math.min(bytes.length, PAGE_SIZE);
      if (length === 0) return 0;
      const page = k.heap.kmalloc(length + 1, GFP_KERNEL);
      if (page === 0) throw new Errno(ENOMEM);
      k.memory.write(page, bytes.subarray(0, length));
      k.memory.setU8(page + length, 0);
      try {
        const taken = checked(yield* calledFrom(k, "sysfs", "writeIter", store(page, length)));
        file.position += taken;
        return taken;
      } finally {
        k.heap.kfree(page);
      }
    },
    /** kernfs_generic_poll(): POLLPRI once the contents have changed since they were read. */
    *poll(file: OpenFile, table: Address) {
      if (table !== 0) k.userWaits.join(attributeKey(file.node), k.current);
      const changed = (file.state as Opened).events !== eventsOf(file);
      return DEFAULT_POLLMASK | (changed ? POLLERR | POLLPRI : 0);
    },
    *lseek(file: OpenFile, offset: number, whence: number) {
      if (whence > 1) throw new Errno(EINVAL);
      return seekIn(file, offset, whence, 0);
    },
  };
};
