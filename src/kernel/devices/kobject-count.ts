/** The reference count of a kobject, and what is said when it is misused (lib/kobject.c, lib/refcount.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { hostArgs } from "../../abi/varargs.ts";
import type { JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Callers } from "../oops/incident.ts";
import { format } from "../printf/format.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";

export interface KobjectCount {
  up(kobject: Address): void;
  /** True for the last one. */
  down(kobject: Address): boolean;
}

const REFCOUNT_SATURATED = 0xc000_0000 | 0;

export const createKobjectCount = (k: Kernel): KobjectCount => {
  const said: JournalSet<ByteString> = k.journal.set();
  const uninitialised = (kobject: Address, call: "get" | "put"): void => {
    const { name, state_initialized: ready } = k.struct("kobject", kobject);
    if (ready !== 0) return;
    const shown = name === 0 ? "(null)" : k.memory.cstring(name, 4096);
    const hashed = format("%p", hostArgs([kobject]), k.format).text;
    k.traces.warn(call === "get" ? WARN_SITES.kobjectGet : WARN_SITES.kobjectPut, {
      message: `kobject: '${shown}' (${hashed}): is not initialized, yet kobject_${call}() is being called.`,
      level: 4,
    });
  };
  const saturate = (kobject: Address, what: "addition" | "underflow", callers: Callers): void => {
    k.struct("kobject", kobject).kref.refcount.refs.counter = REFCOUNT_SATURATED;
    if (said.has(what)) return;
    said.add(what);
    if (what === "addition")
      k.traces.warn(WARN_SITES.refcountAddition, {
        message: "refcount_t: addition on 0; use-after-free.",
        ...callers,
      });
    else
      k.traces.warn(WARN_SITES.refcountUnderflow, {
        message: "refcount_t: underflow; use-after-free.",
        ...callers,
      });
  };
  return {
    up(kobject) {
      uninitialised(kobject, "get");
      const { refs } = k.struct("kobject", kobject).kref.refcount;
      if (refs.counter === 0) saturate(kobject, "addition", { via: ["kobject_get+0x64/0x70"] });
      else if (refs.counter > 0) refs.counter += 1;
      else refs.counter = REFCOUNT_SATURATED;
    },
    down(kobject) {
      uninitialised(kobject, "put");
      const { refs } = k.struct("kobject", kobject).kref.refcount;
      if (refs.counter <= 0) {
        saturate(kobject, "underflow", {});
        return false;
      }
      refs.counter -= 1;
      return refs.counter === 0;
    },
  };
};
