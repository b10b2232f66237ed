import type { ByteString } from "../base/bytes.ts";
import type { Routine } from "./routine.ts";

/**
 * User space as host programs see it: the system calls of one process. Every call acts on the
 * process it was made for (its descriptors, directory, credentials), may run guest code or wait,
 * and throws `Errno`. A process that the kernel kills (an oops, SIGKILL) is simply never resumed.
 *
 * Paths and names are byte strings; a relative path starts at the process's directory.
 */
export interface UserSystem {
  readonly pid: number;
  /** Its parent, 0 for the first process. */
  readonly parent: number;

  // fs/open.c, fs/read_write.c
  /** Returns the lowest free descriptor. */
  open(path: ByteString, flags: number, mode?: number): Routine<number>;
  close(fd: number): Routine<void>;
  /** At most `count` bytes; an empty array at end of file. */
  read(fd: number, count: number): Routine<Uint8Array>;
  /** Bytes taken, which may be fewer. A pipe without readers: EPIPE. */
  write(fd: number, bytes: Uint8Array): Routine<number>;
  lseek(fd: number, offset: number, whence: number): Routine<number>;
  /**
   * `argument`: a number as it is, or a buffer that is put into user memory, whose address is
   * passed, and which afterwards holds what the driver wrote there. Returns what ioctl returned.
   */
  ioctl(fd: number, request: number, argument: number | bigint | Uint8Array): Routine<number>;
  /** The events that came true for each entry; all zero when `timeout` (virtual ns) ran out. */
  poll(entries: readonly PollEntry[], timeout: number | undefined): Routine<number[]>;
  dup2(from: number, to: number): Routine<void>;
  /** [read end, write end] */
  pipe(): Routine<readonly [number, number]>;
  /** An anonymous file with these contents, at position 0 (memfd_create). */
  memfd(name: ByteString, contents: Uint8Array): Routine<number>;

  /** Lowest free descriptor from `least` on (dup, F_DUPFD). */
  dup(fd: number, least?: number): Routine<number>;
  /** F_GETFL, F_SETFL, F_SETOWN, F_GETOWN, F_SETSIG, F_DUPFD; EINVAL for others. */
  fcntl(fd: number, command: number, argument?: number): Routine<number>;
  fsync(fd: number, how?: "all" | "data"): Routine<void>;
  /** ioctl of a program in compatibility mode. */
  compatIoctl(fd: number, request: number, argument: number | bigint | Uint8Array): Routine<number>;
  pread(fd: number, count: number, offset: number): Routine<Uint8Array>;
  pwrite(fd: number, bytes: Uint8Array, offset: number): Routine<number>;
  /** One read a buffer size, until one comes short. */
  readv(fd: number, sizes: readonly number[]): Routine<Uint8Array>;
  writev(fd: number, pieces: readonly Uint8Array[]): Routine<number>;
  /** Moves up to `count` bytes between descriptors in the kernel; EINVAL for files without splice functions. */
  sendfile(to: number, from: number, count: number): Routine<number>;
  eventfd(initial: bigint, flags: number): Routine<number>;

  // mm/mmap.c, and the process's own loads and stores
  /** Address of the new mapping; `fd` undefined: anonymous memory. */
  mmap(wanted: MmapRequest): Routine<number>;
  munmap(address: number, length: number): Routine<void>;
  /** Reads its own memory; SIGSEGV or SIGBUS ends the process where nothing can be. */
  load(address: number, length: number): Routine<Uint8Array>;
  store(address: number, bytes: Uint8Array): Routine<void>;

  // fs/namei.c, fs/stat.c, fs/readdir.c
  stat(path: ByteString): Routine<Stat>;
  lstat(path: ByteString): Routine<Stat>;
  fstat(fd: number): Routine<Stat>;
  /** In the directory's own order, without "." and "..". */
  readdir(path: ByteString): Routine<readonly DirectoryEntry[]>;
  mkdir(path: ByteString, mode: number): Routine<void>;
  rmdir(path: ByteString): Routine<void>;
  mknod(path: ByteString, mode: number, device: number): Routine<void>;
  unlink(path: ByteString): Routine<void>;
  symlink(target: ByteString, path: ByteString): Routine<void>;
  readlink(path: ByteString): Routine<ByteString>;
  rename(from: ByteString, to: ByteString): Routine<void>;
  truncate(path: ByteString, length: number): Routine<void>;
  chmod(path: ByteString, mode: number): Routine<void>;
  access(path: ByteString, mode: number): Routine<void>;
  chdir(path: ByteString): Routine<void>;
  getcwd(): ByteString;

  // kernel/module/main.c
  initModule(image: Uint8Array, parameters: ByteString): Routine<number>;
  /** Returns the raw result: below -4095 it is no errno (init's odd return value). */
  finitModule(fd: number, parameters: ByteString, flags: number): Routine<number>;
  deleteModule(name: ByteString, flags: number): Routine<void>;

