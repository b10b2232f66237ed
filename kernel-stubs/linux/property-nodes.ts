/** include/linux/property.h: from node to node, as drivers/base/property.c does it. */
import { fwnodeOfDevice } from "../../src/kernel/devices/device-members.ts";
import {
  countParents,
  getNode,
  isAvailable,
  namedChild,
  nextAvailableChild,
  nextChild,
  nextParent,
  nodeName,
  nthParent,
  parentOf,
  putNode,
} from "../../src/kernel/devices/fwnode.ts";
import { stub } from "../../src/stub/declare.ts";

export const devFwnode = stub("struct fwnode_handle *__dev_fwnode(struct device *dev)", (k, { dev }) =>
  fwnodeOfDevice(k, dev),
);
export const devFwnodeConst = stub(
  "const struct fwnode_handle *__dev_fwnode_const(const struct device *dev)",
  (k, { dev }) => fwnodeOfDevice(k, dev),
);

export const fwnodeHandleGet = stub(
  "struct fwnode_handle *fwnode_handle_get(struct fwnode_handle *fwnode)",
  { acquires: { fwnode: "return" } },
  function* (k, { fwnode }) {
    return yield* getNode(k, fwnode);
  },
);
export const fwnodeHandlePut = stub(
  "void fwnode_handle_put(struct fwnode_handle *fwnode)",
  { releases: { fwnode: "fwnode" } },
  function* (k, { fwnode }) {
    return yield* putNode(k, fwnode);
  },
);

export const fwnodeGetName = stub(
  "const char *fwnode_get_name(const struct fwnode_handle *fwnode)",
  function* (k, { fwnode }) {
    return yield* nodeName(k, fwnode);
  },
);
export const fwnodeGetParent = stub(
  "struct fwnode_handle *fwnode_get_parent(const struct fwnode_handle *fwnode)",
  { acquires: { fwnode: "return" } },
  function* (k, { fwnode }) {
    return yield* parentOf(k, fwnode);
  },
);
export const fwnodeGetNextParent = stub(
  "struct fwnode_handle *fwnode_get_next_parent(struct fwnode_handle *fwnode)",
  { acquires: { fwnode: "return" }, releases: { fwnode: "fwnode" } },
  function* (k, { fwnode }) {
    return yield* nextParent(k, fwnode);
  },
);
export const fwnodeCountParents = stub(
  "unsigned int fwnode_count_parents(const struct fwnode_handle *fwnode)",
  function* (k, { fwnode }) {
    return yield* countParents(k, fwnode);
  },
);
export const fwnodeGetNthParent = stub(
  "struct fwnode_handle *fwnode_get_nth_parent(struct fwnode_handle *fwnode, unsigned int depth)",
  { acquires: { fwnode: "return" } },
  function* (k, { fwnode, depth }) {
    return yield* nthParent(k, fwnode, depth);
  },
);

export const fwnodeGetNextChildNode = stub(
  `struct fwnode_handle *fwnode_get_next_child_node(const struct fwnode_handle *fwnode,
      struct fwnode_handle *child)`,
  { acquires: { fwnode: "return" }, releases: { fwnode: "child" } },
  function* (k, { fwnode, child }) {
    return yield* nextChild(k, fwnode, child);
  },
);
export const fwnodeGetNextAvailableChildNode = stub(
  `struct fwnode_handle *fwnode_get_next_available_child_node(const struct fwnode_handle *fwnode,
      struct fwnode_handle *child)`,
  { acquires: { fwnode: "return" }, releases: { fwnode: "child" } },
  function* (k, { fwnode, child }) {
    return yield* nextAvailableChild(k, fwnode, child);
  },
);
export const deviceGetNextChildNode = stub(
  `struct fwnode_handle *device_get_next_child_node(const struct device *dev,
      struct fwnode_handle *child)`,
  { acquires: { fwnode: "return" }, releases: { fwnode: "child" } },
  function* (k, { dev, child }) {
    return yield* nextChild(k, fwnodeOfDevice(k, dev), child);
  },
);
export const fwnodeGetNamedChildNode = stub(
  `struct fwnode_handle *fwnode_get_named_child_node(const struct fwnode_handle *fwnode,
      const char *childname)`,
  { acquires: { fwnode: "return" } },
  function* (k, { fwnode, childname }) {
    return yield* namedChild(k, fwnode, childname);
  },
);
export const deviceGetNamedChildNode = stub(
  "struct fwnode_handle *device_get_named_child_node(const struct device *dev, const char *childname)",
  { acquires: { fwnode: "return" } },
  function* (k, { dev, childname }) {
    return yield* namedChild(k, fwnodeOfDevice(k, dev), childname);
  },
);
export const deviceGetChildNodeCount = stub(
  "unsigned int device_get_child_node_count(const struct device *dev)",
  function* (k, { dev }) {
    const fwnode = fwnodeOfDevice(k, dev);
    let count = 0;
    for (let at = yield* nextChild(k, fwnode, 0); at !== 0; at = yield* nextChild(k, fwnode, at)) count += 1;
    return count;
  },
);
export const fwnodeDeviceIsAvailable = stub(
  "bool fwnode_device_is_available(const struct fwnode_handle *fwnode)",
  function* (k, { fwnode }) {
    return yield* isAvailable(k, fwnode);
  },
);
