/** include/linux/cpuhotplug.h, as kernel/cpu.c does it for a machine whose one CPU stays up. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** CPUHP_BP_PREPARE_DYN, CPUHP_AP_ONLINE_DYN of this build: from there on numbers are given out. */
const DYNAMIC = { prepare: 70, online: 201 } as const;
const DYNAMIC_COUNT = { prepare: 20, online: 30 } as const;
const BOOT_CPU = 0;

const key = (state: number): string => `cpuhp ${state}`;

const pick = (k: Kernel, state: number): number => {
  const { hotplug } = k.driverCore;
  const kind = state === DYNAMIC.online ? "online" : state === DYNAMIC.prepare ? "prepare" : undefined;
  if (kind === undefined) return state;
  for (let number = DYNAMIC[kind]; number < DYNAMIC[kind] + DYNAMIC_COUNT[kind]; number += 1)
    if (!hotplug.has(key(number))) return number;
  throw new Errno(EINVAL);
};

function* setup(
  k: Kernel,
  args: { state: number; invoke: boolean; startup: Address; teardown: Address; multi_instance: boolean },
): Routine<number> {
  const { hotplug } = k.driverCore;
  const number = pick(k, args.state);
  hotplug.set(key(number), args.teardown);
  if (args.invoke && args.startup !== 0 && !args.multi_instance) {
    const result = asInt(yield* k.call(args.startup, BOOT_CPU));
    if (result !== 0) {
      hotplug.delete(key(number));
      return result;
    }
  }
  // Only dynamic states have a number to tell.
  return number === args.state && args.state !== DYNAMIC.online && args.state !== DYNAMIC.prepare
    ? 0
    : number;
}
function* remove(k: Kernel, state: number, invoke: boolean): Routine<void> {
  const { hotplug } = k.driverCore;
  const teardown = hotplug.get(key(state)) ?? 0;
  hotplug.delete(key(state));
  if (invoke && teardown !== 0) yield* k.call(teardown, BOOT_CPU);
}

const INSTANCES = { partial: "instances of a state are not called" };
type Setup =
  "int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke, int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu), bool multi_instance)";
type Remove = "void __cpuhp_remove_state(enum cpuhp_state state, bool invoke)";
export const hotplugStates: readonly Stub[] = ["", "_cpuslocked"].flatMap((locked) => [
  stub(
    `int __cpuhp_setup_state${locked}(enum cpuhp_state state, const char *name, bool invoke, int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu), bool multi_instance)` as Setup,
    { fails: ["EINVAL", "ENOSPC", "EBUSY"], sleeps: true, level: INSTANCES },
    function* (k, args) {
      return yield* setup(k, args);
    },
  ),
  stub(
    `void __cpuhp_remove_state${locked}(enum cpuhp_state state, bool invoke)` as Remove,
    { sleeps: true, level: INSTANCES },
    function* (k, { state, invoke }) {
      yield* remove(k, state, invoke);
    },
  ),
]);
