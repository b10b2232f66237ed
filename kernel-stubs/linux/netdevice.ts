/** include/linux/netdevice.h, as net/core/dev.c, dev_addr_lists.c and net/ethernet/eth.c do it. */
import type { Address } from "../../src/base/address.ts";
import { ENODEV } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { ETHERNET_ADDRESS, ETHERNET_HEADER } from "../../src/kernel/net/ethernet.ts";
import { makeBlackhole } from "../../src/kernel/net/loopback.ts";
import { allocateNetDevice } from "../../src/kernel/net/net-device.ts";
import { notifierHead, notifyBlock } from "../../src/kernel/net/notify.ts";
import { withRtnl } from "../../src/kernel/net/rtnl.ts";
import { registerNotifier, unregisterNotifier } from "../../src/kernel/notifier.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { rcuWait } from "./rcupdate.ts";

/** IFNAMSIZ */
const NAME_SIZE = 16;

export const blackholeNetdev = variable("struct net_device *blackhole_netdev", (k, { address }) =>
  k.memory.setPointer(address, makeBlackhole(k)),
);

export const allocNetdevMqs = stub(
  "struct net_device *alloc_netdev_mqs(int sizeof_priv, const char *name, unsigned char name_assign_type, void (*setup)(struct net_device *), unsigned int txqs, unsigned int rxqs)",
  { fails: ["NULL"], sleeps: true, acquires: { "network device": "return" } },
  function* (k, { sizeof_priv, name, name_assign_type: origin, setup, txqs, rxqs }) {
    const device = yield* allocateNetDevice(k, sizeof_priv, k.memory.cstring(name), setup, [txqs, rxqs]);
    if (device !== 0) k.struct("net_device", device).name_assign_type = origin;
    return device;
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
  },
);

/** With a list it goes when unregister_netdevice_many() comes. */
export const unregisterNetdeviceQueue = stub(
  "void unregister_netdevice_queue(struct net_device *dev, struct list_head *head)",
  { sleeps: true, releases: { "registered network device": "dev" } },
  function* (k, { dev, head }) {
    if (head === 0) yield* k.net.devices.unregister(dev);
    else k.net.devices.queue(dev, head);
  },
);
export const unregisterNetdeviceMany = stub(
  "void unregister_netdevice_many(struct list_head *head)",
  { sleeps: true },
  function* (k, { head }) {
    yield* k.net.devices.unregisterMany(head);
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

const ARPHRD_ETHER = 1;
const DATA = 1500;
// include/uapi/linux/if.h, include/linux/netdevice.h
const IFF_BROADCAST_MULTICAST = 0x1002;
const IFF_TX_SKB_SHARING = 1n << 16n;

export const etherSetup = stub("void ether_setup(struct net_device *dev)", (k, { dev }) => {
  const view = k.struct("net_device", dev);
  view.type = ARPHRD_ETHER;
  view.hard_header_len = ETHERNET_HEADER;
  view.min_header_len = ETHERNET_HEADER;
  view.mtu = DATA;
  view.min_mtu = 68;
  view.max_mtu = DATA;
  view.addr_len = ETHERNET_ADDRESS;
  view.tx_queue_len = 1000;
  view.flags = IFF_BROADCAST_MULTICAST;
  view.priv_flags |= IFF_TX_SKB_SHARING;
  k.memory.fill(dev + k.offsetOf("net_device", "broadcast"), 0xff, ETHERNET_ADDRESS);
});

export const synchronizeNet = rcuWait("synchronize_net");
