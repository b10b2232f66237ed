/** include/linux/property.h, as drivers/base/property.c and swnode.c do it. */
import type { Address } from "../../src/base/address.ts";
import { ENODATA } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const nameAt = (k: Kernel, at: Address): string => k.memory.cstring(at, 256);
const MAX_VALUES = 65536;

type Reader =
  "int device_property_read_u32_array(struct device *dev, const char *propname, u32 *val, size_t nval)";
export const devicePropertyArrays: readonly Stub[] = ([1, 2, 4, 8] as const).map((size) =>
  stub(
    `int device_property_read_u${size * 8}_array(struct device *dev, const char *propname, u${size * 8} *val, size_t nval)` as Reader,
    { fails: ["EINVAL", "ENODATA", "EPROTO", "EOVERFLOW", "ENXIO"] },
    (k, { dev, propname, val, nval }) => {
      const { properties } = k.driverCore;
      const name = nameAt(k, propname);
      if (val === 0) return properties.count(dev, name, size);
      properties.numbers(dev, name, size, Math.min(nval, MAX_VALUES)).forEach((value, index) => {
        k.io.write(val + index * size, size, value);
      });
      return 0;
    },
  ),
);
export const devicePropertyPresent = stub(
  "bool device_property_present(struct device *dev, const char *propname)",
  (k, { dev, propname }) => k.driverCore.properties.of(dev)?.[nameAt(k, propname)] !== undefined,
);
export const devicePropertyReadString = stub(
  "int device_property_read_string(struct device *dev, const char *propname, const char **val)",
  { fails: ["EINVAL", "ENODATA", "EPROTO", "EILSEQ"] },
  (k, { dev, propname, val }) => {
    const { properties } = k.driverCore;
    const [first] = properties.strings(dev, nameAt(k, propname));
    if (first === undefined) throw new Errno(ENODATA);
    k.memory.setPointer(val, properties.text(first));
    return 0;
  },
);
export const devicePropertyReadStringArray = stub(
  `int device_property_read_string_array(struct device *dev, const char *propname, const char **val,
      size_t nval)`,
  { fails: ["EINVAL", "ENODATA", "EPROTO", "EOVERFLOW"] },
  (k, { dev, propname, val, nval }) => {
    const { properties } = k.driverCore;
    const values = properties.strings(dev, nameAt(k, propname));
    if (val === 0) return values.length;
    const read = values.slice(0, nval);
    read.forEach((value, index) => k.memory.setPointer(val + index * 8, properties.text(value)));
    return read.length;
  },
);
export const devicePropertyMatchString = stub(
  "int device_property_match_string(struct device *dev, const char *propname, const char *string)",
  { fails: ["EINVAL", "ENODATA", "EPROTO"] },
  (k, { dev, propname, string }) => {
    const wanted = k.memory.cstring(string, 4096);
    const index = k.driverCore.properties.strings(dev, nameAt(k, propname)).indexOf(wanted);
    if (index < 0) throw new Errno(ENODATA);
    return index;
  },
);
