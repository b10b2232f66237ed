/** software_node_ops: what a software node answers, as functions that the guest could call (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { HostFunction } from "../host-code.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { namePrefix, nextParent, parentOf, putNode } from "./fwnode.ts";
import { DEV_PROP, findProperty, propertyName, readIntegers, readTexts } from "./property-entries.ts";
import { namedChildNode, nextChildNode, parentNode, referenced } from "./swnode-family.ts";
import { nextEndpoint, parseEndpoint, portParent, remoteEndpoint } from "./swnode-graph.ts";
import { findSwnode, isSoftwareNode, putSwnode, swnodeOf } from "./swnode.ts";

const MAX_ARGUMENTS = 16;

type HostFunctionOf = (k: Kernel, ...args: readonly Address[]) => number;

const propertiesOf = (k: Kernel, fwnode: Address): Address =>
  k.struct("software_node", k.struct("swnode", swnodeOf(k, fwnode)).node).properties;

function* prefixOf(k: Kernel, fwnode: Address): Routine<Address> {
  let parent = yield* parentOf(k, fwnode);
  if (parent === 0) return k.driverCore.texts.of("");
  while (isSoftwareNode(k, parent)) parent = yield* nextParent(k, parent);
  const prefix = yield* namePrefix(k, parent);
  yield* putNode(k, parent);
  return prefix === 0 ? k.driverCore.texts.of("/") : prefix;
}

/** software_node_get_reference_args(): ENOENT, EINVAL, and what reading the number of arguments fails with. */
const referenceArgs: HostFunctionOf = (
  k,
  fwnode,
  property = 0,
  countName = 0,
  count = 0,
  nth = 0,
  to = 0,
) => {
  const at = findProperty(k, propertiesOf(k, fwnode), propertyName(k, property));
  if (at === 0) throw new Errno(ENOENT);
  const entry = k.struct("property_entry", at);
  if (entry.type !== DEV_PROP.REF || entry.is_inline) throw new Errno(EINVAL);
  const [index, size] = [nth >>> 0, k.sizeOf("software_node_ref_args")];
  if (index >= Math.floor(entry.length / size)) throw new Errno(ENOENT);
  const reference = k.struct("software_node_ref_args", entry.pointer + index * size);
  const target = findSwnode(k, reference.node);
  if (target === 0) throw new Errno(ENOENT);
  const given = countName === 0 ? count >>> 0 : argumentCount(k, reference.node, countName);
  if (given > MAX_ARGUMENTS) throw new Errno(EINVAL);
  if (to === 0) return 0;
  const args = k.struct("fwnode_reference_args", to);
  args.fwnode = referenced(k, target);
  args.nargs = given;
  for (let each = 0; each < given; each += 1) args.args.set(each, reference.args.at(each));
  return 0;
};
const argumentCount = (k: Kernel, node: Address, name: Address): number => {
  const room = k.scratch(4);
  const { properties } = k.struct("software_node", node);
  readIntegers(k, properties, propertyName(k, name), { size: 4, to: room, count: 1 });
  return k.memory.u32(room);
};

const functions = (k: Kernel): Readonly<Record<string, HostFunction>> => ({
  get: (fwnode = 0) => referenced(k, swnodeOf(k, fwnode)),
  *put(fwnode = 0) {
    yield* putSwnode(k, swnodeOf(k, fwnode));
    return 0;
  },
  property_present: (fwnode = 0, name = 0) =>
    findProperty(k, propertiesOf(k, fwnode), propertyName(k, name)) === 0 ? 0 : 1,
  property_read_int_array: (fwnode = 0, name = 0, size = 0, to = 0, count = 0) =>
    readIntegers(k, propertiesOf(k, fwnode), propertyName(k, name), { size: size >>> 0, to, count }),
  property_read_string_array: (fwnode = 0, name = 0, to = 0, count = 0) =>
    readTexts(k, propertiesOf(k, fwnode), propertyName(k, name), { to, count }),
  get_name: (fwnode = 0) => k.struct("swnode", swnodeOf(k, fwnode)).kobj.name,
  get_name_prefix: (fwnode = 0) => prefixOf(k, fwnode),
  get_parent: (fwnode = 0) => parentNode(k, fwnode),
  get_next_child_node: (fwnode = 0, child = 0) => nextChildNode(k, fwnode, child),
  get_named_child_node: (fwnode = 0, name = 0) => namedChildNode(k, fwnode, propertyName(k, name)),
  graph_get_next_endpoint: (fwnode = 0, endpoint = 0) => nextEndpoint(k, fwnode, endpoint),
  graph_get_remote_endpoint: (fwnode = 0) => remoteEndpoint(k, fwnode),
  graph_get_port_parent: (fwnode = 0) => portParent(k, fwnode),
  graph_parse_endpoint: (fwnode = 0, to = 0) => parseEndpoint(k, fwnode, to),
  get_reference_args: (...args) => referenceArgs(k, ...args),
});

/** The table, where the kernel image has it; filled in when it is first asked for. */
export const softwareNodeOperations = (k: Kernel): Address => {
  const state = k.driverCore.softwareNodes;
  if (state.operations !== 0) return state.operations;
  const size = k.sizeOf("fwnode_operations");
  const named = k.symbols.address("software_node_ops");
  if (named !== undefined) k.image.placeData(named, size);
  const at = named ?? k.statics.allocate(size);
  k.memory.fill(at, 0, size);
  for (const [name, fn] of Object.entries(functions(k)))
    k.memory.setPointer(
      at + k.offsetOf("fwnode_operations", name),
      k.hostCode.address(`software_node_${name}`, fn),
    );
  k.journal.touch(state).operations = at;
  return at;
};
