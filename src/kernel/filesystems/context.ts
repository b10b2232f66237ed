/** Contexts in which file systems are mounted (fs/fs_context.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL, ENOPARAM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { at, point } from "../data/members.ts";
import { duplicateText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex } from "../locks/initialise.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { putDentry } from "./dentry.ts";
import { SB_BORN, deactivate, holdType, releaseType } from "./super.ts";

/** include/linux/fs_context.h */
const FS_VALUE_IS_FLAG = 1;
const FS_VALUE_IS_STRING = 2;
/** Options that are flags of the super block, by name; false: they clear it. */
const FLAGS: Readonly<Record<string, readonly [flag: number, set: boolean]>> = {
  dirsync: [0x80, true],
  lazytime: [1 << 25, true],
  mand: [0x40, true],
  ro: [1, true],
  sync: [0x10, true],
  async: [0x10, false],
  nolazytime: [1 << 25, false],
  nomand: [0x40, false],
  rw: [1, false],
};

/** Is it one that brings no init_fs_context(), but a mount()? */
const isLegacy = (k: Kernel, type: Address): boolean =>
  k.struct("file_system_type", type).init_fs_context === 0;

/** fs_context_for_mount() */
export function* createContext(k: Kernel, type: Address, flags: number): Routine<Address> {
  const fc = k.heap.internal(new Uint8Array(k.sizeOf("fs_context")));
  const view = k.struct("fs_context", fc);
  view.sb_flags = flags;
  point(k, "fs_context", fc, "fs_type", type);
  holdType(k, type);
  const { cred } = k.struct("task_struct", k.current.taskStruct);
  point(k, "fs_context", fc, "cred", cred);
  point(k, "fs_context", fc, "user_ns", k.profile.symbol("init_user_ns")?.address ?? 0);
  point(k, "fs_context", fc, "net_ns", k.profile.symbol("init_net")?.address ?? 0);
  point(k, "fs_context", fc, "log.prefix", k.struct("file_system_type", type).name);
  initMutex(k, at(k, "fs_context", fc, "uapi_mutex"));
  if (isLegacy(k, type)) return fc;
  const error = asInt(yield* k.call(k.struct("file_system_type", type).init_fs_context, fc));
  view.need_free = error >= 0;
  if (error >= 0) return fc;
  yield* putContext(k, fc);
  throw new Errno(-error);
}

/** put_fs_context() */
export function* putContext(k: Kernel, fc: Address): Routine<void> {
  const view = k.struct("fs_context", fc);
  const { root, fs_type, ops } = view;
  if (root !== 0) {
    const sb = k.struct("dentry", root).d_sb;
    yield* putDentry(k, root);
    point(k, "fs_context", fc, "root", 0);
    yield* deactivate(k, sb);
  }
  const free = ops === 0 ? 0 : k.struct("fs_context_operations", ops).free;
  if (view.need_free && free !== 0) yield* k.call(free, fc);
  releaseType(k, fs_type);
  k.heap.kfree(view.source);
  k.heap.kfree(fc);
}

/** vfs_parse_fs_param(): 0 or -errno. `param` is the guest's struct fs_parameter. */
export function* parseParameter(k: Kernel, fc: Address, param: Address): Routine<number> {
  const view = k.struct("fs_context", fc);
  const { key, type } = k.struct("fs_parameter", param);
  const name = k.memory.cstring(key, 256);
  const flag = FLAGS[name];
  if (flag !== undefined) {
    view.sb_flags = flag[1] ? view.sb_flags | flag[0] : view.sb_flags & ~flag[0];
    view.sb_flags_mask |= flag[0];
    return 0;
  }
  const parse = view.ops === 0 ? 0 : k.struct("fs_context_operations", view.ops).parse_param;
  if (parse !== 0) {
    const answer = asInt(yield* k.call(parse, fc, param));
    if (answer !== -ENOPARAM) return answer;
  }
  if (name === "source") {
    if (type !== FS_VALUE_IS_STRING || view.source !== 0) return -EINVAL;
    point(k, "fs_context", fc, "source", k.struct("fs_parameter", param).string);
    point(k, "fs_parameter", param, "string", 0);
    return 0;
  }
  const prefix = k.memory.cstring(k.struct("file_system_type", view.fs_type).name, 256);
  k.printk(3, `${prefix}: Unknown parameter '${name}'`);
  return -EINVAL;
}

