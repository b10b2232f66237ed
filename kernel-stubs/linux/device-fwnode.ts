/** include/linux/device.h: a device's firmware node, as drivers/base/core.c does it. */
import { setPrimaryNode, setSecondaryNode } from "../../src/kernel/devices/swnode-device.ts";
import { stub } from "../../src/stub/declare.ts";

export const setPrimaryFwnode = stub(
  "void set_primary_fwnode(struct device *dev, struct fwnode_handle *fwnode)",
  { level: { partial: "no warning where the node has a secondary one already" } },
  (k, { dev, fwnode }) => setPrimaryNode(k, dev, fwnode),
);
export const setSecondaryFwnode = stub(
  "void set_secondary_fwnode(struct device *dev, struct fwnode_handle *fwnode)",
  (k, { dev, fwnode }) => setSecondaryNode(k, dev, fwnode),
);
/** The kernel is built without device trees: no struct device_node is behind a node. */
export const deviceSetNode = stub(
  "void device_set_node(struct device *dev, struct fwnode_handle *fwnode)",
  (k, { dev, fwnode }) => {
    const view = k.struct("device", dev);
    view.fwnode = fwnode;
    view.of_node = 0;
  },
);

export const deviceSetOfNodeFromDev = stub(
  "void device_set_of_node_from_dev(struct device *dev, const struct device *dev2)",
  (k, { dev, dev2 }) => {
    const view = k.struct("device", dev);
    view.of_node = k.struct("device", dev2).of_node;
    view.of_node_reused = 1 as never;
  },
);
