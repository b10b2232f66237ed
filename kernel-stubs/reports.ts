/** How stubs report what the real function warns of or dies from: WARN, BUG, panic. */
import type { ByteString } from "../src/base/bytes.ts";
import { BrokenStructure } from "../src/kernel/data/broken.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import type { Routine } from "../src/kernel/routine.ts";
import type { Site } from "../src/kernel/oops/incident.ts";
import { SITES } from "./profiles/6.1.0-56-amd64.sites.ts";

/** A place in the kernel's source: "refcount_warn_saturate:28", a key of the profile's sites. */
type Place = string;

const siteOf = (k: Kernel, place: Place): Site => {
  const [source, at, code] = SITES[place] ?? [];
  if (source !== undefined && at !== undefined && code !== undefined) return { source, at, code };
  const name = place.replace(/:.*/, "");
  const size = k.profile.symbol(name)?.size ?? 1;
  return { source: place, at: `${name}+0x0/0x${size.toString(16)}` };
};

export const warnAt = (k: Kernel, place: Place, message?: ByteString): void =>
  k.traces.warn(siteOf(k, place), message === undefined ? {} : { message });

/** `via`: kernel functions that led there, innermost first. */
export const bugAt = (k: Kernel, place: Place, via: readonly ByteString[] = []): never =>
  k.traces.bug(siteOf(k, place), { via });

export const panicWith = (k: Kernel, message: ByteString, via: readonly ByteString[] = []): never =>
  k.traces.panic(message, { via });

/** WARN_ON_ONCE and WARN_ONCE: once for each place. `via`: kernel functions that led there, innermost first. */
export const warnOnceAt = (
  k: Kernel,
  place: Place,
  message?: ByteString,
  via: readonly ByteString[] = [],
): void => k.traces.warn(siteOf(k, place), { message, via, once: true });

/** A loop of the real function that a broken guest structure would keep going for ever. */
export const endless = (k: Kernel, name: string): void =>
  k.stop({ kind: "hang", message: `${name} does not come to an end: the structure it walks is broken` });

/** Does `act`; a broken structure ends the run, and undefined is the answer. */
export const guarded = <T>(k: Kernel, name: string, act: () => T): T | undefined => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof BrokenStructure)) throw error;
    endless(k, name);
    return undefined;
  }
};

/** The same for a routine. */
export function* guardedRoutine<T>(k: Kernel, name: string, act: () => Routine<T>): Routine<T | undefined> {
  try {
    return yield* act();
  } catch (error) {
    if (!(error instanceof BrokenStructure)) throw error;
    endless(k, name);
    return undefined;
  }
}
