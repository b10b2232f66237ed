/** Static calls: changing one's function patches its trampoline and every module's calls (kernel/static_call_inline.c). */
import type { Address } from "../base/address.ts";
import { type StaticCallSite, staticCallPatch } from "../loader/static-calls.ts";
import { textPatching } from "./boot/text-patching.ts";
import type { Kernel } from "./kernel.ts";
import { MODULE_STATE } from "./modules/module.ts";

/** The longest instruction that stands for one: a conditional tail call. */
const LONGEST = 6;
const TRAMPOLINE_SIZE = 5;

const patch = (
  k: Kernel,
  site: Pick<StaticCallSite, "address" | "tail">,
  size: number,
  fn: Address,
): void => {
  const returnZero = k.symbols.address("__static_call_return0");
  const current = k.memory.bytes(site.address, size).slice();
  const { address, bytes } = staticCallPatch(site, fn, current, textPatching(k.profile), returnZero);
  k.machine.poke(address, bytes);
  k.machine.codeChanged(address, bytes.length);
};

/** __static_call_update(): from now on the key calls `fn`, nothing if 0. */
export const updateStaticCall = (k: Kernel, key: Address, trampoline: Address, fn: Address): void => {
  const place = key + k.offsetOf("static_call_key", "func");
  if (k.memory.pointer(place) === fn) return;
  k.memory.setPointer(place, fn);
  if (trampoline !== 0) patch(k, { address: trampoline, tail: true }, TRAMPOLINE_SIZE, fn);
  for (const module of k.modules.list.all()) {
    const isComing = k.modules.list.state(module) === MODULE_STATE.COMING;
    for (const site of module.staticCallSites)
      if (site.key === key && (!site.init || isComing)) patch(k, site, Math.min(site.size, LONGEST), fn);
  }
};
