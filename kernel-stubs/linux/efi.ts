/**
 * include/linux/efi.h, as drivers/firmware/efi/vars.c does it: a store of variables, which a module may bring. The
 * machine has no EFI of its own.
 */
import type { Address } from "../../src/base/address.ts";
import { EACCES, EBUSY, EINTR, EINVAL, EIO, ENODEV, ENOENT, ENOSPC, EROFS } from "../../src/base/errno.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import { imageVariable } from "../../src/kernel/image-variable.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Routine, untilAnswered } from "../../src/kernel/routine.ts";
import { TASK_INTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const SUCCESS = 0n;
const error = (number: number): bigint => BigInt(number) | (1n << 63n);
const INVALID_PARAMETER = error(2);
const UNSUPPORTED = error(3);
const DEVICE_ERROR = error(7);
const WRITE_PROTECTED = error(8);
const OUT_OF_RESOURCES = error(9);
const NOT_FOUND = error(14);
const ABORTED = error(21);
const SECURITY_VIOLATION = error(26);

const STATUS_ERRNO: ReadonlyMap<bigint, number> = new Map([
  [SUCCESS, 0],
  [INVALID_PARAMETER, -EINVAL],
  [OUT_OF_RESOURCES, -ENOSPC],
  [DEVICE_ERROR, -EIO],
  [WRITE_PROTECTED, -EROFS],
  [SECURITY_VIOLATION, -EACCES],
  [NOT_FOUND, -ENOENT],
  [ABORTED, -EINTR],
]);

export const efiStatusToErr = stub(
  "int efi_status_to_err(efi_status_t status)",
  (_k, { status }) => STATUS_ERRNO.get(status) ?? -EINVAL,
);

const registered = (k: Kernel): Address => k.memory.pointer(imageVariable(k, "__efivars", 8));
const operations = (k: Kernel): Address => k.memory.pointer(registered(k) + k.offsetOf("efivars", "ops"));
const operation = (k: Kernel, name: string): Address =>
  k.memory.pointer(operations(k) + k.offsetOf("efivar_operations", name));

/** Whoever uses it first finds the zeroes of an image whose statics are left out. */
const lockOf = (k: Kernel): Address => {
  const at = imageVariable(k, "efivars_lock", k.sizeOf("semaphore"));
  const waiters = at + k.offsetOf("semaphore", "wait_list");
  if (k.memory.pointer(waiters) === 0) {
    k.memory.setU32(at + k.offsetOf("semaphore", "count"), 1);
    initList(k.memory, waiters);
  }
  return at;
};
const unlock = (k: Kernel): void => k.semaphores.up(lockOf(k));

/** 0, or -EINTR for a signal. */
const lock = (k: Kernel): Routine<number> =>
  untilAnswered(() => k.semaphores.down(lockOf(k), k.current, TASK_INTERRUPTIBLE));

/** With the lock held; -ENODEV where nobody brings variables, and the lock given back. */
const unlessNobody = (k: Kernel): number => {
  if (operations(k) !== 0) return 0;
  unlock(k);
  return -ENODEV;
};

export const efivarsKobject = stub("struct kobject *efivars_kobject(void)", (k) => {
  const efivars = registered(k);
  return efivars === 0 ? 0 : k.memory.pointer(efivars + k.offsetOf("efivars", "kobject"));
});

export const efivarsRegister = stub(
  "int efivars_register(struct efivars *efivars, const struct efivar_operations *ops, struct kobject *kobject)",
  { sleeps: true, fails: ["EINTR", "EBUSY"], acquires: { efivars: "efivars" } },
  function* (k, { efivars, ops, kobject }) {
    if ((yield* lock(k)) !== 0) return -EINTR;
    try {
      if (registered(k) !== 0) {
        k.printk(4, "efivars already registered");
        return -EBUSY;
      }
      k.memory.setPointer(efivars + k.offsetOf("efivars", "ops"), ops);
      k.memory.setPointer(efivars + k.offsetOf("efivars", "kobject"), kobject);
      k.memory.setPointer(imageVariable(k, "__efivars", 8), efivars);
      k.printk(6, "Registered efivars operations");
      return 0;
    } finally {
      unlock(k);
    }
  },
);
export const efivarsUnregister = stub(
  "int efivars_unregister(struct efivars *efivars)",
  { sleeps: true, fails: ["EINTR", "EINVAL"], releases: { efivars: "efivars" } },
  function* (k, { efivars }) {
    if ((yield* lock(k)) !== 0) return -EINTR;
    try {
      if (registered(k) === 0) k.printk(3, "efivars not registered");
      if (registered(k) === 0 || registered(k) !== efivars) return -EINVAL;
      k.printk(6, "Unregistered efivars operations");
      k.memory.setPointer(imageVariable(k, "__efivars", 8), 0);
      return 0;
    } finally {
      unlock(k);
    }
  },
);

export const efivarSupportsWrites = stub("int efivar_supports_writes(void)", (k) =>
  registered(k) !== 0 && operation(k, "set_variable") !== 0 ? 1 : 0,
);

export const efivarLock = stub(
  "int efivar_lock(void)",
  { sleeps: true, fails: ["EINTR", "ENODEV"] },
  function* (k) {
    return (yield* lock(k)) === 0 ? unlessNobody(k) : -EINTR;
  },
);
export const efivarTrylock = stub("int efivar_trylock(void)", { fails: ["EBUSY", "ENODEV"] }, (k) =>
  k.semaphores.tryDown(lockOf(k)) ? unlessNobody(k) : -EBUSY,
);
export const efivarUnlock = stub("void efivar_unlock(void)", unlock);

export const efivarGetVariable = stub(
  `efi_status_t efivar_get_variable(efi_char16_t *name, efi_guid_t *vendor, u32 *attr, unsigned long *size,
      void *data)`,
  function* (k, { name, vendor, attr, size, data }) {
    return yield* k.call(operation(k, "get_variable"), name, vendor, attr, size, data);
  },
);
export const efivarGetNextVariable = stub(
  `efi_status_t efivar_get_next_variable(unsigned long *name_size, efi_char16_t *name, efi_guid_t *vendor)`,
  function* (k, { name_size, name, vendor }) {
    return yield* k.call(operation(k, "get_next_variable"), name_size, name, vendor);
  },
);
export const efivarQueryVariableInfo = stub(
  `efi_status_t efivar_query_variable_info(u32 attr, u64 *storage_space, u64 *remaining_space,
      u64 *max_variable_size)`,
  function* (k, { attr, storage_space, remaining_space, max_variable_size }) {
    const query = operation(k, "query_variable_info");
    return query === 0
      ? UNSUPPORTED
      : yield* k.call(query, attr, storage_space, remaining_space, max_variable_size);
  },
);

const NAME_LENGTH = 1024;
const SMALL = 0x1_0000n;

/** ucs2_strsize: bytes of a name, without its end. */
const nameSize = (k: Kernel, name: Address): bigint => {
  let length = 0;
  while (length < NAME_LENGTH && k.memory.u16(name + 2 * length) !== 0) length += 1;
  return BigInt(2 * length);
};

/** What the store says of so many bytes; whoever does not say takes up to 64 KiB. */
const checkSize = function* (k: Kernel, nonblocking: number, attr: number, size: bigint): Routine<bigint> {
  const query = operation(k, "query_variable_store");
  const status = query === 0 ? UNSUPPORTED : yield* k.call(query, attr, size, nonblocking);
  if (status !== UNSUPPORTED) return status;
  return size <= SMALL ? SUCCESS : OUT_OF_RESOURCES;
};

interface Setting {
  readonly name: Address;
  readonly vendor: Address;
  readonly attr: number;
  readonly data_size: bigint;
  readonly data: Address;
}
const setLocked = function* (k: Kernel, setting: Setting, nonblocking: number): Routine<bigint> {
  const { name, vendor, attr, data_size: size, data } = setting;
  if (size > 0n) {
    const total = BigInt.asUintN(64, size + nameSize(k, name));
    const status = yield* checkSize(k, nonblocking, attr, total);
    if (status !== SUCCESS) return status;
  }
  const quick = nonblocking === 0 ? 0 : operation(k, "set_variable_nonblocking");
  const set = quick === 0 ? operation(k, "set_variable") : quick;
  return yield* k.call(set, name, vendor, attr, size, data);
};

export const efivarSetVariableLocked = stub(
  `efi_status_t efivar_set_variable_locked(efi_char16_t *name, efi_guid_t *vendor, u32 attr,
      unsigned long data_size, void *data, bool nonblocking)`,
  function* (k, args) {
    return yield* setLocked(k, args, args.nonblocking ? 1 : 0);
  },
);
export const efivarSetVariable = stub(
  `efi_status_t efivar_set_variable(efi_char16_t *name, efi_guid_t *vendor, u32 attr,
      unsigned long data_size, void *data)`,
  { sleeps: true },
  function* (k, args) {
    if ((yield* lock(k)) !== 0 || unlessNobody(k) !== 0) return ABORTED;
    const status = yield* setLocked(k, args, 0);
    unlock(k);
    return status;
  },
);

/** EFI_MIN_RESERVE: some firmware does not start when less is free. */
const MIN_RESERVE = 5120n;
export const efivarReservedSpace = stub("u64 efivar_reserved_space(void)", () => MIN_RESERVE);

/** Of `struct efi`, which no exported function mentions. */
const RUNTIME_SUPPORTED_MASK = 12;
/** What efisubsys_init() leaves of it where no EFI started the machine: no service is supported. */
export const efi = variable("struct efi efi", (k, { address }) =>
  k.memory.setU32(address + RUNTIME_SUPPORTED_MASK, 0),
);
