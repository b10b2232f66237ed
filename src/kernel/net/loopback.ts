/** The loopback device (drivers/net/loopback.c): what goes out comes in again. */
import type { Address } from "../../base/address.ts";
import { byteStringToBytes } from "../../base/bytes.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";

const IFF_LOOPBACK = 8;
const ARPHRD_LOOPBACK = 772;
const MTU = 65536;
const REGISTERED = 1;
const LINK_STATE_PRESENT = 1n << 1n;
const LISTS = ["dev_list", "napi_list", "ptype_all", "ptype_specific", "link_watch_list"] as const;

/** Makes it when it is first asked for. Down, as at boot. */
export const createLoopback = (k: Kernel): (() => Address) => {
  const state = { device: 0 };
  const queue = (device: Address): Address => {
    const made = k.statics.allocate(k.sizeOf("netdev_queue"));
    k.struct("netdev_queue", made).dev = device as never;
    return made;
  };
  const operations = (): Address => {
    const made = k.statics.allocate(k.sizeOf("net_device_ops"));
    k.struct("net_device_ops", made).ndo_start_xmit = k.hostCode.address("loopback_xmit", (skb) => {
      k.net.receiver.loop(skb);
      return 0;
    }) as never;
    return made;
  };
  return () => {
    if (state.device !== 0) return state.device;
    const device = k.statics.allocate(k.sizeOf("net_device"));
    k.journal.touch(state).device = device;
    k.memory.write(device, byteStringToBytes("lo\0"));
    for (const list of LISTS) initList(k.memory, device + k.offsetOf("net_device", list));
    const view = k.struct("net_device", device);
    Object.assign(view, { ifindex: 1, mtu: MTU, type: ARPHRD_LOOPBACK, addr_len: 6, hard_header_len: 14 });
    view.flags = IFF_LOOPBACK;
    view.reg_state = REGISTERED;
    view.state = LINK_STATE_PRESENT;
    view.tx_queue_len = 1000;
    [view.num_tx_queues, view.real_num_tx_queues] = [1, 1];
    view._tx = queue(device) as typeof view._tx;
    view.netdev_ops = operations() as typeof view.netdev_ops;
    view.dev_addr = k.statics.allocate(32) as typeof view.dev_addr;
    view.pcpu_refcnt = k.percpu.alloc(4, 4, GFP_KERNEL) as typeof view.pcpu_refcnt;
    view.nd_net.net = (k.symbols.address("init_net") ?? 0) as never;
    return device;
  };
};
