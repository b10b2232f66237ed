/** Properties of devices: software nodes as drivers/base/swnode.c keeps them. */
import type { Address } from "../../base/address.ts";
import { EINVAL, ENODATA, EOVERFLOW, EPROTO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { staticText } from "../data/text.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

export type PropertyValue = boolean | number | bigint | string | readonly (number | bigint | string)[];

interface Property {
  /** Bytes of an element; 0 for one that is only there; "text" for strings. */
  readonly element: 0 | 1 | 2 | 4 | 8 | "text";
  readonly values: readonly (bigint | string)[];
}
export type PropertySet = Readonly<Record<string, Property>>;

export interface Properties {
  of(device: Address): PropertySet | undefined;
  set(device: Address, properties: PropertySet): void;
  forget(device: Address): void;
  /** fwnode_property_read_int_array(): EINVAL, EOVERFLOW. */
  numbers(device: Address, name: string, size: 1 | 2 | 4 | 8, count: number): readonly bigint[];
  /** How many elements of that size. */
  count(device: Address, name: string, size: 1 | 2 | 4 | 8): number;
  /** EINVAL, EPROTO. */
  strings(device: Address, name: string): readonly string[];
  /** The text in guest memory, made once. */
  text(value: string): Address;
}

/** Numbers are 32 bits unless they need more. */
export const propertySet = (values: Readonly<Record<string, PropertyValue>>): PropertySet => {
  const made: Record<string, Property> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === false) continue;
    const list =
      value === true ? [] : Array.isArray(value) ? (value as (number | bigint | string)[]) : [value];
    if (value === true) made[name] = { element: 0, values: [] };
    else if (typeof list[0] === "string") made[name] = { element: "text", values: list.map(String) };
    else {
      const numbers = list.map((each) => BigInt.asUintN(64, BigInt(each as number)));
      made[name] = { element: numbers.some((each) => each > 0xffff_ffffn) ? 8 : 4, values: numbers };
    }
  }
  return made;
};

const MAX_PROPERTIES = 256;
/** enum dev_prop_type */
const ELEMENTS = [1, 2, 4, 8, "text"] as const;

/** A guest's array of struct property_entry, ended by one without a name. */
export const readProperties = (k: Kernel, table: Address): PropertySet => {
  const made: Record<string, Property> = {};
  const size = k.sizeOf("property_entry");
  const number = (at: Address, element: 1 | 2 | 4 | 8): bigint =>
    element === 8
      ? k.memory.u64(at)
      : BigInt(element === 4 ? k.memory.u32(at) : element === 2 ? k.memory.u16(at) : k.memory.u8(at));
  for (let index = 0; table !== 0 && index < MAX_PROPERTIES; index += 1) {
    const at = table + index * size;
    const view = k.struct("property_entry", at);
    if (view.name === 0) break;
    const name = k.memory.cstring(view.name, 256);
    const element = ELEMENTS[view.type];
    const length = Number(view.length);
    if (element === undefined || length === 0) {
      made[name] = { element: 0, values: [] };
      continue;
    }
    const inline = view.is_inline;
    const start = inline ? at + k.offsetOf("property_entry", "value") : view.pointer;
    const width = element === "text" ? 8 : element;
    const count = Math.min(Math.floor(length / width), 4096);
    const values = Array.from({ length: count }, (_, each) =>
      element === "text"
        ? k.memory.cstring(k.memory.pointer(start + each * 8), 4096)
        : number(start + each * width, element),
    );
    made[name] = { element, values };
  }
  return made;
};

export const createProperties = (k: Kernel): Properties => {
  const sets: JournalMap<Address, PropertySet> = k.journal.map();
  const texts: JournalMap<string, Address> = k.journal.map();
  const find = (device: Address, name: string): Property => {
    const property = sets.get(device)?.[name];
    if (property === undefined) throw new Errno(EINVAL);
    return property;
  };
  /** The elements as bytes are what counts: four bytes can be read as two halves. */
  const bytesOf = ({ element, values }: Property): Uint8Array => {
    const width = element === "text" ? 8 : element;
    const bytes = new Uint8Array(width * values.length);
    values.forEach((value, index) => {
      for (let at = 0; at < width; at += 1)
        bytes[index * width + at] = Number((BigInt(value) >> BigInt(at * 8)) & 0xffn);
    });
    return bytes;
  };
  return {
    of: (device) => sets.get(device),
    set: (device, properties) => sets.set(device, properties),
    forget: (device) => void sets.delete(device),
    numbers(device, name, size, count) {
      const property = find(device, name);
      if (property.element === 0) throw new Errno(ENODATA);
      if (property.element === "text") throw new Errno(EPROTO);
      const bytes = bytesOf(property);
      if (count * size > bytes.length) throw new Errno(EOVERFLOW);
      return Array.from({ length: count }, (_, index) => {
        let value = 0n;
        for (let at = size - 1; at >= 0; at -= 1)
          value = (value << 8n) | BigInt(bytes[index * size + at] ?? 0);
        return value;
      });
    },
    count(device, name, size) {
      const { element, values } = find(device, name);
      return Math.floor(((element === "text" ? 8 : element) * values.length) / size);
    },
    strings(device, name) {
      const { element, values } = find(device, name);
      if (element === 0) throw new Errno(ENODATA);
      if (element !== "text") throw new Errno(EPROTO);
      return values.map(String);
    },
    text(value) {
      const known = texts.get(value);
      if (known !== undefined) return known;
      const at = staticText(k, value);
      texts.set(value, at);
      return at;
    },
  };
};
