/** Firmware files: where the kernel looks for them and what it says (drivers/base/firmware_loader/main.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EFBIG, EINVAL, ENOENT, EOPNOTSUPP } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Devres } from "./devres.ts";
import { deviceMessage } from "./message.ts";

export interface FirmwareRequest {
  readonly name: Address;
  readonly device: Address;
  /** A missing file is said once more in the log. */
  readonly warn: boolean;
  /** The device keeps its name. */
  readonly cached: boolean;
  /** The guest's own memory for it. */
  readonly buffer?: { readonly address: Address; readonly size: number; readonly offset: number };
}

const NAME_MAX = 255;

const folders = (k: Kernel): ByteString[] => [
  `/lib/firmware/updates/${k.profile.release}`,
  "/lib/firmware/updates",
  `/lib/firmware/${k.profile.release}`,
  "/lib/firmware",
];

/** The file's bytes from one of the folders. */
const readFile = (k: Kernel, name: ByteString): Uint8Array | undefined => {
  for (const folder of folders(k)) {
    const node = k.vfs.tree.find(`${folder}/${name}`);
    if (node?.kind === "file") return node.data;
  }
  return undefined;
};

const hasParentReference = (name: ByteString): boolean => name.split("/").includes("..");

/** The struct firmware of a file. EINVAL, ENOENT, EFBIG. */
export const requestFirmware = (k: Kernel, request: FirmwareRequest): Address => {
  if (request.name === 0) throw new Errno(EINVAL);
  const name = k.memory.cstring(request.name, NAME_MAX + 1);
  if (name === "" || name.length > NAME_MAX) throw new Errno(EINVAL);
  if (hasParentReference(name)) {
    deviceMessage(k, 4, request.device, `Firmware load for '${name}' refused, path contains '..' component`);
    throw new Errno(EINVAL);
  }
  const bytes = readFile(k, name);
  if (request.buffer !== undefined && isCached(k, request.device, name)) throw new Errno(EOPNOTSUPP);
  if (bytes === undefined) {
    complain(k, name, request);
    throw new Errno(ENOENT);
  }
  deviceMessage(k, 6, request.device, `firmware: direct-loading firmware ${name}`);
  const made = place(k, name, bytes, request);
  if (request.cached && !isCached(k, request.device, name))
    k.driverCore.devres.add(request.device, cacheEntry(k, name));
  return made;
};

/** A device remembers what it loaded, to have it again after sleep (fw_add_devm_name). */
const cacheEntry = (k: Kernel, name: ByteString): Devres => ({
  kind: "own",
  name: "firmware",
  data: k.driverCore.texts.of(name),
  args: [],
});
const isCached = (k: Kernel, device: Address, name: ByteString): boolean => {
  const { data } = cacheEntry(k, name);
  return (
    k.driverCore.devres.find(
      device,
      (each) => each.kind === "own" && each.name === "firmware" && each.data === data,
    ) !== undefined
  );
};

/** Debian's kernel says it for the plain file and for the compressed one, and once where to read on. */
const complain = (k: Kernel, name: ByteString, { device, warn }: FirmwareRequest): void => {
  const { registered } = k.driverCore;
  deviceMessage(k, 3, device, `firmware: failed to load ${name} (-2)`);
  if (!registered.has("firmware hint")) {
    registered.add("firmware hint");
    k.printk(
      3,
      "firmware_class: See https://wiki.debian.org/Firmware for information about missing firmware",
    );
  }
  deviceMessage(k, 3, device, `firmware: failed to load ${name} (-2)`);
  if (warn) deviceMessage(k, 4, device, `Direct firmware load for ${name} failed with error -2`);
};

const place = (k: Kernel, name: ByteString, bytes: Uint8Array, request: FirmwareRequest): Address => {
  const { buffer } = request;
  const wanted = buffer === undefined ? bytes : bytes.subarray(buffer.offset);
  if (buffer !== undefined && wanted.length > buffer.size) {
    deviceMessage(k, 4, request.device, `loading /lib/firmware/${name} failed with error -27`);
    throw new Errno(EFBIG);
  }
  const firmware = k.heap.kmalloc(k.sizeOf("firmware"), GFP_KERNEL);
  const data = buffer?.address ?? k.vmalloc.alloc(Math.max(wanted.length, 1));
  k.memory.write(data, wanted);
  const view = k.struct("firmware", firmware);
  view.size = wanted.length;
  view.data = data;
  // Tells release_firmware() whether the memory is its own.
  view.priv = buffer === undefined ? data : 0;
  return firmware;
};

export const releaseFirmware = (k: Kernel, firmware: Address): void => {
  if (firmware === 0) return;
  const { priv } = k.struct("firmware", firmware);
  if (priv !== 0) k.vmalloc.free(priv);
  k.heap.kfree(firmware);
};
