/** dev_queue_xmit() (net/core/dev.c): one first-in-first-out queue a transmit queue. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { releaseSkb } from "./skb.ts";

const XMIT_SUCCESS = 0;
const XMIT_DROP = 1;
/** NET_XMIT_CN, what a device that is down answers with. */
const XMIT_CN = 2;
const TX_BUSY = 0x10;
/** netdev_queue.state: stopped by the driver, by the stack, frozen. */
const DRV_XOFF = 1n;
const STOPPED = 7n;
const IFF_UP = 1;
const DEFAULT_LENGTH = 1000;
const RETRY_NS = 4_000_000;

export interface Transmitter {
  /** Takes the buffer over; NET_XMIT_SUCCESS, _DROP or _CN. */
  send(skb: Address): Routine<number>;
  /** netif_tx_wake_queue() */
  wake(queue: Address): void;
}

export const createTransmitter = (k: Kernel): Transmitter => {
  const waiting: JournalMap<Address, readonly Address[]> = k.journal.map();

  const queueOf = (skb: Address, device: Address): Address => {
    const { _tx: first, real_num_tx_queues: count } = k.struct("net_device", device);
    const { queue_mapping: index } = k.struct("sk_buff", skb);
    return first + (index < count ? index : 0) * k.sizeOf("netdev_queue");
  };
  const isStopped = (queue: Address): boolean => (k.struct("netdev_queue", queue).state & STOPPED) !== 0n;
  /** sch_direct_xmit() for as long as the driver takes packets. */
  const run = function* (queue: Address): Routine<void> {
    for (
      let skb = waiting.get(queue)?.[0];
      skb !== undefined && !isStopped(queue);
      skb = waiting.get(queue)?.[0]
    ) {
      const { dev } = k.struct("sk_buff", skb);
      waiting.set(queue, (waiting.get(queue) ?? []).slice(1));
      if ((k.struct("net_device", dev).flags & IFF_UP) === 0) {
        releaseSkb(k, skb);
        continue;
      }
      yield* k.net.receiver.tap(skb);
      const { ndo_start_xmit: fn } = k.struct("net_device_ops", k.struct("net_device", dev).netdev_ops);
      const answer = asInt(yield* k.call(fn, skb, dev));
      if (answer !== TX_BUSY) continue;
      waiting.set(queue, [skb, ...(waiting.get(queue) ?? [])]);
      k.timeline.schedule(k.clock.now() + RETRY_NS, "net-tx", queue);
      return;
    }
    if (waiting.get(queue)?.length === 0) waiting.delete(queue);
  };
  k.interrupts.handle("net-tx", {
    context: "softirq",
    softirq: ["2 NET_TX", "net_tx_action"],
    name: "__qdisc_run+0x9a/0x5b0",
    callers: ["net_tx_action+0x1f8/0x2a0"],
    act: run,
  });
  return {
    *send(skb) {
      const { dev } = k.struct("sk_buff", skb);
      const view = k.struct("sk_buff", skb);
      view.mac_header = view.data - view.head;
      const { flags, tx_queue_len: length } = k.struct("net_device", dev);
      if ((flags & IFF_UP) === 0 || k.struct("net_device", dev).netdev_ops === 0) {
        releaseSkb(k, skb);
        return XMIT_CN;
      }
      const queue = queueOf(skb, dev);
      const already = waiting.get(queue) ?? [];
      if (already.length >= Math.max(1, Math.min(length, DEFAULT_LENGTH))) {
        releaseSkb(k, skb);
        return XMIT_DROP;
      }
      waiting.set(queue, [...already, skb]);
      if (already.length === 0) yield* run(queue);
      return XMIT_SUCCESS;
    },
    wake(queue) {
      const view = k.struct("netdev_queue", queue);
      if ((view.state & DRV_XOFF) === 0n) return;
      view.state &= ~DRV_XOFF;
      if (waiting.has(queue)) k.interrupts.raise("net-tx", queue);
    },
  };
};
