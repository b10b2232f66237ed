import { byteStringToBytes, bytesToByteString, displayText } from "../base/bytes.ts";
import { KoboxError } from "../base/errors.ts";
import {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from "../kernel/user.ts";
import type { Call, Pending } from "./call.ts";
import { type Duration, nanosecondsOf } from "./duration.ts";

/** Text in and out of files is UTF-8 here; bytes inside kobox. */
export const toBytes = (data: string | Uint8Array): Uint8Array =>
  typeof data === "string" ? Buffer.from(data, "utf8") : data;
export const toPath = (path: string): string => bytesToByteString(Buffer.from(path, "utf8"));
export const toText = (bytes: Uint8Array): string => displayText(bytesToByteString(bytes));
export const fromText = (text: string): Uint8Array => byteStringToBytes(toPath(text));

const ACCESS = { r: O_RDONLY, w: O_WRONLY, rw: O_RDWR } as const;

/** How to open: to read, to write, both. */
export type Access = keyof typeof ACCESS;

export interface OpenOptions {
  /** O_NONBLOCK: calls that would wait fail with EAGAIN instead. */
  readonly nonblock?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  /** Other flags of open(2), as bits. */
  readonly flags?: number;
}

/** The flags of open(2). */
export const openFlags = (access: Access, options: OpenOptions = {}): number => {
  const accessFlag = ACCESS[access];
  if (accessFlag === undefined) throw new KoboxError("usage", `"${access}" is not r, w or rw`);
  return (
    accessFlag |
    (options.nonblock === true ? O_NONBLOCK : 0) |
    (options.create === true ? O_CREAT : 0) |
    (options.exclusive === true ? O_EXCL : 0) |
    (options.truncate === true ? O_TRUNC : 0) |
    (options.append === true ? O_APPEND : 0) |
    (options.flags ?? 0)
  );
};

/** What poll(2) says of a file. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly priority: boolean;
  readonly error: boolean;
  readonly hangUp: boolean;
}

export interface PollOptions {
  /** How long to wait for one of the events; not at all when left out. */
  readonly timeout?: Duration | "forever";
  /** Which events end the wait: reading when left out. */
  readonly for?: "read" | "write" | "both" | "priority";
}

const POLL_FOR = {
  read: POLLIN,
  write: POLLOUT,
  both: POLLIN | POLLOUT,
  priority: POLLPRI,
} as const;

const WHENCE = { start: SEEK_SET, current: SEEK_CUR, end: SEEK_END } as const;

/** What can be done with an open file: each makes one system call. */
export interface FileCalls {
  /** read(2): at most `count` bytes; none at the end of the file. */
  read(count?: number): Uint8Array;
  /** The same as text (UTF-8). */
  readText(count?: number): string;
  /** write(2): bytes taken, which may be fewer than given. */
  write(data: string | Uint8Array): number;
  /** lseek(2): the new position. */
  seek(offset: number, from?: keyof typeof WHENCE): number;
  /**
   * ioctl(2): what the driver returned. A number is passed as it is; of a buffer the address, and
   * afterwards it holds what the driver wrote there.
   */
  ioctl(request: number, argument?: number | bigint | Uint8Array): number;
  /** poll(2) */
  poll(options?: PollOptions): Readiness;
  close(): void;
}

export interface MapOptions {
  /** Also to write; only to read when left out. */
  readonly write?: boolean;
  /** Changes are its own (MAP_PRIVATE); shared when left out. */
  readonly private?: boolean;
  /** In bytes, a multiple of the page size. */
  readonly offset?: number;
}

/** Memory of a process that is a file's. Touching what cannot be kills the process (KilledError). */
export interface Mapping {
  readonly address: number;
  readonly length: number;
  read(offset: number, count: number): Uint8Array;
  write(offset: number, data: string | Uint8Array): void;
  unmap(): void;
}

/** An open file of a process. */
export interface File extends FileCalls, Disposable {
  readonly path: string;
  /** The descriptor's number in its process. */
  readonly fd: number;
  readonly isOpen: boolean;
  /** mmap(2) */
  map(length: number, options?: MapOptions): Mapping;
  /** The same calls, started and not waited for: `const read = file.start.read()`. */
  readonly start: Started<FileCalls>;
  /** Closes it, if it is open. */
  [Symbol.dispose](): void;
}

