/** Backing devices: how much is read ahead, and what waits to be written (mm/backing-dev.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import { at, point } from "../data/members.ts";
import { putText } from "../data/text.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { createDevice, unregisterDevice } from "../devices/device.ts";
import { ownClass } from "../devices/own-classes.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { attributeFile, textAttribute } from "../vfs/attribute-file.ts";

const BDI = "backing_dev_info";
/** VM_READAHEAD_PAGES */
const READAHEAD_PAGES = 32n;
/** BDI_CAP_WRITEBACK | BDI_CAP_WRITEBACK_ACCT */
const CAPABILITIES = 3;
const PAGE_KB = 4n;
const MAX_RATIO = 100;

export const allocateBdi = (k: Kernel): Address => {
  const bdi = k.heap.internal(new Uint8Array(k.sizeOf(BDI)));
  for (const list of ["bdi_list", "wb_list"]) initList(k.memory, at(k, BDI, bdi, list));
  initList(k.memory, at(k, BDI, bdi, "wb_waitq.head"));
  const set = (field: string, value: number): void => k.memory.setU32(at(k, BDI, bdi, field), value);
  set("refcnt", 1);
  set("max_ratio", MAX_RATIO);
  set("capabilities", CAPABILITIES);
  for (const field of ["ra_pages", "io_pages"]) k.memory.setU64(at(k, BDI, bdi, field), READAHEAD_PAGES);
  point(k, BDI, bdi, "wb.bdi", bdi);
  return bdi;
};

/** Files of /sys/class/bdi/NAME. */
const addFiles = (k: Kernel, bdi: Address, device: Address): void => {
  const kobject = deviceKobject(k, device);
  /** A number that can be set, as it is shown. */
  const add = (name: ByteString, show: () => bigint, store: (value: bigint) => void): void =>
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode: 0o644,
      attribute: 0,
      operations: attributeFile(k, {
        *show(page) {
          return putText(k.memory, page, `${show()}\n`);
        },
        *store(page, length) {
          const text = k.memory.cstring(page, length + 1);
          if (!/^\+?\d+\n?$/.test(text)) throw new Errno(EINVAL);
          store(BigInt(text.trim()));
          return length;
        },
      }),
    });
  const pages = at(k, BDI, bdi, "ra_pages");
  add(
    "read_ahead_kb",
    () => k.memory.u64(pages) * PAGE_KB,
    (value) => k.memory.setU64(pages, BigInt.asUintN(64, value) / PAGE_KB),
  );
  for (const name of ["min_ratio", "max_ratio"]) {
    const ratio = at(k, BDI, bdi, name);
    add(
      name,
      () => BigInt(k.memory.u32(ratio)),
      (value) => {
        if (value > MAX_RATIO) throw new Errno(EINVAL);
        k.memory.setU32(ratio, Number(value));
      },
    );
  }
  k.vfs.sysfs.addFile(kobject, {
    name: "stable_pages_required",
    mode: 0o444,
    attribute: 0,
    operations: textAttribute(k, () => "0\n"),
  });
};

/** bdi_register(): /sys/class/bdi/NAME. Errno EEXIST, ENOMEM. */
export function* registerBdi(k: Kernel, bdi: Address, name: ByteString): Routine<void> {
  if (k.memory.pointer(at(k, BDI, bdi, "dev")) !== 0) return;
  k.memory.setCstring(at(k, BDI, bdi, "dev_name"), name.slice(0, 63));
  const device = yield* createDevice(k, {
    class: yield* ownClass(k, "bdi"),
    parent: 0,
    devt: 0,
    data: bdi,
    groups: 0,
    name,
  });
  point(k, BDI, bdi, "dev", device);
  addFiles(k, bdi, device);
}

export function* unregisterBdi(k: Kernel, bdi: Address): Routine<void> {
  const device = k.memory.pointer(at(k, BDI, bdi, "dev"));
  if (device === 0) return;
  yield* unregisterDevice(k, device);
  point(k, BDI, bdi, "dev", 0);
}

/** bdi_put() */
export const putBdi = (k: Kernel, bdi: Address): void => {
  const refcnt = at(k, BDI, bdi, "refcnt");
  const left = k.memory.i32(refcnt) - 1;
  k.memory.setU32(refcnt, left >>> 0);
  if (left === 0) k.heap.kfree(bdi);
};

/** bdi_dev_name(): of one that is not registered, too. */
export const bdiName = (k: Kernel, bdi: Address): Address => {
  if (bdi !== 0 && k.memory.pointer(at(k, BDI, bdi, "dev")) !== 0) return at(k, BDI, bdi, "dev_name");
  return k.driverCore.texts.of("(unknown)");
};
