/** Arrays of struct property_entry in guest memory, ended by one without a name (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL, ENODATA, ENOMEM, ENXIO, EOVERFLOW } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { copyForward } from "../data/guest-bytes.ts";
import { duplicateText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";

/** enum dev_prop_type */
export const DEV_PROP = { U8: 0, U16: 1, U32: 2, U64: 3, STRING: 4, REF: 5 } as const;

const POINTER = 8;
/** An array without an end ends. */
const MAX_ENTRIES = 0x10000;
const MAX_TEXT = 0x10000;

export const propertyName = (k: Kernel, at: Address): string => k.memory.cstring(at, MAX_TEXT);

function* entriesOf(k: Kernel, table: Address): Generator<Address> {
  const size = k.sizeOf("property_entry");
  for (let index = 0; table !== 0 && index < MAX_ENTRIES; index += 1) {
    const at = table + index * size;
    if (k.struct("property_entry", at).name === 0) return;
    yield at;
  }
}

/** The entry of that name; 0 without one. */
export const findProperty = (k: Kernel, table: Address, name: string): Address => {
  for (const at of entriesOf(k, table))
    if (propertyName(k, k.struct("property_entry", at).name) === name) return at;
  return 0;
};

const inlineValue = (k: Kernel, at: Address): Address => at + k.offsetOf("property_entry", "value");

/** Where its bytes are; 0 when it is only there. */
const dataOf = (k: Kernel, at: Address): Address => {
  const entry = k.struct("property_entry", at);
  if (entry.length === 0) return 0;
  return entry.is_inline ? inlineValue(k, at) : entry.pointer;
};

/** property_entry_find(): EINVAL, ENODATA, EOVERFLOW. */
const findData = (k: Kernel, table: Address, name: string, length: number): Address => {
  const at = findProperty(k, table, name);
  if (at === 0) throw new Errno(EINVAL);
  const data = dataOf(k, at);
  if (data === 0) throw new Errno(ENODATA);
  if (length > k.struct("property_entry", at).length) throw new Errno(EOVERFLOW);
  return data;
};

const countElements = (k: Kernel, table: Address, name: string, size: number): number => {
  const at = findProperty(k, table, name);
  if (at === 0) throw new Errno(EINVAL);
  return Math.floor(k.struct("property_entry", at).length / size);
};

/** Where to read to: an array of `count` elements of `size` bytes at `to`; with `to` 0, they are counted. */
export interface Wanted {
  readonly size: number;
  readonly to: Address;
  readonly count: number;
}

/** property_entry_read_int_array(): bytes are what counts, four can be read as two halves. */
export const readIntegers = (k: Kernel, table: Address, name: string, wanted: Wanted): number => {
  const { size, to, count } = wanted;
  if (to === 0) return countElements(k, table, name, size);
  if (![1, 2, 4, 8].includes(size)) throw new Errno(ENXIO);
  copyForward(k.memory, to, findData(k, table, name, count * size), count * size);
  return 0;
};

/** property_entry_read_string_array(): how many were read, or there are. */
export const readTexts = (k: Kernel, table: Address, name: string, wanted: Omit<Wanted, "size">): number => {
  const there = countElements(k, table, name, POINTER);
  if (wanted.to === 0) return there;
  const count = Math.min(there, wanted.count);
  copyForward(k.memory, wanted.to, findData(k, table, name, count * POINTER), count * POINTER);
  return count;
};

const freeEntry = (k: Kernel, at: Address): void => {
  const entry = k.struct("property_entry", at);
  const data = dataOf(k, at);
  if (entry.type === DEV_PROP.STRING)
    for (let done = 0; done < entry.length; done += POINTER) k.heap.kfree(k.memory.pointer(data + done));
  if (!entry.is_inline) k.heap.kfree(entry.pointer);
  k.heap.kfree(entry.name);
};

const copyText = (k: Kernel, from: Address): Address => {
  if (from === 0) return 0;
  const made = duplicateText(k, k.memory.cstring(from, MAX_TEXT), GFP_KERNEL);
  if (made === 0) throw new Errno(ENOMEM);
  return made;
};

/** property_entry_copy_data() */
const copyEntry = (k: Kernel, from: Address, to: Address): void => {
  const [source, target] = [k.struct("property_entry", from), k.struct("property_entry", to)];
  const { length, type } = source;
  if (!source.is_inline && length === 0) throw new Errno(ENODATA);
  if (type === DEV_PROP.REF && source.is_inline) throw new Errno(EINVAL);
  target.name = copyText(k, source.name);
  const short = length <= POINTER;
  const room = short ? inlineValue(k, to) : k.heap.kmalloc(length, GFP_KERNEL);
  if (room === 0) throw new Errno(ENOMEM);
  if (short) target.is_inline = true;
  else target.pointer = room;
  const data = dataOf(k, from);
  if (type !== DEV_PROP.STRING) copyForward(k.memory, room, data, length);
  else
    for (let done = 0; done < length; done += POINTER)
      k.memory.setPointer(room + done, copyText(k, k.memory.pointer(data + done)));
  target.length = length;
  target.type = type;
};

/** property_entries_dup(): a deep copy in memory that freeProperties() gives back; 0 of 0. ENOMEM, ENODATA, EINVAL. */
export const copyProperties = (k: Kernel, table: Address): Address => {
  if (table === 0) return 0;
  const [all, size] = [[...entriesOf(k, table)], k.sizeOf("property_entry")];
  const made = k.heap.kmalloc((all.length + 1) * size, GFP_KERNEL);
  if (made === 0) throw new Errno(ENOMEM);
  k.memory.fill(made, 0, (all.length + 1) * size);
  try {
    all.forEach((from, index) => copyEntry(k, from, made + index * size));
  } catch (error) {
    if (error instanceof Errno) freeProperties(k, made);
    throw error;
  }
  return made;
};

/** property_entries_free() */
export const freeProperties = (k: Kernel, table: Address): void => {
  for (const at of entriesOf(k, table)) freeEntry(k, at);
  k.heap.kfree(table);
};
