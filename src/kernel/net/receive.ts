/** What devices hand in, and who hears it (net/core/dev.c: netif_rx, __netif_receive_skb_core). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { cloneSkb, releaseSkb, skbBytes, unlinkHeader } from "./skb.ts";

const ETH_P_ALL = 0x0300;
const ETH_P_IP = 0x0008;
const ETH_P_IPV6 = 0xdd86;
const GFP_ATOMIC = 0xa20;
const PACKET_OUTGOING = 4;
const PACKET_OTHERHOST = 3;
const RX_SUCCESS = 0;
const RX_DROP = 1;
/** rx_handler_result_t */
const HANDLER = { CONSUMED: 0, ANOTHER: 1, EXACT: 2 } as const;
const MAX_TYPES = 1024;
const MAX_ROUNDS = 8;
/** Packets that nobody has asked for yet. */
const MAX_KEPT = 1000;

export interface Receiver {
  /** dev_add_pack() */
  addType(type: Address): void;
  removeType(type: Address): void;
  /** netif_rx(): delivered by the next softirq. */
  queue(skb: Address): void;
  /** loopback_xmit(): a frame that went out comes in again. */
  loop(skb: Address): void;
  /** netif_receive_skb(): delivered at once; NET_RX_SUCCESS or NET_RX_DROP. */
  deliver(skb: Address): Routine<number>;
  /** dev_queue_xmit_nit(): taps hear what goes out. */
  tap(skb: Address): Routine<void>;
  /** Frames that a device has handed in since the last call, oldest first. */
  take(device: Address): readonly Uint8Array[];
}

interface Kept {
  readonly device: Address;
  readonly bytes: Uint8Array;
}

export const createReceiver = (k: Kernel): Receiver => {
  /** struct packet_type, those added last first, as the kernel's lists have them. */
  const state: { types: readonly Address[]; kept: readonly Kept[] } = { types: [], kept: [] };
  const packet = (skb: Address) => k.struct("sk_buff", skb);
  const typesFor = (protocol: number, device: Address): Address[] =>
    state.types.filter((type) => {
      const { type: wanted, dev } = k.struct("packet_type", type);
      return wanted === protocol && (dev === 0 || dev === device);
    });
  const call = function* (type: Address, skb: Address, from: Address): Routine<number> {
    const { func } = k.struct("packet_type", type);
    return asInt(yield* k.call(func, skb, packet(skb).dev, type, from));
  };
  const keep = (skb: Address): void => {
    const { dev, mac_header, head, data } = packet(skb);
    const header = Math.max(0, Math.min(data - (head + mac_header), MAX_HEADER));
    const bytes = Uint8Array.from([...k.memory.bytes(data - header, header), ...skbBytes(k, skb)]);
    k.journal.touch(state).kept = [...state.kept.slice(1 - MAX_KEPT), { device: dev, bytes }];
  };
  /** What the kernel itself does with a packet that nobody else took: IP's go through netfilter. */
  const own = function* (skb: Address): Routine<number> {
    const { protocol, dev, pkt_type: kind } = packet(skb);
    if (protocol !== ETH_P_IP && protocol !== ETH_P_IPV6) {
      releaseSkb(k, skb);
      return RX_DROP;
    }
    if (kind !== PACKET_OTHERHOST && protocol === ETH_P_IP) yield* k.net.input(skb, dev);
    else releaseSkb(k, skb);
    return RX_SUCCESS;
  };
  const handler = function* (skb: Address): Routine<{ skb: Address; answer: number } | undefined> {
    const { rx_handler: fn } = k.struct("net_device", packet(skb).dev);
    if (fn === 0) return undefined;
    const at = k.heap.internal(new Uint8Array(8));
    k.memory.setPointer(at, skb);
    const answer = Number(BigInt.asUintN(32, yield* k.call(fn, at)));
    const left = k.memory.pointer(at);
    k.heap.kfree(at);
    return { skb: left, answer };
  };
  const prepare = (skb: Address): void => {
    const view = packet(skb);
    view.network_header = view.data - view.head;
    if (view.transport_header === UNSET) view.transport_header = view.network_header;
    view.mac_len = view.network_header - view.mac_header;
  };
  /** Everyone but the last gets the packet with a reference of its own. */
  const hand = function* (skb: Address, listeners: readonly Address[], from: Address): Routine<number> {
    const last = listeners.at(-1);
    if (last === undefined) return yield* own(skb);
    const { protocol } = packet(skb);
    const others = [...listeners.slice(0, -1), ...(protocol === ETH_P_IP ? [last] : [])];
    for (const type of others) {
      packet(skb).users.refs.counter += 1;
      yield* call(type, skb, from);
    }
    return protocol === ETH_P_IP ? yield* own(skb) : yield* call(last, skb, from);
  };
  const deliver = function* (first: Address): Routine<number> {
    let skb = first;
    const from = packet(skb).dev;
    prepare(skb);
    keep(skb);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      packet(skb).skb_iif = k.struct("net_device", packet(skb).dev).ifindex;
      const taps = typesFor(ETH_P_ALL, packet(skb).dev);
      const handled = yield* handler(skb);
      if (handled?.answer === HANDLER.CONSUMED) return RX_SUCCESS;
      if (handled !== undefined) skb = handled.skb;
      if (handled?.answer === HANDLER.ANOTHER) continue;
      const exact = handled?.answer === HANDLER.EXACT;
      const { protocol, dev } = packet(skb);
      return yield* hand(skb, [...taps, ...(exact ? [] : typesFor(protocol, dev))], from);
    }
    releaseSkb(k, skb);
    return RX_DROP;
  };
  k.interrupts.handle("net-rx", {
    context: "softirq",
    softirq: ["3 NET_RX", "net_rx_action"],
    name: "process_backlog+0xa6/0x150",
    callers: ["__napi_poll+0x2b/0x1b0", "net_rx_action+0x2a5/0x360"],
    *act(skb) {
      yield* deliver(skb);
    },
  });
  return {
    addType(type) {
      if (state.types.length >= MAX_TYPES || state.types.includes(type)) return;
      k.journal.touch(state).types = [type, ...state.types];
    },
    removeType(type) {
      k.journal.touch(state).types = state.types.filter((one) => one !== type);
    },
    queue(skb) {
      k.interrupts.raise("net-rx", skb);
      // netif_rx() turns softirqs off and on again: the packet is delivered before it returns.
      if (k.interrupts.context() === "process") k.interrupts.softirqsOn();
    },
    loop(skb) {
      unlinkHeader(k, skb);
      k.interrupts.raise("net-rx", skb);
    },
    deliver,
    *tap(skb) {
      const { dev } = packet(skb);
      for (const type of typesFor(ETH_P_ALL, dev)) {
        if (k.struct("packet_type", type).ignore_outgoing) continue;
        const clone = cloneSkb(k, skb, GFP_ATOMIC);
        if (clone === 0) return;
        packet(clone).pkt_type = PACKET_OUTGOING;
        packet(clone).network_header = packet(clone).data - packet(clone).head;
        yield* call(type, clone, dev);
      }
    },
    take(device) {
      const frames = state.kept.filter((one) => one.device === device);
      k.journal.touch(state).kept = state.kept.filter((one) => one.device !== device);
      return frames.map(({ bytes }) => bytes);
    },
  };
};

const UNSET = 0xffff;
const MAX_HEADER = 128;
