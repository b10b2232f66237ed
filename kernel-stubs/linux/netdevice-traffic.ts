/** include/linux/netdevice.h: what goes in and out, NAPI, packet types (net/core/dev.c). */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { freeSkb } from "../../src/kernel/net/skb.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const RX_SUCCESS = 0;
const NO_GRO = { partial: "packets are handed on one by one, never merged" } as const;

export const netifRx = stub(
  "int netif_rx(struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" } },
  (k, { skb }) => {
    k.net.receiver.queue(skb);
    return RX_SUCCESS;
  },
);

export const netifReceiveSkb = stub(
  "int netif_receive_skb(struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" } },
  function* (k, { skb }) {
    return yield* k.net.receiver.deliver(skb);
  },
);

const GRO_NORMAL = 3;

export const napiGroReceive = stub(
  "gro_result_t napi_gro_receive(struct napi_struct *napi, struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" }, level: NO_GRO },
  function* (k, { skb }) {
    yield* k.net.receiver.deliver(skb);
    return GRO_NORMAL;
  },
);

export const napiGroFlush = stub(
  "void napi_gro_flush(struct napi_struct *napi, bool flush_old)",
  { level: NO_GRO },
  () => {},
);

export const devQueueXmit = stub(
  "int __dev_queue_xmit(struct sk_buff *skb, struct net_device *sb_dev)",
  {
    fails: ["ENOMEM"],
    releases: { "socket buffer": "skb" },
    level: { partial: "no queueing disciplines but the first-in-first-out one" },
  },
  function* (k, { skb }) {
    return yield* k.net.transmitter.send(skb);
  },
);

export const netifCarrierOn = stub("void netif_carrier_on(struct net_device *dev)", (k, { dev }) =>
  k.net.devices.setCarrier(dev, "on"),
);

export const netifCarrierOff = stub("void netif_carrier_off(struct net_device *dev)", (k, { dev }) =>
  k.net.devices.setCarrier(dev, "off"),
);

export const netifTxWakeQueue = stub(
  "void netif_tx_wake_queue(struct netdev_queue *dev_queue)",
  (k, { dev_queue }) => k.net.transmitter.wake(dev_queue),
);

const queues = (k: Kernel, device: Address): Address[] => {
  const { _tx: first, real_num_tx_queues: count } = k.struct("net_device", device);
  return Array.from(
    { length: Math.min(count, 4096) },
    (_, index) => first + index * k.sizeOf("netdev_queue"),
  );
};

const PRESENT = 1n << 1n;
const DRV_XOFF = 1n;

export const netifDeviceDetach = stub("void netif_device_detach(struct net_device *dev)", (k, { dev }) => {
  const view = k.struct("net_device", dev);
  if ((view.state & PRESENT) === 0n) return;
  view.state &= ~PRESENT;
  for (const queue of queues(k, dev)) k.struct("netdev_queue", queue).state |= DRV_XOFF;
});

export const netifDeviceAttach = stub("void netif_device_attach(struct net_device *dev)", (k, { dev }) => {
  const view = k.struct("net_device", dev);
  if ((view.state & PRESENT) !== 0n) return;
  view.state |= PRESENT;
  if (k.net.devices.isUp(dev)) for (const queue of queues(k, dev)) k.net.transmitter.wake(queue);
});

export const netifNapiAddWeight = stub(
  "void netif_napi_add_weight(struct net_device *dev, struct napi_struct *napi, int (*poll)(struct napi_struct *, int), int weight)",
  { acquires: { napi: "napi" } },
  (k, { dev, napi, poll, weight }) => k.net.napi.add(napi, dev, poll, weight),
);

export const netifNapiDel = stub(
  "void __netif_napi_del(struct napi_struct *napi)",
  { releases: { napi: "napi" }, sleeps: true },
  (k, { napi }) => k.net.napi.remove(napi),
);

export const napiSchedulePrep = stub("bool napi_schedule_prep(struct napi_struct *n)", (k, { n }) =>
  k.net.napi.prepare(n),
);

export const napiSchedule = stub("void __napi_schedule(struct napi_struct *n)", (k, { n }) =>
  k.net.napi.schedule(n),
);

export const napiScheduleIrqoff = stub("void __napi_schedule_irqoff(struct napi_struct *n)", (k, { n }) =>
  k.net.napi.schedule(n),
);

export const napiCompleteDone = stub(
  "bool napi_complete_done(struct napi_struct *n, int work_done)",
  (k, { n }) => k.net.napi.complete(n),
);

export const napiEnable = stub("void napi_enable(struct napi_struct *n)", (k, { n }) => k.net.napi.enable(n));

const PAUSE_NS = 200_000;

export const napiDisable = stub("void napi_disable(struct napi_struct *n)", { sleeps: true }, (k, { n }) => {
  if (k.net.napi.disable(n)) return undefined;
  return block("napi to be polled out", { deadline: k.clock.now() + PAUSE_NS });
});

export const devAddPack = stub(
  "void dev_add_pack(struct packet_type *pt)",
  { acquires: { packet_type: "pt" } },
  (k, { pt }) => k.net.receiver.addType(pt),
);

export const devRemovePack = stub(
  "void dev_remove_pack(struct packet_type *pt)",
  { sleeps: true, releases: { packet_type: "pt" } },
  (k, { pt }) => k.net.receiver.removeType(pt),
);

export const devKfreeSkbAny = stub(
  "void __dev_kfree_skb_any(struct sk_buff *skb, enum skb_free_reason reason)",
  { releases: { "socket buffer": "skb" } },
  function* (k, { skb }) {
    yield* freeSkb(k, skb);
  },
);

export const devKfreeSkbIrq = stub(
  "void __dev_kfree_skb_irq(struct sk_buff *skb, enum skb_free_reason reason)",
  { releases: { "socket buffer": "skb" } },
  function* (k, { skb }) {
    yield* freeSkb(k, skb);
  },
);
