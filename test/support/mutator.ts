import {
  EHDR_SIZE,
  readHeader,
  RELA_SIZE,
  SHDR_SIZE,
  SYM_SIZE,
  u64At,
  viewOf,
} from "../../src/loader/elf.ts";

/** A damaged copy of a module; `what` says how it was made. */
export interface Mutant {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** For finit_module. */
  readonly parameters: string;
}

/** Uniform in [0, limit). */
export type Random = (limit: number) => number;

/** xorshift32: the same numbers for the same seed, everywhere. */
export const seededRandom = (seed: number): Random => {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  };
};

interface Subject {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly random: Random;
  /** File offsets of the section headers. */
  readonly headers: readonly number[];
}

type Mutation = (subject: Subject) => Uint8Array;

const INTERESTING = [0n, 1n, 7n, 8n, 0x7fn, 0xffn, 0xffffn, 0x10000n, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const HUGE = [2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 8n, 2n ** 64n - 1n];

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;

const anyNumber = ({ random, bytes }: Subject): bigint => {
  const choice = random(4);
  if (choice === 0) return pick(random, INTERESTING);
  if (choice === 1) return pick(random, HUGE);
  if (choice === 2) return BigInt(random(bytes.length + 64));
  return BigInt(random(256));
};

const randomBytes: Mutation = (subject) => {
  const { bytes, random } = subject;
  for (let i = random(24); i >= 0; i -= 1) bytes[random(bytes.length)] = random(256);
  return bytes;
};

/** A 16-, 32- or 64-bit field of the ELF header. */
const headerField: Mutation = (subject) => {
  const { view, random } = subject;
  const at = pick(random, [16, 18, 40, 44, 58, 60, 62]);
  if (at === 40) view.setBigUint64(at, BigInt.asUintN(64, anyNumber(subject)), true);
  else view.setUint16(at, Number(BigInt.asUintN(16, anyNumber(subject))), true);
  return subject.bytes;
};

const SECTION_FIELDS = [0, 4, 8, 16, 24, 32, 40, 44, 48, 56];

const sectionField: Mutation = (subject) => {
  const { view, random, headers } = subject;
  for (let i = random(3); i >= 0; i -= 1) {
    const field = pick(random, SECTION_FIELDS);
    const at = pick(random, headers) + field;
    const value = anyNumber(subject);
    if ([8, 16, 24, 32, 48, 56].includes(field)) view.setBigUint64(at, BigInt.asUintN(64, value), true);
    else view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  }
  return subject.bytes;
};

const swapHeaders: Mutation = ({ bytes, random, headers }) => {
  const a = pick(random, headers);
  const b = pick(random, headers);
  const saved = Buffer.from(bytes.subarray(a, a + SHDR_SIZE));
  bytes.copyWithin(a, b, b + SHDR_SIZE);
  saved.copy(bytes, b);
  return bytes;
};

const cut: Mutation = ({ bytes, random }) => bytes.subarray(0, random(bytes.length));

/** A cut file whose section headers are moved to where it ends, so that it is looked at further. */
const cutMiddle: Mutation = ({ bytes, random, view, headers }) => {
  const start = EHDR_SIZE + random(bytes.length - EHDR_SIZE);
  const length = random(256);
  const offset = (headers[0] ?? 0) - (start < (headers[0] ?? 0) ? length : 0);
  view.setBigUint64(40, BigInt(Math.max(0, offset)), true);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + length)]);
};

/** Sizes of tables far beyond what they hold, without passing the end of the file. */
const inflate: Mutation = ({ bytes, view, random, headers }) => {
  const at = pick(random, headers);
  const room = bytes.length - u64At(view, at + 24);
  view.setBigUint64(at + 32, BigInt(Math.max(0, room - random(64))), true);
  return bytes;
};

/** Something inside a section of the given type. */
const insideType = (type: number, entry: number): Mutation => {
  return (subject) => {
    const { bytes, view, random, headers } = subject;
    const found = headers.filter((at) => view.getUint32(at + 4, true) === type);
    if (found.length === 0) return bytes;
    const section = pick(random, found);
    const offset = u64At(view, section + 24);
    const count = Math.floor(u64At(view, section + 32) / entry);
    for (let i = random(4); i >= 0; i -= 1) {
      const at = offset + random(Math.max(1, count)) * entry + random(entry);
      if (at + 8 <= bytes.length) view.setBigUint64(at, BigInt.asUintN(64, anyNumber(subject)), true);
    }
    return bytes;
  };
};

