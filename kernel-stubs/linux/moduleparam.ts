/** include/linux/moduleparam.h, as kernel/params.c does it. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EINVAL, ENOMEM, ENOSPC, EROFS } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { duplicateText, putText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { kstrtoSigned, kstrtoUnsigned, kstrtobool } from "../../src/kernel/number.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const KERN_ERR = 3;
const TEXT_MAX = 1024;

const store = (k: Kernel, at: Address, value: bigint, bytes: number): void => {
  const pattern = BigInt.asUintN(bytes * 8, value);
  for (let index = 0; index < bytes; index += 1) {
    k.memory.setU8(at + index, Number((pattern >> BigInt(index * 8)) & 0xffn));
  }
};

const load = (k: Kernel, at: Address, bytes: number, signed: boolean): bigint => {
  const raw = k.memory.bytes(at, bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return signed ? BigInt.asIntN(bytes * 8, raw) : raw;
};

interface Kind {
  readonly name: string;
  readonly bytes: number;
  readonly parse: (text: string, base: number, bits: number) => bigint;
  readonly print: (value: bigint) => string;
}

const decimal = (value: bigint): string => `${value}`;
/** "%#08x" */
const hexadecimal = (value: bigint): string => `0x${value.toString(16).padStart(6, "0")}`;

const KINDS: readonly Kind[] = [
  { name: "byte", bytes: 1, parse: kstrtoUnsigned, print: decimal },
  { name: "short", bytes: 2, parse: kstrtoSigned, print: decimal },
  { name: "ushort", bytes: 2, parse: kstrtoUnsigned, print: decimal },
  { name: "int", bytes: 4, parse: kstrtoSigned, print: decimal },
  { name: "uint", bytes: 4, parse: kstrtoUnsigned, print: decimal },
  { name: "long", bytes: 8, parse: kstrtoSigned, print: decimal },
  { name: "ulong", bytes: 8, parse: kstrtoUnsigned, print: decimal },
  { name: "ullong", bytes: 8, parse: kstrtoUnsigned, print: decimal },
  { name: "hexint", bytes: 4, parse: kstrtoUnsigned, print: hexadecimal },
];

const standard = ({ name, bytes, parse, print }: Kind): Stub[] => [
  stub(
    `int param_set_${name}(const char *val, const struct kernel_param *kp)` as "int f(const char *val, const struct kernel_param *kp)",
    { fails: ["EINVAL", "ERANGE"] },
    (k, { val, kp }) => {
      const text = k.memory.cstring(val, TEXT_MAX);
      store(k, k.struct("kernel_param", kp).arg, parse(text, 0, bytes * 8), bytes);
      return 0;
    },
  ),
  stub(
    `int param_get_${name}(char *buffer, const struct kernel_param *kp)` as "int f(char *buffer, const struct kernel_param *kp)",
    (k, { buffer, kp }) =>
      putText(
        k.memory,
        buffer,
        `${print(load(k, k.struct("kernel_param", kp).arg, bytes, parse === kstrtoSigned))}\n`,
      ),
  ),
];

export const standardParameters: readonly Stub[] = KINDS.flatMap(standard);

export const paramSetUintMinmax = stub(
  `int param_set_uint_minmax(const char *val, const struct kernel_param *kp,
      unsigned int min, unsigned int max)`,
  { fails: ["EINVAL", "ERANGE"] },
  (k, { val, kp, min, max }) => {
    if (val === 0) throw new Errno(EINVAL);
    const value = kstrtoUnsigned(k.memory.cstring(val, TEXT_MAX), 0, 32);
    if (value < BigInt(min) || value > BigInt(max)) throw new Errno(EINVAL);
    k.memory.setU32(k.struct("kernel_param", kp).arg, Number(value));
    return 0;
  },
);

/** "No value" means yes. */
const truth = (k: Kernel, val: Address): boolean =>
  kstrtobool(val === 0 ? "1" : k.memory.cstring(val, TEXT_MAX));

