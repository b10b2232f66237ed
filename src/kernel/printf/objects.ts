import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { byteAt, isdigit } from "../ctype.ts";
import { type PointerConversion, readField, readPointer, withObject } from "./conversion.ts";
import type { FormatEnv } from "./env.ts";
import { formatInteger } from "./integer.ts";
import { errorString, guestString, knownString, pointerMessage, widen } from "./text.ts";
import { unsigned64 } from "./integer.ts";

/** `%pd[234]`: the last components of a dentry's path. */
export const dentryName = (conversion: PointerConversion): ByteString => {
  const { env, spec, suffix, pointer } = conversion;
  const depth = /^[234]/.test(suffix.slice(1)) ? Number(suffix[1]) : 1;
  const names: ByteString[] = [];
  let dentry = pointer;
  for (let i = 0; i < depth; i++) {
    const message = pointerMessage(dentry);
    if (message !== undefined) return errorString(message, spec);
    const parent = readField(env, "dentry", "d_parent", Number(BigInt.asIntN(64, dentry)));
    // The root is the empty component in front of the first slash, and "/" when alone.
    if (parent === dentry && i > 0) {
      names.unshift("");
      break;
    }
    names.unshift(nameOfDentry(env, Number(BigInt.asIntN(64, dentry))));
    if (parent === dentry) break;
    dentry = parent;
  }
  const text = names.join("/");
  return widen(spec.precision >= 0 ? text.slice(0, spec.precision) : text, spec);
};

const nameOfDentry = (env: FormatEnv, dentry: Address): ByteString =>
  env.memory.cstring(readPointer(env, "qstr", "name", dentry + env.field("dentry", "d_name").offset));

/** `%pD[234]`: the same for a file's dentry. */
export const fileName = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (file) => {
    const { env } = conversion;
    const path = file + env.field("file", "f_path").offset;
    return dentryName({ ...conversion, pointer: readField(env, "path", "dentry", path) });
  });

/** `%pg`: disk name and partition number. */
export const blockDeviceName = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (bdev) => {
    const { env, spec } = conversion;
    const disk = readPointer(env, "block_device", "bd_disk", bdev);
    const name = env.memory.cstring(disk + env.field("gendisk", "disk_name").offset);
    const partition = Number(readField(env, "block_device", "bd_partno", bdev));
    const shown = knownString(name, spec);
    if (partition === 0) return shown;
    const separator = isdigit(byteAt(name, name.length - 1)) ? "p" : "";
    return shown + separator + formatInteger(partition, spec);
  });

/** `%pC`: a clock's name. */
export const clockName = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (clock) => {
    const { env, spec } = conversion;
    const core = readPointer(env, "clk", "core", clock);
    return guestString(env.memory, unsigned64(readPointer(env, "clk_core", "name", core)), spec);
  });

/** `%pOF`: the kernel is built without device trees (CONFIG_OF). */
export const deviceNode = ({ spec, suffix }: PointerConversion): ByteString =>
  errorString(suffix[1] === "F" ? "(%pOF?)" : "(%pO?)", spec);

/** `%pA` belongs to Rust, which the kernel is built without. */
export const rustArgument = ({ env, depth, spec }: PointerConversion): ByteString => {
  env.warnOnce("rust", "Please remove %pA from non-Rust code\n", depth);
  return errorString("(%pA?)", spec);
};
