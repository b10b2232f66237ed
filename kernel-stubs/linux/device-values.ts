/** include/linux/device.h: attributes that are a variable of the driver (drivers/base/core.c). */
import { PAGE_SIZE, type Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { putText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { kstrtoSigned, kstrtoUnsigned, kstrtobool } from "../../src/kernel/number.ts";
import { stub } from "../../src/stub/declare.ts";

/** struct dev_ext_attribute: the variable's address behind the attribute. */
const variableOf = (k: Kernel, attribute: Address): Address => k.struct("dev_ext_attribute", attribute).var;
const textAt = (k: Kernel, buffer: Address): string => k.memory.cstring(buffer, PAGE_SIZE);

export const deviceShowUlong = stub(
  "ssize_t device_show_ulong(struct device *dev, struct device_attribute *attr, char *buf)",
  (k, { attr, buf }) => putText(k.memory, buf, `${k.memory.u64(variableOf(k, attr)).toString(16)}\n`),
);
export const deviceStoreUlong = stub(
  `ssize_t device_store_ulong(struct device *dev, struct device_attribute *attr, const char *buf,
      size_t size)`,
  { fails: ["EINVAL", "ERANGE"] },
  (k, { attr, buf, size }) => {
    k.memory.setU64(variableOf(k, attr), kstrtoUnsigned(textAt(k, buf), 0, 64));
    return size;
  },
);
export const deviceShowInt = stub(
  "ssize_t device_show_int(struct device *dev, struct device_attribute *attr, char *buf)",
  (k, { attr, buf }) => putText(k.memory, buf, `${k.memory.i32(variableOf(k, attr))}\n`),
);
export const deviceStoreInt = stub(
  `ssize_t device_store_int(struct device *dev, struct device_attribute *attr, const char *buf,
      size_t size)`,
  { fails: ["EINVAL", "ERANGE"] },
  (k, { attr, buf, size }) => {
    const value = kstrtoSigned(textAt(k, buf), 0, 64);
    if (value > 2n ** 31n - 1n || value < -(2n ** 31n)) throw new Errno(EINVAL);
    k.memory.setU32(variableOf(k, attr), Number(BigInt.asUintN(32, value)));
    return size;
  },
);
export const deviceShowBool = stub(
  "ssize_t device_show_bool(struct device *dev, struct device_attribute *attr, char *buf)",
  (k, { attr, buf }) => putText(k.memory, buf, `${k.memory.u8(variableOf(k, attr))}\n`),
);
export const deviceStoreBool = stub(
  `ssize_t device_store_bool(struct device *dev, struct device_attribute *attr, const char *buf,
      size_t size)`,
  { fails: ["EINVAL"] },
  (k, { attr, buf, size }) => {
    k.memory.setU8(variableOf(k, attr), kstrtobool(textAt(k, buf)) ? 1 : 0);
    return size;
  },
);
