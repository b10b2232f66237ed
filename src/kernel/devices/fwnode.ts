/** Firmware nodes, whatever they are: what property.c does through their operations (drivers/base/property.c). */
import { asInt } from "../../abi/calls.ts";
import { type Address, toAddress } from "../../base/address.ts";
import { isErrOrNull } from "../../base/err.ts";
import { EINVAL, ENODATA, ENOENT, ENXIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { StructTypes } from "../../profile/struct-types.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { propertyName } from "./property-entries.ts";

export type Operation = keyof StructTypes["fwnode_operations"] & string;
type Value = number | bigint;

const operationOf = (k: Kernel, fwnode: Address, name: Operation): Address => {
  if (isErrOrNull(fwnode)) return 0;
  const { ops } = k.struct("fwnode_handle", fwnode);
  return ops === 0 ? 0 : k.memory.pointer(ops + k.offsetOf("fwnode_operations", name));
};

/** fwnode_call_ptr_op(): 0 without the operation. */
export function* pointerFrom(
  k: Kernel,
  fwnode: Address,
  name: Operation,
  ...args: readonly Value[]
): Routine<Address> {
  const fn = operationOf(k, fwnode, name);
  return fn === 0 ? 0 : toAddress(yield* k.call(fn, fwnode, ...args));
}
/** fwnode_call_int_op(): -EINVAL without the node, -ENXIO without the operation. */
export function* integerFrom(
  k: Kernel,
  fwnode: Address,
  name: Operation,
  ...args: readonly Value[]
): Routine<number> {
  const fn = operationOf(k, fwnode, name);
  if (fn === 0) return isErrOrNull(fwnode) ? -EINVAL : -ENXIO;
  return asInt(yield* k.call(fn, fwnode, ...args));
}
/** fwnode_call_bool_op() */
export function* booleanFrom(
  k: Kernel,
  fwnode: Address,
  name: Operation,
  ...args: readonly Value[]
): Routine<boolean> {
  const fn = operationOf(k, fwnode, name);
  return fn !== 0 && ((yield* k.call(fn, fwnode, ...args)) & 0xffn) !== 0n;
}

export const secondaryOf = (k: Kernel, fwnode: Address): Address =>
  k.struct("fwnode_handle", fwnode).secondary;

/** An integer from the node or, where it has no such property, from its secondary one. */
function* fromEither(
  k: Kernel,
  fwnode: Address,
  name: Operation,
  ...args: readonly Value[]
): Routine<number> {
  if (isErrOrNull(fwnode)) return -EINVAL;
  const found = yield* integerFrom(k, fwnode, name, ...args);
  return found === -EINVAL ? yield* integerFrom(k, secondaryOf(k, fwnode), name, ...args) : found;
}

export function* propertyPresent(k: Kernel, fwnode: Address, name: Address): Routine<boolean> {
  if (isErrOrNull(fwnode)) return false;
  if (yield* booleanFrom(k, fwnode, "property_present", name)) return true;
  return yield* booleanFrom(k, secondaryOf(k, fwnode), "property_present", name);
}
/** fwnode_property_read_int_array(): `count` elements of `size` bytes; how many there are, with no place for them. */
export const readIntegerArray = (
  k: Kernel,
  fwnode: Address,
  name: Address,
  { size, to, count }: { readonly size: number; readonly to: Address; readonly count: number },
): Routine<number> => fromEither(k, fwnode, "property_read_int_array", name, size, to, count);

export const readStringArray = (
  k: Kernel,
  fwnode: Address,
  name: Address,
  { to, count }: { readonly to: Address; readonly count: number },
): Routine<number> => fromEither(k, fwnode, "property_read_string_array", name, to, count);

const POINTER = 8;
/** fwnode_property_match_string(): where the text stands in the array. */
export function* matchText(k: Kernel, fwnode: Address, name: Address, wanted: Address): Routine<number> {
  const count = yield* readStringArray(k, fwnode, name, { to: 0, count: 0 });
  if (count < 0) return count;
  if (count === 0) throw new Errno(ENODATA);
  const values = k.heap.internal(new Uint8Array(count * POINTER));
  const read = yield* readStringArray(k, fwnode, name, { to: values, count });
  const texts = Array.from({ length: Math.max(read, 0) }, (_, index) =>
    k.memory.pointer(values + index * POINTER),
  );
  k.heap.kfree(values);
  if (read < 0) return read;
  const text = propertyName(k, wanted);
  for (const [index, at] of texts.entries()) {
    if (at === 0) break;
    if (propertyName(k, at) === text) return index;
  }
  throw new Errno(ENODATA);
}
export interface ReferenceQuery {
  readonly property: Address;
  /** Name of the property that says how many arguments there are, or 0. */
  readonly countProperty: Address;
  readonly count: number;
  readonly index: number;
  /** struct fwnode_reference_args, or 0. */
  readonly to: Address;
}
/** fwnode_property_get_reference_args() */
export function* referenceArguments(k: Kernel, fwnode: Address, query: ReferenceQuery): Routine<number> {
  const { property, countProperty, count, index, to } = query;
  if (isErrOrNull(fwnode)) return -ENOENT;
  const args = [property, countProperty, count, index, to];
  const found = yield* integerFrom(k, fwnode, "get_reference_args", ...args);
  const secondary = secondaryOf(k, fwnode);
  return found === 0 || isErrOrNull(secondary)
    ? found
    : yield* integerFrom(k, secondary, "get_reference_args", ...args);
}

export const nodeName = (k: Kernel, fwnode: Address): Routine<Address> => pointerFrom(k, fwnode, "get_name");
export const namePrefix = (k: Kernel, fwnode: Address): Routine<Address> =>
  pointerFrom(k, fwnode, "get_name_prefix");
export const parentOf = (k: Kernel, fwnode: Address): Routine<Address> =>
  pointerFrom(k, fwnode, "get_parent");
export const namedChild = (k: Kernel, fwnode: Address, name: Address): Routine<Address> =>
  pointerFrom(k, fwnode, "get_named_child_node", name);

/** fwnode_handle_get(): the node itself. */
export function* getNode(k: Kernel, fwnode: Address): Routine<Address> {
  return operationOf(k, fwnode, "get") === 0 ? fwnode : yield* pointerFrom(k, fwnode, "get");
}
export function* putNode(k: Kernel, fwnode: Address): Routine<void> {
  yield* pointerFrom(k, fwnode, "put");
}

/** fwnode_get_next_parent(): gives the node back. */
export function* nextParent(k: Kernel, fwnode: Address): Routine<Address> {
  const parent = yield* parentOf(k, fwnode);
  yield* putNode(k, fwnode);
  return parent;
}
/** fwnode_get_nth_parent() */
export function* nthParent(k: Kernel, fwnode: Address, depth: number): Routine<Address> {
  if (depth === 0) return yield* getNode(k, fwnode);
  let at = yield* parentOf(k, fwnode);
  for (let left = depth - 1; left > 0 && at !== 0; left -= 1) at = yield* nextParent(k, at);
  return at;
}
/** fwnode_count_parents() */
export function* countParents(k: Kernel, fwnode: Address): Routine<number> {
  let count = 0;
  for (let at = yield* parentOf(k, fwnode); at !== 0; at = yield* nextParent(k, at)) count += 1;
  return count;
}

/** fwnode_get_next_child_node(): gives `child` back. After the node's own come those of its secondary one. */
export function* nextChild(k: Kernel, fwnode: Address, child: Address): Routine<Address> {
  const above = child === 0 ? 0 : yield* parentOf(k, child);
  const parent = child === 0 ? fwnode : above;
  if (isErrOrNull(parent)) return 0;
  const next = yield* pointerFrom(k, parent, "get_next_child_node", child);
  const found = next === 0 ? yield* nextChild(k, secondaryOf(k, parent), 0) : next;
  yield* putNode(k, above);
  return found;
}
/** fwnode_device_is_available() */
export function* isAvailable(k: Kernel, fwnode: Address): Routine<boolean> {
  if (isErrOrNull(fwnode)) return false;
  if (operationOf(k, fwnode, "device_is_available") === 0) return true;
  return yield* booleanFrom(k, fwnode, "device_is_available");
}
/** fwnode_get_next_available_child_node() */
export function* nextAvailableChild(k: Kernel, fwnode: Address, child: Address): Routine<Address> {
  if (isErrOrNull(fwnode)) return 0;
  let at = child;
  do {
    at = yield* nextChild(k, fwnode, at);
  } while (at !== 0 && !(yield* isAvailable(k, at)));
  return at;
}
