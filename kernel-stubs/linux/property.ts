/** include/linux/property.h: reading properties, as drivers/base/property.c does it. */
import type { Address } from "../../src/base/address.ts";
import { Errno } from "../../src/base/errors.ts";
import { fwnodeOfDevice } from "../../src/kernel/devices/device-members.ts";
import {
  matchText,
  propertyPresent,
  readIntegerArray,
  readStringArray,
  referenceArguments,
} from "../../src/kernel/devices/fwnode.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const READS = { fails: ["EINVAL", "ENODATA", "EPROTO", "EOVERFLOW", "ENXIO"] } as const;
const TEXTS = { fails: ["EINVAL", "ENODATA", "EPROTO", "EILSEQ", "EOVERFLOW", "ENXIO"] } as const;

type DeviceReader =
  "int device_property_read_u32_array(struct device *dev, const char *propname, u32 *val, size_t nval)";
type NodeReader =
  "int fwnode_property_read_u32_array(const struct fwnode_handle *fwnode, const char *propname, u32 *val, size_t nval)";

export const propertyArrays: readonly Stub[] = ([1, 2, 4, 8] as const).flatMap((size) => {
  const rest = `const char *propname, u${size * 8} *val, size_t nval)`;
  return [
    stub(
      `int device_property_read_u${size * 8}_array(struct device *dev, ${rest}` as DeviceReader,
      READS,
      function* (k, { dev, propname, val, nval }) {
        return yield* readIntegerArray(k, fwnodeOfDevice(k, dev), propname, { size, to: val, count: nval });
      },
    ),
    stub(
      `int fwnode_property_read_u${size * 8}_array(const struct fwnode_handle *fwnode, ${rest}` as NodeReader,
      READS,
      function* (k, { fwnode, propname, val, nval }) {
        return yield* readIntegerArray(k, fwnode, propname, { size, to: val, count: nval });
      },
    ),
  ];
});

export const devicePropertyPresent = stub(
  "bool device_property_present(struct device *dev, const char *propname)",
  function* (k, { dev, propname }) {
    return yield* propertyPresent(k, fwnodeOfDevice(k, dev), propname);
  },
);
export const fwnodePropertyPresent = stub(
  "bool fwnode_property_present(const struct fwnode_handle *fwnode, const char *propname)",
  function* (k, { fwnode, propname }) {
    return yield* propertyPresent(k, fwnode, propname);
  },
);

export const devicePropertyReadStringArray = stub(
  `int device_property_read_string_array(struct device *dev, const char *propname, const char **val,
      size_t nval)`,
  TEXTS,
  function* (k, { dev, propname, val, nval }) {
    return yield* readStringArray(k, fwnodeOfDevice(k, dev), propname, { to: val, count: nval });
  },
);
export const fwnodePropertyReadStringArray = stub(
  `int fwnode_property_read_string_array(const struct fwnode_handle *fwnode, const char *propname,
      const char **val, size_t nval)`,
  TEXTS,
  function* (k, { fwnode, propname, val, nval }) {
    return yield* readStringArray(k, fwnode, propname, { to: val, count: nval });
  },
);

function* readOne(k: Kernel, fwnode: Address, name: Address, to: Address): Routine<number> {
  return Math.min(yield* readStringArray(k, fwnode, name, { to, count: 1 }), 0);
}
export const devicePropertyReadString = stub(
  "int device_property_read_string(struct device *dev, const char *propname, const char **val)",
  TEXTS,
  function* (k, { dev, propname, val }) {
    return yield* readOne(k, fwnodeOfDevice(k, dev), propname, val);
  },
);
export const fwnodePropertyReadString = stub(
  `int fwnode_property_read_string(const struct fwnode_handle *fwnode, const char *propname,
      const char **val)`,
  TEXTS,
  function* (k, { fwnode, propname, val }) {
    return yield* readOne(k, fwnode, propname, val);
  },
);

const MATCHES = { fails: ["EINVAL", "ENODATA", "EPROTO", "ENOMEM", "ENXIO"] } as const;
export const devicePropertyMatchString = stub(
  "int device_property_match_string(struct device *dev, const char *propname, const char *string)",
  MATCHES,
  function* (k, { dev, propname, string }) {
    return yield* matchText(k, fwnodeOfDevice(k, dev), propname, string);
  },
);
export const fwnodePropertyMatchString = stub(
  `int fwnode_property_match_string(const struct fwnode_handle *fwnode, const char *propname,
      const char *string)`,
  MATCHES,
  function* (k, { fwnode, propname, string }) {
    return yield* matchText(k, fwnode, propname, string);
  },
);

export const fwnodePropertyGetReferenceArgs = stub(
  `int fwnode_property_get_reference_args(const struct fwnode_handle *fwnode, const char *prop,
      const char *nargs_prop, unsigned int nargs, unsigned int index, struct fwnode_reference_args *args)`,
  {
    fails: ["ENOENT", "EINVAL"],
    acquires: {
      fwnode: (k, { args }, result) =>
        result === 0 && args !== 0 ? k.struct("fwnode_reference_args", args).fwnode : undefined,
    },
  },
  function* (k, { fwnode, prop, nargs_prop, nargs, index, args }) {
    return yield* referenceArguments(k, fwnode, {
      property: prop,
      countProperty: nargs_prop,
      count: nargs,
      index,
      to: args,
    });
  },
);
export const fwnodeFindReference = stub(
  `struct fwnode_handle *fwnode_find_reference(const struct fwnode_handle *fwnode, const char *name,
      unsigned int index)`,
  { fails: ["ENOENT", "EINVAL"], errPtr: true, acquires: { fwnode: "return" } },
  function* (k, { fwnode, name, index }) {
    const to = k.heap.internal(new Uint8Array(k.sizeOf("fwnode_reference_args")));
    const query = { property: name, countProperty: 0, count: 0, index, to };
    const failed = yield* referenceArguments(k, fwnode, query);
    const found = k.struct("fwnode_reference_args", to).fwnode;
    k.heap.kfree(to);
    if (failed !== 0) throw new Errno(-failed);
    return found;
  },
);
