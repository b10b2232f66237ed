import { type Address, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type PointerConversion, readPointer, withObject } from "./conversion.ts";
import type { FormatEnv } from "./env.ts";
import type { PrintfSpec } from "./spec.ts";
import { errorString, guestString, widen } from "./text.ts";

const PLAIN: PrintfSpec["precision"] = -1;
/** A chain of parents that the guest has bent into a ring ends. */
const MAX_DEPTH = 1024;

/**
 * `%pfw[fP]`: a firmware node. A node's names come from its operations, guest code that cannot run
 * in the middle of a conversion: software nodes have theirs, every other one prints as one without operations.
 */
export const fwnodeName = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix } = conversion;
  if (suffix[1] !== "w") return errorString("(%pf?)", spec);
  return withObject(conversion, (node) => {
    if (suffix[2] === "P") return widen(nameOf(env, node, { ...spec, width: -1 }), spec);
    return widen(fullName(env, node, { ...spec, width: -1, precision: PLAIN }), spec);
  });
};

/** The struct swnode around the node; faults as the kernel does when the node is not there. */
const swnodeOf = (env: FormatEnv, node: Address): Address | undefined => {
  const place = env.symbolize(readPointer(env, "fwnode_handle", "ops", node));
  if (place?.name !== "software_node_ops" || place.module !== undefined) return undefined;
  return node - env.field("swnode", "fwnode").offset;
};

const nameOf = (env: FormatEnv, node: Address, spec: PrintfSpec): ByteString => {
  const swnode = swnodeOf(env, node);
  const kobject = swnode === undefined ? 0 : swnode + env.field("swnode", "kobj").offset;
  const name = kobject === 0 ? 0 : readPointer(env, "kobject", "name", kobject);
  return guestString(env.memory, toPattern(name), spec);
};

/** fwnode_full_name_string(): each node's prefix and name, from the root down. */
const fullName = (env: FormatEnv, node: Address, spec: PrintfSpec): ByteString => {
  let swnode = swnodeOf(env, node);
  // Prefix and name, both missing.
  if (swnode === undefined) return guestString(env.memory, 0n, spec).repeat(2);
  const names: ByteString[] = [];
  for (; swnode !== 0 && names.length < MAX_DEPTH; swnode = readPointer(env, "swnode", "parent", swnode))
    names.unshift(nameOf(env, swnode + env.field("swnode", "fwnode").offset, spec));
  return names.join("/");
};
