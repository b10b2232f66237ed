/** struct net_device in guest memory, before it is registered (net/core/dev.c). */
import type { Address } from "../../base/address.ts";
import { byteStringToBytes } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";

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

/** alloc_netdev_mqs(): 0 when there is no memory. */
export function* allocateNetDevice(
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
  view.nd_net.net = k.net.namespaces.first() as never;
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