  // kernel/printk
  /** Finished records still in the log buffer, oldest first. */
  log(): readonly LogRecord[];
  /** What `log` returns from now on starts after the newest record (SYSLOG_ACTION_CLEAR). */
  clearLog(): void;
  /** Messages below this level go to the console (SYSLOG_ACTION_CONSOLE_LEVEL). */
  setConsoleLevel?(level: number): void;

  // Time, virtual
  /** Waits; ends with EINTR when a signal comes. */
  nanosleep(nanoseconds: number): Routine<void>;
  /** Nanoseconds since boot. */
  uptime(): number;
  /** Nanoseconds since 1970. */
  realtime(): bigint;

  // Processes
  /**
   * Starts a child that inherits descriptors and directory. `program` is given the child's own
   * system calls; its result is the exit code. Returns the child's PID.
   */
  spawn(identity: ProcessIdentity, program: (child: UserSystem) => Routine<number>): Routine<number>;
  /** Waits for this child, or any (undefined). ECHILD when there is none. */
  waitpid(pid: number | undefined): Routine<WaitStatus>;
  /** Like `waitpid`, but does not wait: undefined when no child has ended. */
  waitpidNow(pid: number | undefined): WaitStatus | undefined;
  /** What `execve` changes and a host program cannot: comm and command line. */
  setIdentity(identity: ProcessIdentity): void;
  kill(pid: number, signal: number): Routine<void>;
  /** What a signal does from now on. "handle-restart": broken-off calls start anew (SA_RESTART). */
  sigaction(signal: number, action: "default" | "ignore" | "handle" | "handle-restart"): void;
  /** Handled signals that came since the last question. */
  caughtSignals(): readonly number[];
  uname(): KernelName;
  getuid(): number;
  /** Effective capabilities as bits (include/uapi/linux/capability.h). */
  setCapabilities(mask: bigint): Routine<void>;
}

export interface MmapRequest {
  readonly fd: number | undefined;
  readonly length: number;
  /** PROT_READ 1 | PROT_WRITE 2 | PROT_EXEC 4 */
  readonly prot: number;
  /** MAP_SHARED 1, MAP_PRIVATE 2 */
  readonly flags: number;
  /** In bytes, a multiple of the page size. */
  readonly offset?: number;
}

/** What /proc/PID/{comm,cmdline} tell. */
export interface ProcessIdentity {
  readonly comm: ByteString;
  readonly argv: readonly ByteString[];
}

export interface WaitStatus {
  readonly pid: number;
  /** Exit code; 0 when a signal ended it. */
  readonly code: number;
  /** 0 when it exited by itself. */
  readonly signal: number;
}

export interface PollEntry {
  readonly fd: number;
  /** POLLIN | POLLOUT ... */
  readonly events: number;
}

/** struct stat: `mode` with the file type, times in nanoseconds since 1970. */
export interface Stat {
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** Device number of a device file, as `makedev` packs it. */
  readonly rdev: number;
  readonly size: number;
  /** In units of 512 bytes. */
  readonly blocks: number;
  readonly mtime: bigint;
}

export interface DirectoryEntry {
  readonly name: ByteString;
  readonly ino: number;
  /** File type bits of the mode (S_IFMT), 0 when not known. */
  readonly type: number;
}

/** One record of the kernel log. */
export interface LogRecord {
  readonly level: number;
  readonly facility: number;
  /** Nanoseconds since boot. */
  readonly time: number;
  /** Without level and final newline; may hold newlines. */
  readonly text: ByteString;
}

export interface KernelName {
  readonly sysname: ByteString;
  readonly nodename: ByteString;
  readonly release: ByteString;
  readonly version: ByteString;
  readonly machine: ByteString;
}

// include/uapi/asm-generic/fcntl.h
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY = 0o200000;
export const O_CLOEXEC = 0o2000000;

export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;

export const F_DUPFD = 0;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_SETOWN = 8;
export const F_GETOWN = 9;
export const F_SETSIG = 10;
export const FASYNC = 0o20000;

// include/uapi/linux/stat.h
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;

// include/uapi/asm-generic/poll.h
export const POLLIN = 0x1;
export const POLLPRI = 0x2;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;

/** Device numbers in user space as stat(2) shows them: 12 bits major, 20 bits minor, the kernel's new encoding. */
export const makedev = (major: number, minor: number): number =>
  (minor & 0xff) + major * 0x100 + (minor >>> 8) * 0x100000;
export const major = (device: number): number => Math.floor(device / 0x100) & 0xfff;
export const minor = (device: number): number => (device & 0xff) + Math.floor(device / 0x100000) * 0x100;
