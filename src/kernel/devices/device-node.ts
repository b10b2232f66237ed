/** Nodes in /dev (drivers/base/devtmpfs.c, core.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";

const DEFAULT_MODE = 0o600;

export interface DeviceName {
  readonly name: ByteString;
  /** 0 when nobody said. */
  readonly mode: number;
}

/** device_get_devnode(): the type, the class, or the device's own name. */
export function* deviceNodeName(k: Kernel, device: Address): Routine<DeviceName> {
  const view = k.struct("device", device);
  const own = k.driverCore.kobjects.name(deviceKobject(k, device)).replaceAll("!", "/");
  const type = view.type === 0 ? 0 : k.struct("device_type", view.type).devnode;
  const family = view.class === 0 ? 0 : k.struct("class", view.class).devnode;
  if (view.class !== 0 && view.class === k.driverCore.misc.family()) return miscName(k, device, own);
  let mode = 0;
  for (const fn of [type, family]) {
    if (fn === 0) continue;
    const at = k.heap.kmalloc(16, GFP_KERNEL);
    k.memory.setU16(at, mode);
    const text = Number(BigInt.asIntN(64, yield* k.call(fn, device, at, at + 4, at + 8)));
    mode = k.memory.u16(at);
    k.heap.kfree(at);
    if (text === 0) continue;
    const name = k.memory.cstring(text, 4096);
    k.heap.kfree(text);
    return { name, mode };
  }
  return { name: own, mode };
}

const miscName = (k: Kernel, device: Address, own: ByteString): DeviceName => {
  const misc = k.struct("miscdevice", k.struct("device", device).driver_data);
  return { name: misc.nodename === 0 ? own : k.memory.cstring(misc.nodename, 256), mode: misc.mode };
};

/** Makes the node; the name it got, "" when there was one already. */
export function* createNode(k: Kernel, device: Address): Routine<ByteString> {
  const { devt } = k.struct("device", device);
  const { name, mode } = yield* deviceNodeName(k, device);
  const { tree } = k.vfs;
  const cut = name.lastIndexOf("/");
  const directory = tree.directory(`/dev/${cut < 0 ? "" : name.slice(0, cut)}`);
  const last = name.slice(cut + 1);
  if (directory.entries.has(last)) return "";
  tree.add(directory, last, tree.newDevice(mode === 0 ? DEFAULT_MODE : mode & 0o777, devt));
  return name;
}

export const removeNode = (k: Kernel, name: ByteString): void => {
  if (name === "") return;
  const path = `/dev/${name}`;
  if (k.vfs.tree.find(path) === undefined) return;
  const { directory, name: last } = k.vfs.tree.parent(path);
  directory.entries.delete(last);
  // Directories made for it go with the last node in them (delete_path of drivers/base/devtmpfs.c).
  const parent = name.slice(0, Math.max(name.lastIndexOf("/"), 0));
  if (parent !== "" && directory.entries.size === 0) removeNode(k, parent);
};
