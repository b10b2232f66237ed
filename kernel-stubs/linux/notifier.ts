/** include/linux/notifier.h and reboot.h, as kernel/notifier.c and reboot.c do it: lists in guest memory. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { callNotifiers, registerNotifier, unregisterNotifier } from "../../src/kernel/notifier.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

type HeadKind = "atomic" | "blocking" | "raw" | "srcu";

const first = (k: Kernel, kind: HeadKind, head: Address): Address =>
  head + k.offsetOf(`${kind}_notifier_head`, "head");

function* callChain(
  k: Kernel,
  kind: HeadKind,
  { nh, val, v }: { nh: Address; val: bigint; v: Address },
): Routine<number> {
  return yield* callNotifiers(k.memory, first(k, kind, nh), Number(val), v);
}

const chain = (kind: HeadKind): Stub[] => [
  stub(
    `int ${kind}_notifier_chain_register(struct ${kind}_notifier_head *nh, struct notifier_block *n)` as "int f(struct raw_notifier_head *nh, struct notifier_block *n)",
    { fails: ["EEXIST"], acquires: { notifier: "n" } },
    (k, { nh, n }) => {
      registerNotifier(k.memory, first(k, kind, nh), n);
      return 0;
    },
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

/** Chains of the kernel's own that nothing in the sandbox calls; entries are kept in its order all the same. */
const kernelChain = (register: string, unregister: string, level: string): Stub[] => {
  const headOf = (k: Kernel): Address => {
    const { chains } = k.driverCore;
    const known = chains.get(register);
    if (known !== undefined) return known;
    const made = k.statics.allocate(8);
    chains.set(register, made);
    return made;
  };
  return [
    stub(
      `int ${register}(struct notifier_block *nb)` as "int f(struct notifier_block *nb)",
      { fails: ["EEXIST"], acquires: { notifier: "nb" }, level: { partial: level } },
      (k, { nb }) => {
        registerNotifier(k.memory, headOf(k), nb);
        return 0;
      },
    ),
    stub(
      `int ${unregister}(struct notifier_block *nb)` as "int f(struct notifier_block *nb)",
      { fails: ["ENOENT"], releases: { notifier: "nb" }, level: { partial: level } },
      (k, { nb }) => {
        unregisterNotifier(k.memory, headOf(k), nb);
        return 0;
      },
    ),
  ];
};

export const kernelChains: readonly Stub[] = [
  kernelChain("register_reboot_notifier", "unregister_reboot_notifier", "the sandbox never restarts"),
  kernelChain("register_die_notifier", "unregister_die_notifier", "an oops does not call the chain"),
  kernelChain("register_keyboard_notifier", "unregister_keyboard_notifier", "there is no keyboard"),
  kernelChain("register_inetaddr_notifier", "unregister_inetaddr_notifier", "there is no network"),
  kernelChain("register_netdevice_notifier", "unregister_netdevice_notifier", "there are no network devices"),
  kernelChain("register_pm_notifier", "unregister_pm_notifier", "the machine never sleeps"),
].flat();