/** Each call answers at once with what is pending. */
export type Started<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Pending<Result>
    : never;
};

type Described<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Call<Result>
    : never;
};

const DEFAULT_COUNT = 4096;
/** What a driver may be asked for at most; more memory than this no test needs. */
const ALL_EVENTS = POLLIN | POLLOUT | POLLPRI;

const readiness = (events: number): Readiness => ({
  readable: (events & POLLIN) !== 0,
  writable: (events & POLLOUT) !== 0,
  priority: (events & POLLPRI) !== 0,
  error: (events & POLLERR) !== 0,
  hangUp: (events & POLLHUP) !== 0,
});

const describeCalls = (path: string, fd: number): Described<FileCalls> => ({
  read: (count = DEFAULT_COUNT) => ({ says: `read ${path}`, act: (sys) => sys.read(fd, count) }),
  readText: (count = DEFAULT_COUNT) => ({
    says: `read ${path}`,
    *act(sys) {
      return toText(yield* sys.read(fd, count));
    },
  }),
  write: (data) => ({ says: `write ${path}`, act: (sys) => sys.write(fd, toBytes(data)) }),
  seek: (offset, from = "start") => ({
    says: `lseek ${path}`,
    act: (sys) => sys.lseek(fd, offset, WHENCE[from]),
  }),
  ioctl: (request, argument = 0) => ({
    says: `ioctl ${path} 0x${request.toString(16)}`,
    act: (sys) => sys.ioctl(fd, request, argument),
  }),
  poll: ({ timeout, for: events = "read" } = {}) => ({
    says: `poll ${path}`,
    *act(sys) {
      const limit = timeout === "forever" ? undefined : nanosecondsOf(timeout ?? {});
      const waited = timeout === undefined ? ALL_EVENTS : POLL_FOR[events];
      const [ready = 0] = yield* sys.poll([{ fd, events: waited }], limit);
      return readiness(ready);
    },
  }),
  close: () => ({ says: `close ${path}`, act: (sys) => sys.close(fd) }),
});

/** How an owner of files makes calls. */
export interface FileOwner {
  begin<T>(call: Call<T>): Pending<T>;
  has(fd: number): boolean;
}

export const createFile = (owner: FileOwner, path: string, fd: number): File => {
  const calls = describeCalls(path, fd);
  const now = {} as Record<string, unknown>;
  const start = {} as Record<string, unknown>;
  for (const [name, describe] of Object.entries(calls)) {
    const begin = (...args: readonly unknown[]): Pending<unknown> =>
      owner.begin((describe as (...args: readonly unknown[]) => Call<unknown>)(...args));
    start[name] = begin;
    now[name] = (...args: readonly unknown[]) => begin(...args).wait();
  }
  return {
    ...(now as unknown as FileCalls),
    path,
    fd,
    get isOpen() {
      return owner.has(fd);
    },
    start: start as unknown as Started<FileCalls>,
    map: (length, options) => mapFile(owner, { path, fd }, length, options),
    [Symbol.dispose]() {
      if (owner.has(fd)) owner.begin(calls.close()).wait();
    },
  };
};

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;

const mapFile = (
  owner: FileOwner,
  { path, fd }: { readonly path: string; readonly fd: number },
  length: number,
  options: MapOptions = {},
): Mapping => {
  const act = <T>(says: string, body: Call<T>["act"]): T =>
    owner.begin({ says: `${says} ${path}`, act: body }).wait();
  const prot = PROT_READ | (options.write === true ? PROT_WRITE : 0);
  const flags = options.private === true ? MAP_PRIVATE : MAP_SHARED;
  const address = act("mmap", (sys) => sys.mmap({ fd, length, prot, flags, offset: options.offset ?? 0 }));
  return {
    address,
    length,
    read: (offset, count) => act("load", (sys) => sys.load(address + offset, count)),
    write: (offset, data) => act("store", (sys) => sys.store(address + offset, toBytes(data))),
    unmap: () => act("munmap", (sys) => sys.munmap(address, length)),
  };
};
