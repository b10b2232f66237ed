/** include/linux/property.h: software nodes, as drivers/base/swnode.c does it. */
import type { Address } from "../../src/base/address.ts";
import { copyProperties, freeProperties, propertyName } from "../../src/kernel/devices/property-entries.ts";
import {
  addNodeToDevice,
  createManagedNode,
  removeNodeFromDevice,
} from "../../src/kernel/devices/swnode-device.ts";
import {
  createSoftwareNode,
  registerSoftwareNode,
  registerSoftwareNodes,
  unregisterSoftwareNodes,
} from "../../src/kernel/devices/swnode-register.ts";
import {
  findByName,
  findSwnode,
  fwnodeOf,
  isSoftwareNode,
  putSwnode,
  swnodeOf,
} from "../../src/kernel/devices/swnode.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const REGISTERS = { fails: ["ENOMEM", "EEXIST", "EINVAL"], sleeps: true } as const;
/** An array without an end ends. */
const MAX_NODES = 0x10000;

/** Of an array of struct software_node, ended by one without a name. */
const nodesAt = (k: Kernel, table: Address): Address[] => {
  const [found, size]: [Address[], number] = [[], k.sizeOf("software_node")];
  for (let at = table; found.length < MAX_NODES && k.struct("software_node", at).name !== 0; at += size)
    found.push(at);
  return found;
};
/** Of an array of pointers to them, ended by NULL. */
const groupAt = (k: Kernel, table: Address): Address[] => {
  const found: Address[] = [];
  for (let at = table; table !== 0 && found.length < MAX_NODES; at += 8) {
    const node = k.memory.pointer(at);
    if (node === 0) break;
    found.push(node);
  }
  return found;
};

export const isSoftwareNodeStub = stub(
  "bool is_software_node(const struct fwnode_handle *fwnode)",
  (k, { fwnode }) => isSoftwareNode(k, fwnode),
);
export const toSoftwareNode = stub(
  "const struct software_node *to_software_node(const struct fwnode_handle *fwnode)",
  (k, { fwnode }) => {
    const swnode = swnodeOf(k, fwnode);
    return swnode === 0 ? 0 : k.struct("swnode", swnode).node;
  },
);
export const softwareNodeFwnode = stub(
  "struct fwnode_handle *software_node_fwnode(const struct software_node *node)",
  (k, { node }) => fwnodeOf(k, findSwnode(k, node)),
);
export const softwareNodeFindByName = stub(
  `const struct software_node *software_node_find_by_name(const struct software_node *parent,
      const char *name)`,
  { acquires: { fwnode: (k, _args, node) => fwnodeOf(k, findSwnode(k, node)) } },
  (k, { parent, name }) => (name === 0 ? 0 : findByName(k, parent, propertyName(k, name))),
);

export const softwareNodeRegister = stub(
  "int software_node_register(const struct software_node *node)",
  { ...REGISTERS, acquires: { software_node: "node" } },
  function* (k, { node }) {
    yield* registerSoftwareNode(k, node);
    return 0;
  },
);
export const softwareNodeUnregister = stub(
  "void software_node_unregister(const struct software_node *node)",
  { releases: { software_node: "node" } },
  function* (k, { node }) {
    return yield* unregisterSoftwareNodes(k, [node]);
  },
);
export const softwareNodeRegisterNodes = stub(
  "int software_node_register_nodes(const struct software_node *nodes)",
  { ...REGISTERS, acquires: { software_node: (k, { nodes }) => nodesAt(k, nodes) } },
  function* (k, { nodes }) {
    yield* registerSoftwareNodes(k, nodesAt(k, nodes));
    return 0;
  },
);
export const softwareNodeUnregisterNodes = stub(
  "void software_node_unregister_nodes(const struct software_node *nodes)",
  { releases: { software_node: (k, { nodes }) => nodesAt(k, nodes) } },
  function* (k, { nodes }) {
    yield* unregisterSoftwareNodes(k, nodesAt(k, nodes));
  },
);
export const softwareNodeRegisterNodeGroup = stub(
  "int software_node_register_node_group(const struct software_node **node_group)",
  { ...REGISTERS, acquires: { software_node: (k, { node_group }) => groupAt(k, node_group) } },
  function* (k, { node_group }) {
    yield* registerSoftwareNodes(k, groupAt(k, node_group));
    return 0;
  },
);
export const softwareNodeUnregisterNodeGroup = stub(
  "void software_node_unregister_node_group(const struct software_node **node_group)",
  { releases: { software_node: (k, { node_group }) => groupAt(k, node_group) } },
  function* (k, { node_group }) {
    yield* unregisterSoftwareNodes(k, groupAt(k, node_group));
  },
);

export const fwnodeCreateSoftwareNode = stub(
  `struct fwnode_handle *fwnode_create_software_node(const struct property_entry *properties,
      const struct fwnode_handle *parent)`,
  {
    fails: ["ENOMEM", "EINVAL", "ENODATA"],
    errPtr: true,
    sleeps: true,
    acquires: { created_software_node: "return" },
  },
  function* (k, { properties, parent }) {
    return fwnodeOf(k, yield* createSoftwareNode(k, properties, parent));
  },
);
export const fwnodeRemoveSoftwareNode = stub(
  "void fwnode_remove_software_node(struct fwnode_handle *fwnode)",
  { releases: { created_software_node: "fwnode" } },
  function* (k, { fwnode }) {
    return yield* putSwnode(k, swnodeOf(k, fwnode));
  },
);

export const deviceAddSoftwareNode = stub(
  "int device_add_software_node(struct device *dev, const struct software_node *node)",
  {
    fails: ["EBUSY", "ENOMEM", "EEXIST", "EINVAL"],
    sleeps: true,
    acquires: { software_node_of_a_device: "dev" },
  },
  function* (k, { dev, node }) {
    yield* addNodeToDevice(k, dev, node);
    return 0;
  },
);
export const deviceRemoveSoftwareNode = stub(
  "void device_remove_software_node(struct device *dev)",
  { releases: { software_node_of_a_device: "dev" } },
  function* (k, { dev }) {
    return yield* removeNodeFromDevice(k, dev);
  },
);
export const deviceCreateManagedSoftwareNode = stub(
  `int device_create_managed_software_node(struct device *dev, const struct property_entry *properties,
      const struct software_node *parent)`,
  { fails: ["ENOMEM", "EINVAL", "ENODATA"], sleeps: true },
  function* (k, { dev, properties, parent }) {
    yield* createManagedNode(k, dev, { properties, parent });
    return 0;
  },
);

export const propertyEntriesDup = stub(
  "struct property_entry *property_entries_dup(const struct property_entry *properties)",
  {
    fails: ["ENOMEM", "EINVAL", "ENODATA"],
    errPtr: true,
    sleeps: true,
    acquires: { property_entries: "return" },
  },
  (k, { properties }) => copyProperties(k, properties),
);
export const propertyEntriesFree = stub(
  "void property_entries_free(const struct property_entry *properties)",
  { releases: { property_entries: "properties" } },
  (k, { properties }) => freeProperties(k, properties),
);
