/** include/linux/kstrtox.h, as lib/kstrtox.c and lib/vsprintf.c do it. */
import { userAddress } from "../../src/abi/user-pointer.ts";
import type { Address } from "../../src/base/address.ts";
import type { ByteString } from "../../src/base/bytes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import {
  type LeadingNumber,
  kstrtoSigned,
  kstrtoUnsigned,
  kstrtobool,
  simpleSigned,
  simpleUnsigned,
} from "../../src/kernel/number.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { EFAULT, EINVAL } from "../../src/base/errno.ts";
import { Errno, GuestFault } from "../../src/base/errors.ts";
import { bytesToByteString } from "../../src/base/bytes.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** Longer texts than any number has are read on only when all of this was one. */
const FIRST_READ = 80;

/** Parses a number at `address` without reading far beyond it. */
const leading = (
  memory: GuestMemory,
  address: Address,
  parse: (text: ByteString) => LeadingNumber,
): LeadingNumber => {
  const number = parse(memory.cstring(address, FIRST_READ));
  return number.end < FIRST_READ - 2 ? number : parse(memory.cstring(address));
};

const store = (memory: GuestMemory, address: Address, value: bigint, bits: number): void => {
  const pattern = BigInt.asUintN(64, value);
  if (bits === 64) memory.setU64(address, pattern);
  else if (bits === 32) memory.setU32(address, Number(pattern & 0xffffffffn));
  else if (bits === 16) memory.setU16(address, Number(pattern & 0xffffn));
  else memory.setU8(address, Number(pattern & 0xffn));
};

interface Kind {
  readonly suffix: string;
  readonly ctype: string;
  readonly bits: number;
  readonly parse: typeof kstrtoSigned;
}

const kinds: readonly Kind[] = [
  { suffix: "ull", ctype: "unsigned long long", bits: 64, parse: kstrtoUnsigned },
  { suffix: "ll", ctype: "long long", bits: 64, parse: kstrtoSigned },
  { suffix: "ul", ctype: "unsigned long", bits: 64, parse: kstrtoUnsigned },
  { suffix: "l", ctype: "long", bits: 64, parse: kstrtoSigned },
  { suffix: "uint", ctype: "unsigned int", bits: 32, parse: kstrtoUnsigned },
  { suffix: "int", ctype: "int", bits: 32, parse: kstrtoSigned },
  { suffix: "u16", ctype: "u16", bits: 16, parse: kstrtoUnsigned },
  { suffix: "s16", ctype: "s16", bits: 16, parse: kstrtoSigned },
  { suffix: "u8", ctype: "u8", bits: 8, parse: kstrtoUnsigned },
  { suffix: "s8", ctype: "s8", bits: 8, parse: kstrtoSigned },
];

interface TextArgs {
  readonly s: Address;
  readonly base: number;
  readonly res: Address;
}

/** Where it faults: in the 64-bit function that all others call. */
const readText = (k: Kernel, s: Address, name: string): ByteString => {
  const inner = /ull$|uint$|u16$|u8$|ul$/.test(name) ? "kstrtoull" : "kstrtoll";
  const at = inner === "kstrtoll" ? "kstrtoll+0x18/0x90" : "kstrtoull+0x2/0x10";
  return faultsAt(name === inner ? [at] : [at, `${name}+0x28/0x70`], () => k.memory.cstring(s));
};

/** The functions for `long` are `_kstrtol` and `_kstrtoul`: the public names are inline. */
const fromText = ({ suffix, ctype, bits, parse }: Kind): Stub => {
  const name = suffix === "l" || suffix === "ul" ? `_kstrto${suffix}` : `kstrto${suffix}`;
  const handler = (k: Kernel, args: unknown): number => {
    const { s, base, res } = args as TextArgs;
    const value = parse(readText(k, s, name), base, bits);
    faultsAt([`${name}+0x38/0x70`], () => store(k.memory, res, value, bits));
    return 0;
  };
  const prototype: string = `int ${name}(const char *s, unsigned int base, ${ctype} *res)`;
  return stub(prototype as "int f(void)", { fails: ["EINVAL", "ERANGE"] }, handler);
};

