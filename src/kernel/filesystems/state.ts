/** What file systems share: numbers, tables of operations, references to mounts. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

export interface FileSystems {
  /** An empty table of the kernel's own (empty_iops, empty_aops), the same each time. */
  table(kind: ByteString): Address;
  /** Tables of operations of the kernel's own, by name. */
  readonly named: JournalMap<ByteString, Address>;
  /** get_next_ino(): never 0. */
  nextIno(): number;
  /** Minor numbers of super blocks without a device (unnamed_dev_ida). */
  readonly anonymousDevices: JournalSet<number>;
  /** References to a struct vfsmount, which the kernel counts a CPU each. */
  readonly mounts: JournalMap<Address, number>;
  /** Where the tree shows them, by path. */
  readonly mounted: JournalMap<ByteString, Address>;
}

export const createFileSystems = (k: Kernel): FileSystems => {
  const tables: JournalMap<ByteString, Address> = k.journal.map();
  const state = { ino: 0 };
  return {
    table(kind) {
      const known = tables.get(kind);
      if (known !== undefined) return known;
      const made = k.statics.allocate(k.sizeOf(kind));
      tables.set(kind, made);
      return made;
    },
    nextIno() {
      k.journal.touch(state).ino = (state.ino + 1) % 2 ** 32 || 1;
      return state.ino;
    },
    named: k.journal.map(),
    anonymousDevices: k.journal.set(),
    mounts: k.journal.map(),
    mounted: k.journal.map(),
  };
};
