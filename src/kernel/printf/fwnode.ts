import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type PointerConversion, readPointer, withObject } from "./conversion.ts";
import { errorString, widen } from "./text.ts";

const NO_NAME = "(null)";

/**
 * `%pfw[fP]`: a firmware node. A node's names come from its operations, guest code that cannot run
 * in the middle of a conversion, so every node prints as one without operations does.
 */
export const fwnodeName = (conversion: PointerConversion): ByteString => {
  const { spec, suffix } = conversion;
  if (suffix[1] !== "w") return errorString("(%pf?)", spec);
  return withObject(conversion, (node) => {
    touchNode(conversion, node);
    if (suffix[2] === "P") return errorString(NO_NAME, spec);
    // The full name is a prefix and a name, both missing.
    return widen(NO_NAME + NO_NAME, spec);
  });
};

/** Faults as the kernel does when the node is not there. */
const touchNode = ({ env }: PointerConversion, node: Address): void => {
  readPointer(env, "fwnode_handle", "ops", node);
};
