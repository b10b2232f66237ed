/** include/linux/netdevice.h, as net/core/dev.c and dev_addr_lists.c do it. */
import type { Address } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { registrations } from "../registrations.ts";

const ALIGN = 32;
const MAX_ADDR_LEN = 32;
const MAX_QUEUES = 4096;
/** IFNAMSIZ */
const NAME_SIZE = 16;
const LINK_STATE_NOCARRIER = 1n << 2n;

/** netdev_priv(): behind the structure, aligned. */
const privateAt = (k: Kernel): number => Math.ceil(k.sizeOf("net_device") / ALIGN) * ALIGN;

const setLists = (k: Kernel, device: Address): void => {
  const lists = [
    "dev_list",
    "napi_list",
    "unreg_list",
    "close_list",
    "ptype_all",
    "ptype_specific",
    "link_watch_list",
  ];
  for (const list of [...lists, "uc.list", "mc.list", "dev_addrs.list"]) {
    const at = device + k.offsetOf("net_device", list);
    k.memory.setPointer(at, at);
    k.memory.setPointer(at + 8, at);
  }
};

function* allocate(
  k: Kernel,
  size: number,
  name: string,
  setup: Address,
  queues: readonly [number, number],
): Routine<Address> {
  const [txqs, rxqs] = queues;
  if (size < 0 || txqs < 1 || rxqs < 1 || txqs > MAX_QUEUES || rxqs > MAX_QUEUES) return 0;
  const total = privateAt(k) + Math.ceil(size / ALIGN) * ALIGN;
  const device = k.heap.kmalloc(total, GFP_KERNEL);
  const transmit = device === 0 ? 0 : k.heap.kmalloc(txqs * k.sizeOf("netdev_queue"), GFP_KERNEL);
  const address = transmit === 0 ? 0 : k.heap.kmalloc(MAX_ADDR_LEN, GFP_KERNEL);
  if (address === 0) {
    for (const part of [device, transmit]) k.heap.kfree(part);
    return 0;
  }
  k.memory.fill(device, 0, total);
  k.memory.fill(transmit, 0, txqs * k.sizeOf("netdev_queue"));
  k.memory.fill(address, 0, MAX_ADDR_LEN);
  setLists(k, device);
  const view = k.struct("net_device", device);
  view._tx = transmit as typeof view._tx;
  [view.num_tx_queues, view.real_num_tx_queues] = [txqs, txqs];
  [view.num_rx_queues, view.real_num_rx_queues] = [rxqs, rxqs];
  view.dev_addr = address as typeof view.dev_addr;
  view.nd_net.net = (k.symbols.address("init_net") ?? 0) as never;
  view.gso_max_size = 65536;
  view.gso_max_segs = 65535;
  for (let queue = 0; queue < txqs; queue += 1) {
    k.struct("netdev_queue", transmit + queue * k.sizeOf("netdev_queue")).dev = device as never;
  }
  yield* k.call(setup, device);
  if (view.tx_queue_len === 0) view.tx_queue_len = 1000;
  k.memory.write(device, byteStringToBytes(name.slice(0, NAME_SIZE - 1).padEnd(NAME_SIZE, "\0")));
  return device;
}

export const allocNetdevMqs = stub(
  "struct net_device *alloc_netdev_mqs(int sizeof_priv, const char *name, unsigned char name_assign_type, void (*setup)(struct net_device *), unsigned int txqs, unsigned int rxqs)",
  { fails: ["NULL"], sleeps: true, acquires: { "network device": "return" } },
  function* (k, { sizeof_priv, name, setup, txqs, rxqs }) {
    return yield* allocate(k, sizeof_priv, k.memory.cstring(name), setup, [txqs, rxqs]);
  },
);

/** A device that ether_setup() sets up, named when it is registered. */
export const allocEtherdevMqs = stub(
  "struct net_device *alloc_etherdev_mqs(int sizeof_priv, unsigned int txqs, unsigned int rxqs)",
  { fails: ["NULL"], sleeps: true, acquires: { "network device": "return" } },
  function* (k, { sizeof_priv, txqs, rxqs }) {
    const setup = k.symbols.address("ether_setup") ?? 0;
    return yield* allocate(k, sizeof_priv, "eth%d", setup, [txqs, rxqs]);
  },
);

export const freeNetdev = stub(
  "void free_netdev(struct net_device *dev)",
  { releases: { "network device": "dev" } },
  (k, { dev }) => {
    const { _tx: transmit, dev_addr: address } = k.struct("net_device", dev);
    for (const part of [transmit, address, dev]) k.heap.kfree(part);
  },
);

const LEVEL = { partial: "no queueing disciplines; nothing in sysfs" } as const;

export const registerNetdev = stub(
  "int register_netdev(struct net_device *dev)",
  {
    fails: ["EEXIST", "EINVAL", "ENFILE"],
    sleeps: true,
    acquires: { "registered network device": "dev" },
    level: LEVEL,
  },
  function* (k, { dev }) {
    yield* k.net.devices.register(dev);
    return 0;
  },
);

export const registerNetdevice = stub(
  "int register_netdevice(struct net_device *dev)",
  {
    fails: ["EEXIST", "EINVAL", "ENFILE"],
    sleeps: true,
    acquires: { "registered network device": "dev" },
    level: LEVEL,
  },
  function* (k, { dev }) {
    yield* k.net.devices.register(dev);
    return 0;
  },
);

export const unregisterNetdev = stub(
  "void unregister_netdev(struct net_device *dev)",
  { sleeps: true, releases: { "registered network device": "dev" } },
  function* (k, { dev }) {
    yield* k.net.devices.unregister(dev);
  },
);

export const devAddrMod = stub(
  "void dev_addr_mod(struct net_device *dev, unsigned int offset, const void *addr, size_t len)",
  (k, { dev, offset, addr, len }) =>
    k.memory.write(k.struct("net_device", dev).dev_addr + offset, k.memory.bytes(addr, len).slice()),
);

const receive = (k: Kernel, skb: Address): number => {
  k.net.devices.receive(skb);
  return 0;
};
const RECEIVED = { partial: "what is received is kept for whoever asks from outside" } as const;

export const netifRx = stub(
  "int netif_rx(struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" }, level: RECEIVED },
  (k, { skb }) => receive(k, skb),
);

export const netifReceiveSkb = stub(
  "int netif_receive_skb(struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" }, level: RECEIVED },
  (k, { skb }) => receive(k, skb),
);

export const netifCarrierOn = stub("void netif_carrier_on(struct net_device *dev)", (k, { dev }) => {
  k.struct("net_device", dev).state &= ~LINK_STATE_NOCARRIER;
});

export const netifCarrierOff = stub("void netif_carrier_off(struct net_device *dev)", (k, { dev }) => {
  k.struct("net_device", dev).state |= LINK_STATE_NOCARRIER;
});

const QUEUE_STOPPED = 1n;

export const netifTxWakeQueue = stub(
  "void netif_tx_wake_queue(struct netdev_queue *dev_queue)",
  (k, { dev_queue }) => {
    k.struct("netdev_queue", dev_queue).state &= ~QUEUE_STOPPED;
  },
);

export const packetTypes = registrations("no packet ever comes", [
  {
    kind: "packet_type",
    add: "void dev_add_pack(struct packet_type *pt)",
    remove: "void dev_remove_pack(struct packet_type *pt)",
    by: { add: "pt", remove: "pt" },
    fails: [],
  },
]);