export const paramSetBool = stub(
  "int param_set_bool(const char *val, const struct kernel_param *kp)",
  { fails: ["EINVAL"] },
  (k, { val, kp }) => {
    k.memory.setU8(k.struct("kernel_param", kp).arg, truth(k, val) ? 1 : 0);
    return 0;
  },
);
export const paramGetBool = stub(
  "int param_get_bool(char *buffer, const struct kernel_param *kp)",
  (k, { buffer, kp }) =>
    putText(k.memory, buffer, k.memory.u8(k.struct("kernel_param", kp).arg) === 0 ? "N\n" : "Y\n"),
);
export const paramSetBoolEnableOnly = stub(
  "int param_set_bool_enable_only(const char *val, const struct kernel_param *kp)",
  { fails: ["EINVAL", "EROFS"] },
  (k, { val, kp }) => {
    const wanted = truth(k, val);
    const { arg } = k.struct("kernel_param", kp);
    if (!wanted && k.memory.u8(arg) !== 0) throw new Errno(EROFS);
    if (wanted) k.memory.setU8(arg, 1);
    return 0;
  },
);
export const paramSetInvbool = stub(
  "int param_set_invbool(const char *val, const struct kernel_param *kp)",
  { fails: ["EINVAL"] },
  (k, { val, kp }) => {
    k.memory.setU8(k.struct("kernel_param", kp).arg, truth(k, val) ? 0 : 1);
    return 0;
  },
);
export const paramGetInvbool = stub(
  "int param_get_invbool(char *buffer, const struct kernel_param *kp)",
  (k, { buffer, kp }) =>
    putText(k.memory, buffer, k.memory.u8(k.struct("kernel_param", kp).arg) === 0 ? "Y\n" : "N\n"),
);
export const paramSetBint = stub(
  "int param_set_bint(const char *val, const struct kernel_param *kp)",
  { fails: ["EINVAL"] },
  (k, { val, kp }) => {
    k.memory.setU32(k.struct("kernel_param", kp).arg, truth(k, val) ? 1 : 0);
    return 0;
  },
);

/** Copies made by param_set_charp, so that only those are freed (maybe_kfree_parameter). */
const freeParameter = (k: Kernel, text: Address): void => {
  if (!k.parameterCopies.has(text)) return;
  k.parameterCopies.delete(text);
  k.heap.kfree(text);
};

export const paramSetCharp = stub(
  "int param_set_charp(const char *val, const struct kernel_param *kp)",
  { fails: ["ENOSPC", "ENOMEM"] },
  (k, { val, kp }) => {
    const view = k.struct("kernel_param", kp);
    const text = k.memory.cstring(val, TEXT_MAX + 1);
    if (text.length > TEXT_MAX) {
      k.printk(KERN_ERR, `${k.memory.cstring(view.name, 256)}: string parameter too long`);
      throw new Errno(ENOSPC);
    }
    const copy = duplicateText(k, text, GFP_KERNEL);
    if (copy === 0) throw new Errno(ENOMEM);
    k.parameterCopies.add(copy);
    freeParameter(k, k.memory.pointer(view.arg));
    k.memory.setPointer(view.arg, copy);
    return 0;
  },
);
export const paramGetCharp = stub(
  "int param_get_charp(char *buffer, const struct kernel_param *kp)",
  (k, { buffer, kp }) => {
    const text = k.memory.pointer(k.struct("kernel_param", kp).arg);
    return putText(k.memory, buffer, `${text === 0 ? "(null)" : k.memory.cstring(text, 4094)}\n`);
  },
);
export const paramFreeCharp = stub("void param_free_charp(void *arg)", (k, { arg }) =>
  freeParameter(k, k.memory.pointer(arg)),
);

