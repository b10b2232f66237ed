/** NAPI (net/core/dev.c): drivers that are polled in softirq context while they have something. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { addFirst, initList, removeInit } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { sayNetdev } from "./printk.ts";
import type { Routine } from "../routine.ts";

/** enum of include/linux/netdevice.h, as bits */
const SCHED = 1n << 0n;
const MISSED = 1n << 1n;
const DISABLE = 1n << 2n;
const NPSVC = 1n << 3n;
const LISTED = 1n << 4n;
/** NAPI_POLL_WEIGHT */
const WEIGHT = 64;
/** net.core.netdev_budget: a driver that never completes gives way to others after so many packets. */
const BUDGET = 300;
const REPOLL_NS = 4_000_000;

export interface Napi {
  add(napi: Address, device: Address, poll: Address, weight: number): void;
  remove(napi: Address): void;
  /** napi_schedule_prep(): whether the caller is to schedule it now. */
  prepare(napi: Address): boolean;
  schedule(napi: Address): void;
  /** napi_complete_done(): false when it is to be polled again at once. */
  complete(napi: Address): boolean;
  enable(napi: Address): void;
  /** True when it is disabled; false: it is still being polled, try again. */
  disable(napi: Address): boolean;
}

export const createNapi = (k: Kernel): Napi => {
  const view = (napi: Address) => k.struct("napi_struct", napi);
  const isScheduled = (napi: Address): boolean => (view(napi).state & SCHED) !== 0n;
  const listAt = (napi: Address): Address => napi + k.offsetOf("napi_struct", "dev_list");

  const schedule = (napi: Address): void => k.interrupts.raise("napi", napi);
  const complete = (napi: Address): boolean => {
    const known = view(napi);
    if ((known.state & NPSVC) !== 0n) return false;
    const missed = (known.state & MISSED) !== 0n;
    known.state &= ~(MISSED | SCHED);
    if (!missed) return true;
    known.state |= SCHED;
    schedule(napi);
    return false;
  };
  /** napi_poll() as often as the budget of one net_rx_action() allows; then later. */
  const poll = function* (napi: Address): Routine<void> {
    for (let left = BUDGET; left > 0 && isScheduled(napi);) {
      const { weight, poll: fn } = view(napi);
      const work = asInt(yield* k.call(fn, napi, weight));
      if (work > weight) {
        sayNetdev(
          k,
          view(napi).dev,
          3,
          `NAPI poll function ${k.symbols.format(fn)} returned ${work}, exceeding its budget of ${weight}.`,
        );
      }
      if (work < weight) return;
      if ((view(napi).state & DISABLE) !== 0n) {
        complete(napi);
        return;
      }
      left -= Math.max(work, 1);
    }
    if (isScheduled(napi)) k.timeline.schedule(k.clock.now() + REPOLL_NS, "napi", napi);
  };
  k.interrupts.handle("napi", {
    context: "softirq",
    softirq: ["3 NET_RX", "net_rx_action"],
    name: "__napi_poll+0x2b/0x1b0",
    callers: ["net_rx_action+0x2a5/0x360"],
    act: poll,
  });
  return {
    add(napi, device, fn, weight) {
      const known = view(napi);
      if ((known.state & LISTED) !== 0n) return;
      initList(k.memory, napi + k.offsetOf("napi_struct", "poll_list"));
      initList(k.memory, napi + k.offsetOf("napi_struct", "rx_list"));
      Object.assign(known, {
        poll: fn,
        weight,
        dev: device,
        rx_count: 0,
        skb: 0,
        gro_bitmask: 0n,
        poll_owner: -1,
      });
      if (weight > WEIGHT) sayNetdev(k, device, 3, `netif_napi_add_weight() called with weight ${weight}`);
      known.state = (known.state & ~DISABLE) | SCHED | NPSVC | LISTED;
      addFirst(k.memory, listAt(napi), device + k.offsetOf("net_device", "napi_list"));
    },
    remove(napi) {
      if ((view(napi).state & LISTED) === 0n) return;
      view(napi).state &= ~LISTED;
      removeInit(k.memory, listAt(napi));
    },
    prepare(napi) {
      const { state } = view(napi);
      if ((state & DISABLE) !== 0n) return false;
      view(napi).state |= (state & SCHED) === 0n ? SCHED : MISSED;
      return (state & SCHED) === 0n;
    },
    schedule,
    complete,
    enable(napi) {
      view(napi).state &= ~(SCHED | NPSVC);
    },
    disable(napi) {
      const known = view(napi);
      known.state |= DISABLE;
      if ((known.state & (SCHED | NPSVC)) !== 0n) return false;
      known.state = (known.state | SCHED | NPSVC) & ~DISABLE;
      return true;
    },
  };
};
