/** netfilter hooks (net/netfilter/core.c), and packets that are sent through them from outside. */
import type { Address } from "../../base/address.ts";
import { EEXIST, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { packetSkb, releaseSkb, skbBytes } from "./skb.ts";

// include/uapi/linux/netfilter.h
const VERDICT = { DROP: 0, ACCEPT: 1, STOLEN: 2, QUEUE: 3, REPEAT: 4, STOP: 5 } as const;
export const HOOK = { PRE_ROUTING: 0, LOCAL_IN: 1, FORWARD: 2, LOCAL_OUT: 3, POST_ROUTING: 4 } as const;
export const NFPROTO_IPV4 = 2;
const MAX_HOOKS = 1024;
/** A hook that answers NF_REPEAT for ever would never let go. */
const MAX_REPEATS = 100;

export interface HookPoint {
  readonly pf: number;
  readonly hook: number;
  /** struct net_device; 0 for none. */
  readonly inDevice: Address;
  readonly outDevice: Address;
}

/** What became of a packet. */
export interface PacketEnd {
  readonly verdict: keyof typeof VERDICT;
  /** As the hooks left it; empty when one took it away. */
  readonly bytes: Uint8Array;
}

export interface Netfilter {
  /** struct nf_sockopt_ops that are registered. */
  readonly options: JournalSet<Address>;
  /** Errno EINVAL, E2BIG. */
  register(ops: Address): void;
  unregister(ops: Address): void;
  /** nf_hook_slow(): calls the hooks of a point. */
  run(point: HookPoint, skb: Address): Routine<keyof typeof VERDICT>;
  /** Sends an IPv4 packet through hooks in that order, as far as the verdicts let it. */
  inject(bytes: Uint8Array, points: readonly HookPoint[]): Routine<PacketEnd>;
}

const VERDICT_MASK = 0xff;
const names = Object.keys(VERDICT) as (keyof typeof VERDICT)[];

export const createNetfilter = (k: Kernel): Netfilter => {
  /** struct nf_hook_ops, by priority; those of one in the order of registration. */
  const state: { hooks: readonly Address[] } = { hooks: [] };
  const view = (ops: Address) => k.struct("nf_hook_ops", ops);
  const at = ({ pf, hook }: HookPoint): Address[] =>
    state.hooks.filter((ops) => view(ops).pf === pf && view(ops).hooknum === hook);

  const run = function* (point: HookPoint, skb: Address): Routine<keyof typeof VERDICT> {
    const hookState = k.scratch(k.sizeOf("nf_hook_state"));
    for (const ops of at(point)) {
      for (let turn = 0; turn < MAX_REPEATS; turn += 1) {
        writeState(k, hookState, point);
        const { hook, priv } = view(ops);
        const verdict = Number(BigInt.asUintN(32, yield* k.call(hook, priv, skb, hookState))) & VERDICT_MASK;
        if (verdict === VERDICT.REPEAT) continue;
        if (verdict !== VERDICT.ACCEPT) return names[verdict] ?? "DROP";
        break;
      }
    }
    return "ACCEPT";
  };

  return {
    options: k.journal.set(),
    register(ops) {
      const { pf, hooknum, hook, priority } = view(ops);
      if (pf > 12 || hooknum > 5 || hook === 0) throw new Errno(EINVAL);
      if (state.hooks.length >= MAX_HOOKS || state.hooks.includes(ops)) throw new Errno(EEXIST);
      const after = state.hooks.findIndex((other) => view(other).priority > priority);
      const place = after < 0 ? state.hooks.length : after;
      k.journal.touch(state).hooks = [...state.hooks.slice(0, place), ops, ...state.hooks.slice(place)];
    },
    unregister(ops) {
      k.journal.touch(state).hooks = state.hooks.filter((other) => other !== ops);
    },
    run,
    *inject(bytes, points) {
      const device = points[0]?.inDevice || points[0]?.outDevice || 0;
      const skb = packetSkb(k, bytes, { device, protocol: 0x0800, gfp: GFP_KERNEL });
      if (skb === 0) return { verdict: "DROP", bytes: new Uint8Array(0) };
      for (const point of points) {
        const verdict = yield* run(point, skb);
        if (verdict === "STOLEN" || verdict === "QUEUE") return { verdict, bytes: new Uint8Array(0) };
        const left = skbBytes(k, skb);
        if (verdict === "DROP") {
          releaseSkb(k, skb);
          return { verdict, bytes: left };
        }
      }
      const left = skbBytes(k, skb);
      releaseSkb(k, skb);
      return { verdict: "ACCEPT", bytes: left };
    },
  };
};

const writeState = (k: Kernel, at: Address, { pf, hook, inDevice, outDevice }: HookPoint): void => {
  const view = k.struct("nf_hook_state", at);
  view.hook = hook;
  view.pf = pf;
  view.in = inDevice as typeof view.in;
  view.out = outDevice as typeof view.out;
  view.sk = 0 as typeof view.sk;
  view.net = (k.symbols.address("init_net") ?? 0) as typeof view.net;
  view.okfn = 0 as typeof view.okfn;
};
