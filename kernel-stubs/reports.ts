/** How stubs report what the real function warns of or dies from: WARN, BUG, panic. */
import type { ByteString } from "../src/base/bytes.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import type { Traces } from "../src/kernel/oops/traces.ts";

/** Places in the kernel's code, as its bug table has them: "lib/refcount.c:28", "name+0xba/0x110". */
type Source = ByteString;
type Place = ByteString;

const traces = (k: Kernel): Traces => (k as unknown as { readonly traces: Traces }).traces;

export const warnAt = (k: Kernel, source: Source, at: Place, message?: ByteString): void =>
  traces(k).warn({ source, at }, message === undefined ? {} : { message });

export const bugAt = (k: Kernel, source: Source, at: Place): never => traces(k).bug({ source, at });

export const panicWith = (k: Kernel, message: ByteString): never => traces(k).panic(message);

/** Journalled, as all state; here only so that it comes into being with the first report. */
const said = new WeakMap<
  Kernel,
  { readonly has: (place: Place) => boolean; readonly add: (place: Place) => void }
>();

/** WARN_ON_ONCE and WARN_ONCE: by place. */
export const warnOnceAt = (k: Kernel, source: Source, at: Place, message?: ByteString): void => {
  let places = said.get(k);
  if (places === undefined) said.set(k, (places = k.journal.set<Place>()));
  if (places.has(at)) return;
  places.add(at);
  warnAt(k, source, at, message);
};
