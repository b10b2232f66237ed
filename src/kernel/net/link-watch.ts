/** Carriers that come and go (net/core/link_watch.c): events are told by a worker, one for several. */
import type { Address } from "../../base/address.ts";
import type { JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Routine } from "../routine.ts";
import { notifyDevice } from "./notify.ts";

const LINK_STATE_NOCARRIER = 1n << 2n;
const IFF_UP = 1;
const REGISTERED = 1;

export interface LinkWatch {
  set(device: Address, state: "on" | "off"): void;
}

/** `isThere`: devices that went away meanwhile are not looked at. */
export const createLinkWatch = (k: Kernel, isThere: (device: Address) => boolean): LinkWatch => {
  const pending: JournalSet<Address> = k.journal.set();
  const tell = function* (device: Address): Routine<number> {
    pending.delete(device);
    if (isThere(device) && (k.struct("net_device", device).flags & IFF_UP) !== 0) {
      yield* notifyDevice(k, "CHANGE", device);
    }
    return 0;
  };
  return {
    set(device, state) {
      const view = k.struct("net_device", device);
      const had = (view.state & LINK_STATE_NOCARRIER) === 0n;
      if (had === (state === "on")) return;
      view.state ^= LINK_STATE_NOCARRIER;
      if (view.reg_state !== REGISTERED || pending.has(device)) return;
      pending.add(device);
      k.tasks.spawn({ comm: "kworker/0:0", kind: "kthread", callers: DEFERRED_CALLERS.work }, tell(device));
    },
  };
};
