/** Platform devices of the machine itself that drivers in modules are for. They are made for the first of them. */
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { allocatePlatformDevice } from "./platform-alloc.ts";
import { addPlatformDevice } from "./platform-bus.ts";

const DEVID_NONE = -1;
const NAMES: ReadonlySet<ByteString> = new Set(["pcspkr"]);

/** Adds the machine's device of that name, if there is one and it is not there yet. */
export function* addOwnDevice(k: Kernel, name: ByteString): Routine<void> {
  const { registered } = k.driverCore;
  const key = `platform ${name}`;
  if (!NAMES.has(name) || registered.has(key)) return;
  registered.add(key);
  const pdev = allocatePlatformDevice(k, name, DEVID_NONE);
  if (pdev !== 0) yield* addPlatformDevice(k, pdev);
}