/** vfs_parse_fs_string(): one option, with a value or as a flag. */
export function* parseText(
  k: Kernel,
  fc: Address,
  name: ByteString,
  value: ByteString | undefined,
): Routine<number> {
  const param = k.heap.internal(new Uint8Array(k.sizeOf("fs_parameter")));
  const key = duplicateText(k, name, GFP_KERNEL);
  point(k, "fs_parameter", param, "key", key);
  const view = k.struct("fs_parameter", param);
  view.type = value === undefined ? FS_VALUE_IS_FLAG : FS_VALUE_IS_STRING;
  view.size = value?.length ?? 0;
  if (value !== undefined) point(k, "fs_parameter", param, "string", duplicateText(k, value, GFP_KERNEL));
  const result = yield* parseParameter(k, fc, param);
  k.heap.kfree(view.string);
  k.heap.kfree(key);
  k.heap.kfree(param);
  return result;
}

/** generic_parse_monolithic(): "a,b=c". */
export function* parseOptions(k: Kernel, fc: Address, options: ByteString): Routine<number> {
  for (const option of options.split(",")) {
    const equals = option.indexOf("=");
    if (option === "" || equals === 0) continue;
    const [name, value] =
      equals < 0 ? [option, undefined] : [option.slice(0, equals), option.slice(equals + 1)];
    const result = yield* parseText(k, fc, name, value);
    if (result < 0) return result;
  }
  return 0;
}

/** parse_monolithic_mount_data() */
function* parseData(k: Kernel, fc: Address, data: Address): Routine<number> {
  const { ops, fs_type } = k.struct("fs_context", fc);
  if (isLegacy(k, fs_type)) {
    point(k, "fs_context", fc, "fs_private", data);
    return 0;
  }
  const parse = ops === 0 ? 0 : k.struct("fs_context_operations", ops).parse_monolithic;
  if (parse !== 0) return asInt(yield* k.call(parse, fc, data));
  return data === 0 ? 0 : yield* parseOptions(k, fc, k.memory.cstring(data, 4096));
}

/** legacy_get_tree() */
function* legacyTree(k: Kernel, fc: Address): Routine<void> {
  const { fs_type, sb_flags, source, fs_private } = k.struct("fs_context", fc);
  const { mount } = k.struct("file_system_type", fs_type);
  const root = Number(BigInt.asIntN(64, yield* k.call(mount, fs_type, sb_flags, source, fs_private)));
  if (root < 0 && root >= -4095) throw new Errno(-root);
  point(k, "fs_context", fc, "root", root);
}

/** vfs_get_tree(): fc->root, its super block locked. */
export function* getTree(k: Kernel, fc: Address): Routine<void> {
  const view = k.struct("fs_context", fc);
  if (view.root !== 0) throw new Errno(EBUSY);
  if (isLegacy(k, view.fs_type)) yield* legacyTree(k, fc);
  else {
    const error = asInt(yield* k.call(k.struct("fs_context_operations", view.ops).get_tree, fc));
    if (error < 0) throw new Errno(-error);
  }
  k.struct("super_block", k.struct("dentry", view.root).d_sb).s_flags |= SB_BORN;
}

/** A context with its source and options, ready for getTree(). */
export function* prepareContext(
  k: Kernel,
  wanted: {
    readonly type: Address;
    readonly flags: number;
    readonly source: ByteString;
    readonly data: Address;
  },
): Routine<Address> {
  const fc = yield* createContext(k, wanted.type, wanted.flags);
  const named = yield* parseText(k, fc, "source", wanted.source);
  const error = named === 0 ? yield* parseData(k, fc, wanted.data) : named;
  if (error === 0) return fc;
  yield* putContext(k, fc);
  throw new Errno(Math.abs(error));
}
