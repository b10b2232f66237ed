/** Properties that the user of the sandbox gives a device, as struct property_entry. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { GFP, GFP_KERNEL } from "../memory/gfp.ts";
import { DEV_PROP } from "./property-entries.ts";

/** `true` is only there, `false` is not; numbers are 32 bits unless one of them needs more. */
export type PropertyValue = boolean | number | bigint | string | readonly (number | bigint | string)[];

interface Property {
  readonly name: string;
  readonly type: number;
  /** Of the elements; texts are pointers. */
  readonly values: readonly bigint[];
}

const listOf = (value: PropertyValue): readonly (number | bigint | string)[] => {
  if (typeof value === "boolean") return [];
  return typeof value === "object" ? value : [value];
};

const asProperty = (k: Kernel, name: string, value: PropertyValue): Property => {
  const list = listOf(value);
  if (typeof list[0] === "string") {
    const values = list.map((each) => BigInt.asUintN(64, BigInt(k.driverCore.texts.of(String(each)))));
    return { name, type: DEV_PROP.STRING, values };
  }
  const values = list.map((each) => BigInt.asUintN(64, BigInt(each)));
  return { name, type: values.some((each) => each > 0xffff_ffffn) ? DEV_PROP.U64 : DEV_PROP.U32, values };
};

/** An array of struct property_entry in one piece of memory, which the caller frees. */
export const writeProperties = (k: Kernel, given: Readonly<Record<string, PropertyValue>>): Address => {
  const all = Object.entries(given)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => asProperty(k, name, value));
  const size = k.sizeOf("property_entry");
  const bytes = all.reduce((sum, { values }) => sum + values.length * 8, (all.length + 1) * size);
  const table = k.heap.kmalloc(bytes, GFP_KERNEL | GFP.ZERO);
  let data = table + (all.length + 1) * size;
  all.forEach(({ name, type, values }, index) => {
    const entry = k.struct("property_entry", table + index * size);
    const width = type === DEV_PROP.U32 ? 4 : 8;
    entry.name = k.driverCore.texts.of(name);
    entry.type = type;
    entry.length = values.length * width;
    entry.is_inline = values.length === 0;
    if (values.length > 0) entry.pointer = data;
    values.forEach((value, each) => {
      if (width === 4) k.memory.setU32(data + each * 4, Number(value));
      else k.memory.setU64(data + each * 8, value);
    });
    data += values.length * width;
  });
  return table;
};
