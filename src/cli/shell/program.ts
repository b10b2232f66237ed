import type { ByteString } from "../../base/bytes.ts";
import type { Routine } from "../../kernel/routine.ts";
import type { UserSystem } from "../../kernel/user.ts";
import type { Output } from "./io.ts";

/** What surrounds the sandbox's user space: answers that no system call gives. */
export interface ShellHost {
  /** A file of the machine kobox runs on, for the module commands; undefined when there is none. */
  readonly readHostFile?: (path: string) => Uint8Array | undefined;
  /** Names in a host folder (folders end in "/"), for completion. */
  readonly listHostFolder?: (path: string) => readonly string[];
  /** modprobe's search: the files to load for a module or alias, dependencies first. */
  readonly resolveModule?: (name: string) => readonly ModuleFile[] | undefined;
  /** Text of `modinfo`, made elsewhere. */
  readonly describeModule?: (path: string, image: Uint8Array) => ModuleDescription | undefined;
  /** Device files, packets, interrupts and probes from outside: `inject`, `raise`, `probe` and their like. */
  readonly commands?: ReadonlyMap<string, Program>;
}

export interface ModuleFile {
  readonly name: ByteString;
  readonly path: string;
  readonly image: Uint8Array;
}

/** Fields of a module's information in file order ("filename" not among them). */
export type ModuleDescription = readonly (readonly [field: string, value: ByteString])[];

/** A program being run: its process, arguments and standard output. */
export interface ProgramCall {
  readonly sys: UserSystem;
  /** argv[0] is the name it was called by, without folders. */
  readonly argv: readonly ByteString[];
  /** argv[1..] */
  readonly args: readonly ByteString[];
  readonly environment: ReadonlyMap<string, ByteString>;
  /** Buffered like stdio; flushed when the program ends. */
  readonly out: Output;
  readonly host: ShellHost;
  readonly programs: ProgramTable;
}

/** Returns the exit status. */
export type Program = (call: ProgramCall) => Routine<number>;

/** Finds a program by what was typed: a name, or a path ending in one. */
export type ProgramTable = (command: ByteString) => Program | undefined;

/** Ends a program: message on standard error after its name, and the status. */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** Bad usage: prints how the program is used. */
export class UsageFailure extends Error {
  override readonly name = "UsageFailure";
  readonly status: number;

  constructor(message = "", status = 1) {
    super(message);
    this.status = status;
  }
}

/** The process dies of a signal it does not handle (SIGPIPE). */
export class SignalDeath extends Error {
  override readonly name = "SignalDeath";
  readonly signal: number;

  constructor(signal: number) {
    super(`signal ${signal}`);
    this.signal = signal;
  }
}

export const basename = (path: ByteString): ByteString => path.slice(path.lastIndexOf("/") + 1);
