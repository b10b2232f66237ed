/** Classes of the kernel's own, made when the first device of theirs is. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { staticText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { registerClass } from "./classes.ts";

/** The struct class of that name; `at`: where it lies, for those that modules know. */
export function* ownClass(k: Kernel, name: ByteString, at?: Address): Routine<Address> {
  const key = `class ${name}`;
  const known = k.fileSystems.named.get(key);
  if (known !== undefined) return known;
  const family = at ?? k.statics.allocate(k.sizeOf("class"));
  k.struct("class", family).name = staticText(k, name);
  yield* registerClass(k, family);
  k.fileSystems.named.set(key, family);
  return family;
}