export const paramSetCopystring = stub(
  "int param_set_copystring(const char *val, const struct kernel_param *kp)",
  { fails: ["ENOSPC"] },
  (k, { val, kp }) => {
    const view = k.struct("kernel_param", kp);
    const target = k.struct("kparam_string", view.arg);
    const text = k.memory.cstring(val, Math.min(target.maxlen, TEXT_MAX));
    if (text.length + 1 > target.maxlen) {
      const name = k.memory.cstring(view.name, 256);
      k.printk(KERN_ERR, `${name}: string doesn't fit in ${target.maxlen - 1} chars.`);
      throw new Errno(ENOSPC);
    }
    k.memory.setCstring(target.string, text);
    return 0;
  },
);
export const paramGetString = stub(
  "int param_get_string(char *buffer, const struct kernel_param *kp)",
  (k, { buffer, kp }) => {
    const { string } = k.struct("kparam_string", k.struct("kernel_param", kp).arg);
    return putText(k.memory, buffer, `${k.memory.cstring(string, 4094)}\n`);
  },
);

/** A kernel_param of our own on the guest's stack side: what an element's `set` and `get` are given. */
function* eachElement(
  k: Kernel,
  kp: Address,
  count: number,
  visit: (element: Address, index: number) => Routine<number>,
): Routine<number> {
  const size = k.sizeOf("kernel_param");
  const scratch = k.scratch(size);
  k.memory.write(scratch, k.memory.bytes(kp, size));
  const array = k.struct("kparam_array", k.struct("kernel_param", kp).arg);
  const element = k.struct("kernel_param", scratch);
  for (let index = 0; index < count; index += 1) {
    element.arg = array.elem + array.elemsize * index;
    const result = yield* visit(scratch, index);
    if (result < 0) return result;
  }
  return 0;
}

/** Not exported by the kernel; reached through param_array_ops. */
export const paramArraySet = stub(
  "int param_array_set(const char *val, const struct kernel_param *kp)",
  function* (k, { val, kp }) {
    const view = k.struct("kernel_param", kp);
    const array = k.struct("kparam_array", view.arg);
    const set = k.struct("kernel_param_ops", array.ops).set;
    const parts = k.memory.cstring(val, 4096).split(",");
    const setCount = (count: number): void => {
      if (array.num !== 0) k.memory.setU32(array.num, count);
    };
    setCount(0);
    let at = val;
    const result = yield* eachElement(k, kp, Math.min(parts.length, array.max), function* (element, index) {
      const length = parts[index]?.length ?? 0;
      k.memory.setU8(at + length, 0);
      const value = asInt(yield* k.call(set, at, element));
      at += length + 1;
      if (value === 0) setCount(index + 1);
      return value;
    });
    if (result !== 0) return result;
    if (parts.length > array.max) {
      k.printk(KERN_ERR, `${k.memory.cstring(view.name, 256)}: can only take ${array.max} arguments`);
      return -EINVAL;
    }
    return 0;
  },
);
export const paramArrayGet = stub(
  "int param_array_get(char *buffer, const struct kernel_param *kp)",
  function* (k, { buffer, kp }) {
    const array = k.struct("kparam_array", k.struct("kernel_param", kp).arg);
    const { get } = k.struct("kernel_param_ops", array.ops);
    const count = array.num === 0 ? array.max : k.memory.u32(array.num);
    let length = 0;
    const result = yield* eachElement(k, kp, Math.min(count, array.max), function* (element, index) {
      if (index > 0) k.memory.setU8(buffer + length - 1, 0x2c);
      const written = asInt(yield* k.call(get, buffer + length, element));
      if (written >= 0) length += written;
      return written;
    });
    if (result < 0) return result;
    k.memory.setU8(buffer + length, 0);
    return length;
  },
);
export const paramArrayFree = stub("void param_array_free(void *arg)", function* (k, { arg }) {
  const array = k.struct("kparam_array", arg);
  const { free } = k.struct("kernel_param_ops", array.ops);
  if (free === 0) return;
  const count = array.num === 0 ? array.max : k.memory.u32(array.num);
  for (let index = 0; index < Math.min(count, array.max); index += 1) {
    yield* k.call(free, array.elem + array.elemsize * index);
  }
});
