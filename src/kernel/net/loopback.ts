/** The loopback device and the black hole (drivers/net/loopback.c): what goes out comes in again, or is gone. */
import type { Address } from "../../base/address.ts";
import { type ByteString, byteStringToBytes } from "../../base/bytes.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { freeSkb } from "./skb.ts";

const [IFF_UP, IFF_LOOPBACK, IFF_RUNNING] = [1, 8, 0x40];
const ARPHRD_LOOPBACK = 772;
const MTU = 65536;
/** ETH_MIN_MTU */
const LEAST_MTU = 68;
const REGISTERED = 1;
const LINK_STATE_PRESENT = 1n << 1n;
const LISTS = ["dev_list", "napi_list", "ptype_all", "ptype_specific", "link_watch_list"] as const;

interface Made {
  readonly name: ByteString;
  readonly ifindex: number;
  readonly mtu: number;
  readonly registered: boolean;
  readonly flags: number;
  /** ndo_start_xmit() */
  readonly operation: Address;
}

const queueOf = (k: Kernel, device: Address): Address => {
  const made = k.statics.allocate(k.sizeOf("netdev_queue"));
  k.struct("netdev_queue", made).dev = device as never;
  return made;
};
const operations = (k: Kernel, xmit: Address): Address => {
  const made = k.statics.allocate(k.sizeOf("net_device_ops"));
  k.struct("net_device_ops", made).ndo_start_xmit = xmit as never;
  return made;
};

const make = (k: Kernel, { name, ifindex, mtu, registered, flags, operation }: Made): Address => {
  const device = k.statics.allocate(k.sizeOf("net_device"));
  k.memory.write(device, byteStringToBytes(`${name}\0`));
  for (const list of LISTS) initList(k.memory, device + k.offsetOf("net_device", list));
  const view = k.struct("net_device", device);
  Object.assign(view, { ifindex, mtu, type: ARPHRD_LOOPBACK, addr_len: 6, hard_header_len: 14 });
  view.flags = flags;
  view.reg_state = registered ? REGISTERED : 0;
  view.state = LINK_STATE_PRESENT;
  view.tx_queue_len = 1000;
  [view.num_tx_queues, view.real_num_tx_queues] = [1, 1];
  view._tx = queueOf(k, device) as typeof view._tx;
  view.netdev_ops = operations(k, operation) as typeof view.netdev_ops;
  view.dev_addr = k.statics.allocate(32) as typeof view.dev_addr;
  view.pcpu_refcnt = k.percpu.alloc(4, 4, GFP_KERNEL) as typeof view.pcpu_refcnt;
  view.nd_net.net = (k.symbols.address("init_net") ?? 0) as never;
  return device;
};

/** Makes it when it is first asked for. Down, as at boot. */
export const createLoopback = (k: Kernel): (() => Address) => {
  const state = { device: 0 };
  return () => {
    if (state.device !== 0) return state.device;
    const operation = k.hostCode.address("loopback_xmit", (skb) => {
      k.net.receiver.loop(skb);
      return 0;
    });
    const lo = { name: "lo", ifindex: 1, mtu: MTU, registered: true, flags: IFF_LOOPBACK, operation };
    const device = make(k, lo);
    k.journal.touch(state).device = device;
    k.net.namespaces.first();
    return device;
  };
};

/** blackhole_netdev: up, in no list, and swallows what it is given. */
export const makeBlackhole = (k: Kernel): Address => {
  const operation = k.hostCode.address("blackhole_netdev_xmit", function* (skb = 0) {
    yield* freeSkb(k, skb);
    if (k.net.ratelimit()) k.printk(4, "blackhole_netdev_xmit(): Dropping skb.");
    return 0;
  });
  const flags = IFF_LOOPBACK | IFF_UP | IFF_RUNNING;
  return make(k, { name: "blackhole_dev", ifindex: 0, mtu: LEAST_MTU, registered: false, flags, operation });
};
