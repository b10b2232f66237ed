import type { ByteString } from "../../base/bytes.ts";
import type { Routine } from "../../kernel/routine.ts";
import type { UserSystem } from "../../kernel/user.ts";
import type { Output } from "./io.ts";
import type { ModuleFolder } from "../module-folder/folder.ts";

/** What surrounds the sandbox's user space: answers that no system call gives. */
export interface ShellHost {
  /** A file of the machine kobox runs on, for the module commands; undefined when there is none. */
  readonly readHostFile?: (path: string) => Uint8Array | undefined;
  /** Names in a host folder (folders end in "/"), for completion. */
  readonly listHostFolder?: (path: string) => readonly string[];
  /** The folder that modprobe and depmod work on. */
  readonly modules?: () => ModuleFolder;
  /** Text of `modinfo`, made elsewhere. */
  readonly describeModule?: (path: string, image: Uint8Array) => ModuleDescription | undefined;
  /** What acts on the sandbox from outside: `kobox irq`, `kobox fire` and their like. */
  readonly commands?: ReadonlyMap<string, Program>;
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