interface UserArgs extends TextArgs {
  readonly count: number;
}

/** User memory that is not there is EFAULT, not an oops. */
const userText = (k: Kernel, from: Address, count: number): ByteString => {
  try {
    const text = bytesToByteString(k.userMemory.bytes(from, count));
    const end = text.indexOf("\0");
    return end < 0 ? text : text.slice(0, end);
  } catch (error) {
    if (error instanceof GuestFault) throw new Errno(EFAULT);
    throw error;
  }
};

const fromUser = ({ suffix, ctype, bits, parse }: Kind): Stub => {
  const handler = (k: Kernel, args: unknown): number => {
    const { s, count, base, res } = args as UserArgs;
    // Room for a sign, all binary digits and a newline.
    const text = userText(k, s, Math.min(count, bits + 2));
    store(k.memory, res, parse(text, base, bits), bits);
    return 0;
  };
  const prototype: string = `int kstrto${suffix}_from_user(const char __user *s, size_t count, unsigned int base, ${ctype} *res)`;
  return stub(prototype as "int f(void)", { fails: ["EINVAL", "ERANGE", "EFAULT"], sleeps: true }, handler);
};

export const kstrto = kinds.map(fromText);
export const kstrtoFromUser = kinds.map(fromUser);

export const kstrtoboolStub = stub(
  "int kstrtobool(const char *s, bool *res)",
  { fails: ["EINVAL"] },
  (k, { s, res }) => {
    if (s === 0) throw new Errno(EINVAL);
    k.memory.setU8(res, Number(kstrtobool(faultsAt(["kstrtobool+0x5/0xa0"], () => k.memory.cstring(s, 2)))));
    return 0;
  },
);

export const kstrtoboolFromUser = stub(
  "int kstrtobool_from_user(const char __user *s, size_t count, bool *res)",
  { fails: ["EINVAL", "EFAULT"], sleeps: true },
  (k, { s, count, res }) => {
    k.memory.setU8(res, Number(kstrtobool(userText(k, userAddress(s), Math.min(count, 3)))));
    return 0;
  },
);

const finish = (memory: GuestMemory, cp: Address, endp: Address, number: LeadingNumber): bigint => {
  if (endp !== 0) memory.setPointer(endp, cp + number.end);
  return number.value;
};

const unsignedAt = ({ memory }: Kernel, cp: Address, endp: Address, base: number): bigint => {
  const number = faultsAt(
    base === 0 || base === 16
      ? ["_parse_integer_fixup_radix+0x6/0x70", "simple_strntoull+0x3a/0xa0"]
      : ["_parse_integer_limit+0x3c/0xa0", "simple_strntoull+0x8c/0xa0"],
    () => leading(memory, cp, (text) => simpleUnsigned(text, 0, base)),
  );
  return finish(memory, cp, endp, number);
};

const signedAt = ({ memory }: Kernel, cp: Address, endp: Address, base: number): bigint =>
  finish(
    memory,
    cp,
    endp,
    leading(memory, cp, (text) => simpleSigned(text, 0, base)),
  );

export const simpleStrtoul = stub(
  "unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)",
  (k, { cp, endp, base }) => unsignedAt(k, cp, endp, base),
);

export const simpleStrtol = stub(
  "long simple_strtol(const char *cp, char **endp, unsigned int base)",
  (k, { cp, endp, base }) => signedAt(k, cp, endp, base),
);

export const simpleStrtoull = stub(
  "unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)",
  (k, { cp, endp, base }) => unsignedAt(k, cp, endp, base),
);

export const simpleStrtoll = stub(
  "long long simple_strtoll(const char *cp, char **endp, unsigned int base)",
  (k, { cp, endp, base }) => signedAt(k, cp, endp, base),
);
