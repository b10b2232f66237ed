import type { Address } from "../../base/address.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

/** Turns events on or off by system and name (guest texts; 0: all). Errno EINVAL when there are none. */
export function* setEvents(
  k: Kernel,
  { system, event, on }: { readonly system: Address; readonly event: Address; readonly on: boolean },
): Routine<void> {
  const text = (at: Address): string | undefined => (at === 0 ? undefined : k.memory.cstring(at));
  const [family, name] = [text(system), text(event)];
  const chosen = k.tracing.events
    .all()
    .filter((one) => (family ?? one.system) === one.system && (name ?? one.name) === one.name);
  if (chosen.length === 0) throw new Errno(EINVAL);
  for (const each of chosen) yield* k.tracing.events.enable(each, on);
}
