import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";

/** Majors of block devices (block/genhd.c). */
export interface BlockMajors {
  /** Takes a major, for 0 a free one; returns it. Errors: EINVAL, EBUSY. */
  register(major: number, name: ByteString): number;
  /** False when `name` does not have that major. */
  unregister(major: number, name: ByteString): boolean;
  /** Lines of /proc/devices, by major. */
  list(): readonly (readonly [major: number, name: ByteString])[];
}

const MAJOR_MAX = 512;
/** Majors share that many lists; only an empty one's number is given away. */
const LISTS = 255;
const NAME_MAX = 15;

export const createBlockMajors = (k: Pick<Kernel, "journal" | "printk">): BlockMajors => {
  const majors = k.journal.map<number, ByteString>();
  majors.set(259, "blkext");
  const findFree = (name: ByteString): number => {
    const taken = new Set([...majors.keys()].map((major) => major % LISTS));
    for (let major = LISTS - 1; major > 0; major -= 1) if (!taken.has(major)) return major;
    k.printk(4, `__register_blkdev: failed to get major for ${name}`);
    throw new Errno(EBUSY);
  };
  return {
    register(wanted, name) {
      const major = wanted === 0 ? findFree(name) : wanted;
      if (major >= MAJOR_MAX) {
        const limits = `(${major}) is greater than the maximum (${MAJOR_MAX - 1})`;
        k.printk(3, `__register_blkdev: major requested ${limits} for ${name}`);
        throw new Errno(EINVAL);
      }
      if (majors.has(major)) {
        k.printk(4, `register_blkdev: cannot get major ${major} for ${name}`);
        throw new Errno(EBUSY);
      }
      majors.set(major, name.slice(0, NAME_MAX));
      return major;
    },
    unregister(major, name) {
      return majors.get(major) === name && majors.delete(major);
    },
    list: () => [...majors.entries()].toSorted(([a], [b]) => a - b),
  };
};
