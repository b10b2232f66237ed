/** Ports and endpoints of firmware nodes, and what they are connected with (drivers/base/property.c). */
import type { Address } from "../../base/address.ts";
import { isErrOrNull } from "../../base/err.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { getNode, integerFrom, isAvailable, parentOf, pointerFrom, putNode, secondaryOf } from "./fwnode.ts";

/** fwnode_graph_get_port_parent(): of an endpoint. */
export function* portParentOf(k: Kernel, endpoint: Address): Routine<Address> {
  const port = yield* parentOf(k, endpoint);
  const parent = yield* pointerFrom(k, port, "graph_get_port_parent");
  yield* putNode(k, port);
  return parent;
}

/** fwnode_graph_get_next_endpoint(): after the node's own come those of its secondary one. */
export function* nextEndpointOf(k: Kernel, fwnode: Address, before: Address): Routine<Address> {
  const above = before === 0 ? 0 : yield* portParentOf(k, before);
  const parent = before === 0 ? fwnode : above;
  if (isErrOrNull(parent)) return 0;
  const next = yield* pointerFrom(k, parent, "graph_get_next_endpoint", before);
  const found = next === 0 ? yield* nextEndpointOf(k, secondaryOf(k, parent), 0) : next;
  yield* putNode(k, above);
  return found;
}

export const remoteEndpointOf = (k: Kernel, endpoint: Address): Routine<Address> =>
  pointerFrom(k, endpoint, "graph_get_remote_endpoint");

/** fwnode_graph_get_remote_port_parent() */
export function* remoteParentOf(k: Kernel, endpoint: Address): Routine<Address> {
  const remote = yield* remoteEndpointOf(k, endpoint);
  const parent = yield* portParentOf(k, remote);
  yield* putNode(k, remote);
  return parent;
}

/** fwnode_graph_parse_endpoint() into a struct fwnode_endpoint. */
export function* parseEndpointOf(k: Kernel, endpoint: Address, to: Address): Routine<number> {
  k.memory.fill(to, 0, k.sizeOf("fwnode_endpoint"));
  return yield* integerFrom(k, endpoint, "graph_parse_endpoint", to);
}

function* isRemoteAvailable(k: Kernel, endpoint: Address): Routine<boolean> {
  const parent = yield* remoteParentOf(k, endpoint);
  const available = yield* isAvailable(k, parent);
  yield* putNode(k, parent);
  return available;
}

/** Flags of lookups: the next id will do; whoever is connected need not be there. */
const [NEXT, DISABLED] = [1n, 2n];

/** fwnode_graph_get_endpoint_count() */
export function* countEndpoints(k: Kernel, fwnode: Address, flags: bigint): Routine<number> {
  let count = 0;
  for (let at = yield* nextEndpointOf(k, fwnode, 0); at !== 0; at = yield* nextEndpointOf(k, fwnode, at))
    if ((flags & DISABLED) !== 0n || (yield* isRemoteAvailable(k, at))) count += 1;
  return count;
}

export interface EndpointQuery {
  readonly port: number;
  readonly id: number;
  readonly flags: bigint;
}

/** fwnode_graph_get_endpoint_by_id() */
export function* endpointById(k: Kernel, fwnode: Address, query: EndpointQuery): Routine<Address> {
  const room = k.heap.internal(new Uint8Array(k.sizeOf("fwnode_endpoint")));
  let [best, bestId] = [0, 0];
  let at = yield* nextEndpointOf(k, fwnode, 0);
  for (; at !== 0; at = yield* nextEndpointOf(k, fwnode, at)) {
    if ((query.flags & DISABLED) === 0n && !(yield* isRemoteAvailable(k, at))) continue;
    if ((yield* parseEndpointOf(k, at, room)) < 0) continue;
    const { port, id } = k.struct("fwnode_endpoint", room);
    if (port !== query.port) continue;
    if (id === query.id) break;
    if ((query.flags & NEXT) === 0n || id < query.id || (best !== 0 && bestId < id)) continue;
    yield* putNode(k, best);
    [best, bestId] = [yield* getNode(k, at), id];
  }
  k.heap.kfree(room);
  if (at === 0) return best;
  yield* putNode(k, best);
  return at;
}