const MARKER = Buffer.from("~Module signature appended~\n", "latin1");

/** A signature's trailer (struct module_signature, 12 bytes, and the mark) behind a module, each part damaged at will. */
const trailer: Mutation = ({ bytes, random }) => {
  const signature = Buffer.from(Array.from({ length: random(600) }, () => random(256)));
  // The start of a DER sequence, as PKCS#7 has it.
  if (random(2) === 0 && signature.length > 4) signature.set([0x30, 0x82, random(3), random(256)]);
  const info = Buffer.alloc(12);
  info[2] = random(4) === 0 ? random(256) : 2;
  if (random(4) === 0) info[random(8)] = random(256);
  const sizes = [signature.length, 0, bytes.length, 2 ** 32 - 1, 2 ** 31, random(2 ** 32)];
  info.writeUInt32BE(random(2) === 0 ? signature.length : pick(random, sizes), 8);
  const mark = random(6) === 0 ? MARKER.subarray(random(MARKER.length)) : MARKER;
  return Buffer.concat([bytes, signature, info, mark]);
};

const VALUES: readonly string[] = [
  "",
  "0",
  "-1",
  "1",
  "y",
  "2147483648",
  "18446744073709551616",
  "0x",
  "0xffffffffffffffff",
  "1e3",
  "+5",
  '"',
  '"unfinished',
  "a b",
  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
  ",,,",
  ",",
  "%s%n",
  "\x7f\xff",
  "x".repeat(1023),
  "x".repeat(1024),
  "x".repeat(5000),
  "=",
  "a=b",
];
const NAMES: readonly string[] = [
  "",
  "nosuch",
  "a.b",
  "-",
  "=",
  '"',
  "--",
  "dyndbg",
  "async_probe",
  "x".repeat(300),
];

/** Names of the module's parameters, as its .modinfo has them. */
const parametersOf = (bytes: Buffer): readonly string[] =>
  [...bytes.toString("latin1").matchAll(/\0parmtype=([^:\0]*):/g)].map(([, name = ""]) => name);

const damagedParameters = (bytes: Buffer, random: Random): string => {
  const own = parametersOf(bytes);
  const words = Array.from({ length: 1 + random(4) }, () => {
    const name = own.length > 0 && random(4) > 0 ? pick(random, own) : pick(random, NAMES);
    return random(8) === 0 ? name : `${name}=${pick(random, VALUES)}`;
  });
  return words.join(pick(random, [" ", "  ", "\n", "\t", ","]));
};

const MUTATIONS: readonly (readonly [what: string, mutation: Mutation])[] = [
  ["random bytes", randomBytes],
  ["ELF header", headerField],
  ["section header", sectionField],
  ["section header", sectionField],
  ["swapped headers", swapHeaders],
  ["cut", cut],
  ["cut in the middle", cutMiddle],
  ["inflated", inflate],
  ["symbol", insideType(2, SYM_SIZE)],
  ["relocation", insideType(4, RELA_SIZE)],
  ["contents", insideType(1, 8)],
  ["signature trailer", trailer],
  ["parameters", ({ bytes }) => bytes],
];

/** The mutant of a sound module that belongs to `seed`. */
export const mutate = (base: Uint8Array, seed: number): Mutant => {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  for (let i = 0; i < 4; i += 1) random(2);
  const bytes = Buffer.from(base);
  const view = viewOf(bytes);
  const header = readHeader(view);
  const headers = Array.from({ length: header.sectionCount }, (_, i) => header.sectionOffset + i * SHDR_SIZE);
  const [what, mutation] = pick(random, MUTATIONS);
  // Some of the others get strange parameters, too.
  const parameters = what === "parameters" || random(10) === 0 ? damagedParameters(bytes, random) : "";
  return { what: `${what}, seed ${seed}`, bytes: mutation({ bytes, view, random, headers }), parameters };
};
