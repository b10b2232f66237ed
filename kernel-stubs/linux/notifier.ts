/** include/linux/notifier.h, as kernel/notifier.c does it: lists in guest memory. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { callNotifiers, unregisterNotifier } from "../../src/kernel/notifier.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";
import { type HeadKind, registerBlock } from "../notifier-chain.ts";

const first = (k: Kernel, kind: HeadKind, head: Address): Address =>
  head + k.offsetOf(`${kind}_notifier_head`, "head");

function* callChain(
  k: Kernel,
  kind: HeadKind,
  { nh, val, v }: { nh: Address; val: bigint; v: Address },
): Routine<number> {
  return yield* callNotifiers(k.memory, first(k, kind, nh), Number(val), v);
}

/** A chain in memory of the module that joins it ends with it. */
const foreign = (k: Kernel, { nh, n }: { readonly nh: Address; readonly n: Address }): Address | undefined =>
  k.modules.list.at(nh) === k.modules.list.at(n) || k.heap.objectAt(nh) !== undefined ? undefined : n;

const chain = (kind: HeadKind): Stub[] => [
  stub(
    `int ${kind}_notifier_chain_register(struct ${kind}_notifier_head *nh, struct notifier_block *n)` as "int f(struct raw_notifier_head *nh, struct notifier_block *n)",
    { fails: ["EEXIST"], acquires: { notifier: foreign } },
    (k, { nh, n }) => registerBlock(k, kind, first(k, kind, nh), n),
  ),
  stub(
    `int ${kind}_notifier_chain_unregister(struct ${kind}_notifier_head *nh, struct notifier_block *n)` as "int f(struct raw_notifier_head *nh, struct notifier_block *n)",
    { fails: ["ENOENT"], releases: { notifier: "n" } },
    (k, { nh, n }) => {
      unregisterNotifier(k.memory, first(k, kind, nh), n);
      return 0;
    },
  ),
  stub(
    `int ${kind}_notifier_call_chain(struct ${kind}_notifier_head *nh, unsigned long val, void *v)` as "int f(struct raw_notifier_head *nh, unsigned long val, void *v)",
    function* (k, args) {
      return yield* callChain(k, kind, args);
    },
  ),
];

export const notifierChains: readonly Stub[] = (["atomic", "blocking", "raw", "srcu"] as const).flatMap(
  chain,
);
