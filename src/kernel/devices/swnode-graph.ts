/** Ports and endpoints among software nodes (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { kstrtoUnsigned } from "../number.ts";
import type { Routine } from "../routine.ts";
import { putNode } from "./fwnode.ts";
import { DEV_PROP, findProperty, propertyName } from "./property-entries.ts";
import { namedChildNode, nextChildNode, parentNode, referenced } from "./swnode-family.ts";
import { findSwnode, swnodeOf } from "./swnode.ts";

const PORT = "port@";

const nodeName = (k: Kernel, swnode: Address): string =>
  propertyName(k, k.struct("software_node", k.struct("swnode", swnode).node).name);

/** swnode_graph_find_next_port(): gives `port` back. */
function* nextPort(k: Kernel, parent: Address, port: Address): Routine<Address> {
  let at = yield* nextChildNode(k, parent, port);
  while (at !== 0 && !nodeName(k, swnodeOf(k, at)).startsWith(PORT)) at = yield* nextChildNode(k, parent, at);
  return at;
}

/** software_node_graph_get_next_endpoint(): gives `endpoint` back. */
export function* nextEndpoint(k: Kernel, fwnode: Address, endpoint: Address): Routine<Address> {
  const swnode = swnodeOf(k, fwnode);
  if (swnode === 0) return 0;
  let port = endpoint === 0 ? 0 : parentNode(k, endpoint);
  const parent =
    endpoint === 0 ? namedChildNode(k, fwnode, "ports") || referenced(k, swnode) : parentNode(k, port);
  if (endpoint === 0) port = yield* nextPort(k, parent, 0);
  let found = endpoint;
  for (; port !== 0; port = yield* nextPort(k, parent, port)) {
    found = yield* nextChildNode(k, port, found);
    if (found === 0) continue;
    yield* putNode(k, port);
    break;
  }
  yield* putNode(k, parent);
  return found;
}

/** software_node_graph_get_remote_endpoint() */
export const remoteEndpoint = (k: Kernel, fwnode: Address): Address => {
  const swnode = swnodeOf(k, fwnode);
  if (swnode === 0) return 0;
  const { properties } = k.struct("software_node", k.struct("swnode", swnode).node);
  const at = findProperty(k, properties, "remote-endpoint");
  const entry = k.struct("property_entry", at);
  if (at === 0 || entry.type !== DEV_PROP.REF || entry.is_inline) return 0;
  const remote = findSwnode(k, k.struct("software_node_ref_args", entry.pointer).node);
  // Where it points to nothing, the kernel answers with a member of nothing.
  return remote === 0 ? k.offsetOf("swnode", "fwnode") : referenced(k, remote);
};

/** software_node_graph_get_port_parent() */
export const portParent = (k: Kernel, port: Address): Address => {
  let { parent } = k.struct("swnode", swnodeOf(k, port));
  if (parent !== 0 && nodeName(k, parent) === "ports") parent = k.struct("swnode", parent).parent;
  return parent === 0 ? 0 : referenced(k, parent);
};

/** software_node_graph_parse_endpoint(): EINVAL, ERANGE. */
export const parseEndpoint = (k: Kernel, fwnode: Address, to: Address): number => {
  const swnode = k.struct("swnode", swnodeOf(k, fwnode));
  const name = nodeName(k, swnode.parent);
  if (name.length <= PORT.length || !name.startsWith(PORT)) throw new Errno(EINVAL);
  const endpoint = k.struct("fwnode_endpoint", to);
  endpoint.port = Number(kstrtoUnsigned(name.slice(PORT.length), 10, 32));
  endpoint.id = swnode.id;
  endpoint.local_fwnode = fwnode;
  return 0;
};
