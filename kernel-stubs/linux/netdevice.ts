/** include/linux/netdevice.h, as net/core/dev.c and dev_addr_lists.c do it. */
import type { Address } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { ENODEV } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { notifierHead, notifyBlock } from "../../src/kernel/net/notify.ts";
import { withRtnl } from "../../src/kernel/net/rtnl.ts";
import { registerNotifier, unregisterNotifier } from "../../src/kernel/notifier.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const ALIGN = 32;
const MAX_ADDR_LEN = 32;
const MAX_QUEUES = 4096;
/** IFNAMSIZ */
const NAME_SIZE = 16;

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
  const counter = k.percpu.alloc(4, 4, GFP_KERNEL);
  k.memory.fill(device, 0, total);
  k.memory.fill(transmit, 0, txqs * k.sizeOf("netdev_queue"));
  k.memory.fill(address, 0, MAX_ADDR_LEN);
  setLists(k, device);
  const view = k.struct("net_device", device);
  view.pcpu_refcnt = counter as typeof view.pcpu_refcnt;
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
  function* (k, { sizeof_priv, name, name_assign_type: origin, setup, txqs, rxqs }) {
    const device = yield* allocate(k, sizeof_priv, k.memory.cstring(name), setup, [txqs, rxqs]);
    if (device !== 0) k.struct("net_device", device).name_assign_type = origin;
    return device;
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
  { sleeps: true, releases: { "network device": "dev" } },
  function* (k, { dev }) {
    yield* k.net.devices.free(dev);
  },
);

const LEVEL = { partial: "no queueing disciplines but the first-in-first-out one, no ethtool" } as const;

/** register_netdev() takes the rtnl lock first; register_netdevice() wants it held. */
export const registerNetdevs = ["register_netdev", "register_netdevice"].map((name) =>
  stub(
    `int ${name}(struct net_device *dev)` as "int f(struct net_device *dev)",
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
  ),
);

export const unregisterNetdev = stub(
  "void unregister_netdev(struct net_device *dev)",
  { sleeps: true, releases: { "registered network device": "dev" } },
  function* (k, { dev }) {
    yield* k.net.devices.unregister(dev);
    yield* k.net.devices.runTodo(dev);
  },
);

/** With a list it goes when unregister_netdevice_many() comes; here at once. */
export const unregisterNetdeviceQueue = stub(
  "void unregister_netdevice_queue(struct net_device *dev, struct list_head *head)",
  {
    sleeps: true,
    releases: { "registered network device": "dev" },
    level: { partial: "the device goes at once, not with the rest of the list" },
  },
  function* (k, { dev }) {
    yield* k.net.devices.unregister(dev);
  },
);

export const devOpen = stub(
  "int dev_open(struct net_device *dev, struct netlink_ext_ack *extack)",
  { fails: ["ENODEV"], sleeps: true },
  function* (k, { dev }) {
    if (!k.net.devices.isRegistered(dev)) throw new Errno(ENODEV);
    yield* k.net.devices.open(dev);
    return 0;
  },
);

export const devClose = stub(
  "void dev_close(struct net_device *dev)",
  { sleeps: true },
  function* (k, { dev }) {
    yield* k.net.devices.close(dev);
  },
);

/** Takes a reference, which dev_put() (inline code over a per-CPU counter) gives back. */
const hold = (k: Kernel, device: Address | undefined): Address => {
  if (device === undefined) return 0;
  const { pcpu_refcnt: counter } = k.struct("net_device", device);
  if (counter !== 0)
    k.memory.setU32(k.percpu.address(counter), (k.memory.u32(k.percpu.address(counter)) + 1) >>> 0);
  return device;
};

export const devGetByName = stub(
  "struct net_device *dev_get_by_name(struct net *net, const char *name)",
  { fails: ["NULL"] },
  (k, { name }) => hold(k, k.net.devices.find(k.memory.cstring(name, NAME_SIZE))),
);

export const devGetByNameUnheld = stub(
  "struct net_device *__dev_get_by_name(struct net *net, const char *name)",
  { fails: ["NULL"] },
  (k, { name }) => k.net.devices.find(k.memory.cstring(name, NAME_SIZE)) ?? 0,
);

export const devGetByIndex = stub(
  "struct net_device *dev_get_by_index(struct net *net, int ifindex)",
  { fails: ["NULL"] },
  (k, { ifindex }) => hold(k, k.net.devices.byIndex(ifindex)),
);

export const devGetByIndexUnheld = stub(
  "struct net_device *__dev_get_by_index(struct net *net, int ifindex)",
  { fails: ["NULL"] },
  (k, { ifindex }) => k.net.devices.byIndex(ifindex) ?? 0,
);

export const devAddrMod = stub(
  "void dev_addr_mod(struct net_device *dev, unsigned int offset, const void *addr, size_t len)",
  (k, { dev, offset, addr, len }) =>
    k.memory.write(k.struct("net_device", dev).dev_addr + offset, k.memory.bytes(addr, len).slice()),
);

/** What has been is told again to whoever comes later: devices are registered, some are up. */
const tellOfAll = function* (k: Kernel, block: Address): Routine<void> {
  for (const device of k.net.devices.all()) {
    yield* notifyBlock(k, block, "REGISTER", device);
    if (k.net.devices.isUp(device)) yield* notifyBlock(k, block, "UP", device);
  }
};
const takeLeaveOfAll = function* (k: Kernel, block: Address): Routine<void> {
  for (const device of k.net.devices.all()) {
    if (k.net.devices.isUp(device)) {
      yield* notifyBlock(k, block, "GOING_DOWN", device);
      yield* notifyBlock(k, block, "DOWN", device);
    }
    yield* notifyBlock(k, block, "UNREGISTER", device);
  }
};

export const registerNetdeviceNotifier = stub(
  "int register_netdevice_notifier(struct notifier_block *nb)",
  { fails: ["EEXIST"], sleeps: true, acquires: { notifier: "nb" } },
  function* (k, { nb }) {
    registerNotifier(k.memory, notifierHead(k), nb);
    yield* withRtnl(k, tellOfAll(k, nb));
    return 0;
  },
);

export const unregisterNetdeviceNotifier = stub(
  "int unregister_netdevice_notifier(struct notifier_block *nb)",
  { fails: ["ENOENT"], sleeps: true, releases: { notifier: "nb" } },
  function* (k, { nb }) {
    unregisterNotifier(k.memory, notifierHead(k), nb);
    yield* withRtnl(k, takeLeaveOfAll(k, nb));
    return 0;
  },
);

export const netdevCmdToName = stub("const char *netdev_cmd_to_name(enum netdev_cmd cmd)", (k, { cmd }) =>
  k.net.commandName(cmd),
);
