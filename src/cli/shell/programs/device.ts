import { type ByteString, bytesToByteString } from "../../../base/bytes.ts";
import {
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
} from "../../../kernel/user.ts";
import { usageFailure } from "../options.ts";
import { type Program, ProgramFailure } from "../program.ts";

const number = (text: ByteString): number => {
  if (!/^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)) throw new ProgramFailure(`invalid number '${text}'`);
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
};

const EVENTS: readonly (readonly [number, string])[] = [
  [POLLIN, "IN"],
  [POLLPRI, "PRI"],
  [POLLOUT, "OUT"],
  [POLLERR, "ERR"],
  [POLLHUP, "HUP"],
  [POLLNVAL, "NVAL"],
];

/** poll FILE [MILLISECONDS]: what is ready (IN OUT ...); status 1 when nothing was in time. */
export const poll: Program = function* ({ sys, args, out }) {
  const [path, limit] = args;
  if (path === undefined) throw usageFailure("poll", "FILE [MILLISECONDS]");
  const fd = yield* sys.open(path, O_RDONLY | O_NONBLOCK);
  const timeout = limit === undefined ? 0 : number(limit) * 1e6;
  const [events = 0] = yield* sys.poll([{ fd, events: POLLIN | POLLPRI | POLLOUT }], timeout);
  const names = EVENTS.filter(([bit]) => (events & bit) !== 0).map(([, name]) => name);
  yield* out.print(`${names.length === 0 ? "nothing" : names.join(" ")}\n`);
  yield* sys.close(fd);
  return names.length === 0 ? 1 : 0;
};

/**
 * ioctl FILE REQUEST [NUMBER | hex:BYTES | buf:LENGTH | str:TEXT]: calls it and prints the result;
 * a buffer is printed as it came back.
 */
export const ioctl: Program = function* ({ sys, args, out }) {
  const [path, request, argument = "0"] = args;
  if (path === undefined || request === undefined) {
    throw usageFailure("ioctl", "FILE REQUEST [NUMBER | hex:BYTES | buf:LENGTH | str:TEXT]");
  }
  const value = parseArgument(argument);
  const fd = yield* sys.open(path, O_RDWR);
  const result = yield* sys.ioctl(fd, number(request), value);
  yield* out.print(`${result}\n`);
  if (typeof value !== "bigint") yield* out.print(`${Buffer.from(value).toString("hex")}\n`);
  yield* sys.close(fd);
  return 0;
};

const PROT = { READ: 1, WRITE: 2 } as const;
const MAP_SHARED = 1;

/** mmap FILE LENGTH [OFFSET [hex:BYTES | str:TEXT]]: maps it, stores the bytes at its start, writes out what is there. */
export const mmap: Program = function* ({ sys, args, out }) {
  const [path, size, place = "0", given] = args;
  if (path === undefined || size === undefined) {
    throw usageFailure("mmap", "FILE LENGTH [OFFSET [hex:BYTES | str:TEXT]]");
  }
  const [length, offset] = [number(size), number(place)];
  const value = given === undefined ? undefined : parseArgument(given);
  if (typeof value === "bigint") throw new ProgramFailure(`invalid bytes '${given}'`);
  const prot = value === undefined ? PROT.READ : PROT.READ | PROT.WRITE;
  const fd = yield* sys.open(path, value === undefined ? O_RDONLY : O_RDWR);
  const at = yield* sys.mmap({ fd, length, prot, flags: MAP_SHARED, offset });
  yield* sys.close(fd);
  if (value !== undefined) yield* sys.store(at, value);
  for (let done = 0; done < length; done += MAX_BUFFER) {
    const bytes = yield* sys.load(at + done, Math.min(MAX_BUFFER, length - done));
    yield* out.print(bytesToByteString(bytes));
  }
  yield* sys.munmap(at, length);
  return 0;
};

const MAX_BUFFER = 16384;

const parseArgument = (text: ByteString): bigint | Uint8Array => {
  const [kind, rest] = [text.slice(0, 4), text.slice(4)];
  if (kind === "str:") return Buffer.from(`${rest}\0`, "latin1");
  if (kind === "hex:") {
    if (!/^([0-9a-fA-F]{2})*$/.test(rest)) throw new ProgramFailure(`invalid bytes '${rest}'`);
    return Buffer.from(rest, "hex");
  }
  if (kind === "buf:") return new Uint8Array(Math.min(MAX_BUFFER, Math.max(0, number(rest))));
  if (!/^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)) throw new ProgramFailure(`invalid argument '${text}'`);
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
};
