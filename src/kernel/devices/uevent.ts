/** What a device tells user space (dev_uevent of drivers/base/core.c); nobody listens, but callbacks are called. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { kernelMajor, kernelMinor } from "../vfs/node.ts";
import { deviceNodeName } from "./device-node.ts";

const MAX_VARIABLES = 64;
const BUFFER = 2048;

/** add_uevent_var(): appends one "KEY=value". */
export const addVariable = (k: Kernel, env: Address, text: ByteString): void => {
  const view = k.struct("kobj_uevent_env", env);
  if (view.envp_idx >= MAX_VARIABLES) throw new Errno(ENOMEM);
  if (text.length + 1 > BUFFER - view.buflen) throw new Errno(ENOMEM);
  const at = env + k.offsetOf("kobj_uevent_env", "buf") + view.buflen;
  k.memory.setCstring(at, text);
  k.memory.setPointer(env + k.offsetOf("kobj_uevent_env", "envp") + view.envp_idx * 8, at);
  view.envp_idx += 1;
  view.buflen += text.length + 1;
};

const nameAt = (k: Kernel, at: Address): ByteString => k.memory.cstring(at, 256);

function* fill(k: Kernel, device: Address, env: Address): Routine<void> {
  const view = k.struct("device", device);
  const major = kernelMajor(view.devt);
  if (major !== 0) {
    const { name, mode } = yield* deviceNodeName(k, device);
    addVariable(k, env, `MAJOR=${major}`);
    addVariable(k, env, `MINOR=${kernelMinor(view.devt)}`);
    addVariable(k, env, `DEVNAME=${name}`);
    if (mode !== 0) addVariable(k, env, `DEVMODE=0${(mode & 0o777).toString(8)}`);
  }
  for (const text of k.input.variables(device)) addVariable(k, env, text);
  const typeName = view.type === 0 ? 0 : k.struct("device_type", view.type).name;
  if (typeName !== 0) addVariable(k, env, `DEVTYPE=${nameAt(k, typeName)}`);
  if (view.driver !== 0)
    addVariable(k, env, `DRIVER=${nameAt(k, k.struct("device_driver", view.driver).name)}`);
  const { platform } = k.driverCore;
  if (view.bus !== 0 && view.bus === platform.bus()) {
    const { name } = k.struct("platform_device", device - k.offsetOf("platform_device", "dev"));
    addVariable(k, env, `MODALIAS=platform:${nameAt(k, name)}`);
  } else if (view.bus !== 0) yield* tell(k.struct("bus_type", view.bus).uevent, device, env, k);
  if (view.class !== 0) yield* tell(k.struct("class", view.class).dev_uevent, device, env, k);
  if (view.type !== 0) yield* tell(k.struct("device_type", view.type).uevent, device, env, k);
}

function* tell(fn: Address, device: Address, env: Address, k: Kernel): Routine<void> {
  if (fn !== 0) yield* k.call(fn, device, env);
}

/** The variables of a device's event, each "KEY=value". */
export function* deviceVariables(k: Kernel, device: Address): Routine<ByteString[]> {
  const env = k.heap.kmalloc(k.sizeOf("kobj_uevent_env"), GFP_KERNEL);
  try {
    yield* fill(k, device, env);
    const view = k.struct("kobj_uevent_env", env);
    const base = env + k.offsetOf("kobj_uevent_env", "envp");
    return Array.from({ length: Math.min(view.envp_idx, MAX_VARIABLES) }, (_, index) =>
      k.memory.cstring(k.memory.pointer(base + index * 8), BUFFER),
    );
  } finally {
    k.heap.kfree(env);
  }
}
