/** include/linux/property.h: ports, endpoints and hardware behind nodes, as drivers/base/property.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { fwnodeOfDevice } from "../../src/kernel/devices/device-members.ts";
import {
  countEndpoints,
  endpointById,
  nextEndpointOf,
  parseEndpointOf,
  portParentOf,
  remoteEndpointOf,
  remoteParentOf,
} from "../../src/kernel/devices/fwnode-graph.ts";
import {
  booleanFrom,
  integerFrom,
  matchText,
  nextParent,
  pointerFrom,
} from "../../src/kernel/devices/fwnode.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const GIVES = { acquires: { fwnode: "return" } } as const;

export const fwnodeGraphGetNextEndpoint = stub(
  `struct fwnode_handle *fwnode_graph_get_next_endpoint(const struct fwnode_handle *fwnode,
      struct fwnode_handle *prev)`,
  { acquires: { fwnode: "return" }, releases: { fwnode: "prev" } },
  function* (k, { fwnode, prev }) {
    return yield* nextEndpointOf(k, fwnode, prev);
  },
);
export const fwnodeGraphGetPortParent = stub(
  "struct fwnode_handle *fwnode_graph_get_port_parent(const struct fwnode_handle *endpoint)",
  GIVES,
  function* (k, { endpoint }) {
    return yield* portParentOf(k, endpoint);
  },
);
export const fwnodeGraphGetRemoteEndpoint = stub(
  "struct fwnode_handle *fwnode_graph_get_remote_endpoint(const struct fwnode_handle *fwnode)",
  GIVES,
  function* (k, { fwnode }) {
    return yield* remoteEndpointOf(k, fwnode);
  },
);
export const fwnodeGraphGetRemotePort = stub(
  "struct fwnode_handle *fwnode_graph_get_remote_port(const struct fwnode_handle *fwnode)",
  GIVES,
  function* (k, { fwnode }) {
    return yield* nextParent(k, yield* remoteEndpointOf(k, fwnode));
  },
);
export const fwnodeGraphGetRemotePortParent = stub(
  "struct fwnode_handle *fwnode_graph_get_remote_port_parent(const struct fwnode_handle *fwnode)",
  GIVES,
  function* (k, { fwnode }) {
    return yield* remoteParentOf(k, fwnode);
  },
);
export const fwnodeGraphParseEndpoint = stub(
  `int fwnode_graph_parse_endpoint(const struct fwnode_handle *fwnode,
      struct fwnode_endpoint *endpoint)`,
  { fails: ["EINVAL", "ENXIO", "ERANGE"] },
  function* (k, { fwnode, endpoint }) {
    return yield* parseEndpointOf(k, fwnode, endpoint);
  },
);
export const fwnodeGraphGetEndpointCount = stub(
  "unsigned int fwnode_graph_get_endpoint_count(struct fwnode_handle *fwnode, unsigned long flags)",
  function* (k, { fwnode, flags }) {
    return yield* countEndpoints(k, fwnode, flags);
  },
);
export const fwnodeGraphGetEndpointById = stub(
  `struct fwnode_handle *fwnode_graph_get_endpoint_by_id(const struct fwnode_handle *fwnode, u32 port,
      u32 endpoint, unsigned long flags)`,
  GIVES,
  function* (k, { fwnode, port, endpoint, flags }) {
    return yield* endpointById(k, fwnode, { port, id: endpoint, flags });
  },
);

export const deviceGetMatchData = stub(
  "const void *device_get_match_data(const struct device *dev)",
  function* (k, { dev }) {
    return yield* pointerFrom(k, fwnodeOfDevice(k, dev), "device_get_match_data", dev);
  },
);
export const deviceDmaSupported = stub(
  "bool device_dma_supported(struct device *dev)",
  function* (k, { dev }) {
    return yield* booleanFrom(k, fwnodeOfDevice(k, dev), "device_dma_supported");
  },
);
/** DEV_DMA_NOT_SUPPORTED (0) is what a node without the operation has. */
export const deviceGetDmaAttr = stub(
  "enum dev_dma_attr device_get_dma_attr(struct device *dev)",
  function* (k, { dev }) {
    return Math.max(yield* integerFrom(k, fwnodeOfDevice(k, dev), "device_get_dma_attr"), 0);
  },
);
export const fwnodeIomap = stub(
  "void __iomem *fwnode_iomap(struct fwnode_handle *fwnode, int index)",
  { fails: ["NULL"] },
  function* (k, { fwnode, index }) {
    return yield* pointerFrom(k, fwnode, "iomap", index);
  },
);

const IRQS = { fails: ["EINVAL", "ENXIO"] } as const;
/** No interrupt is an error, too. */
function* interruptOf(k: Kernel, fwnode: Address, index: number): Routine<number> {
  return (yield* integerFrom(k, fwnode, "irq_get", index)) || -EINVAL;
}
export const fwnodeIrqGet = stub(
  "int fwnode_irq_get(const struct fwnode_handle *fwnode, unsigned int index)",
  IRQS,
  function* (k, { fwnode, index }) {
    return yield* interruptOf(k, fwnode, index);
  },
);
export const fwnodeIrqGetByname = stub(
  "int fwnode_irq_get_byname(const struct fwnode_handle *fwnode, const char *name)",
  { fails: ["EINVAL", "ENXIO", "ENODATA"] },
  function* (k, { fwnode, name }) {
    if (name === 0) throw new Errno(EINVAL);
    const index = yield* matchText(k, fwnode, k.driverCore.texts.of("interrupt-names"), name);
    return index < 0 ? index : yield* interruptOf(k, fwnode, index);
  },
);
