import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as stubs from "../kernel-stubs/index.ts";
import type { ByteString } from "./base/bytes.ts";
import { Errno, KoboxError } from "./base/errors.ts";
import { createKernel } from "./kernel/boot/kernel.ts";
import type { Kernel } from "./kernel/kernel.ts";
import type { LogRecord } from "./kernel/log/record.ts";
import { loadModule, mayInitModule } from "./kernel/modules/load.ts";
import { deleteModule } from "./kernel/modules/unload.ts";
import type { Routine } from "./kernel/routine.ts";
import type { Task } from "./kernel/task.ts";
import { createMachine } from "./machine/machine.ts";
import { type Profile, openProfile } from "./profile/profile.ts";
import { createBinder } from "./stub/bind.ts";
import { createLinker } from "./stub/linker.ts";
import { type UnknownPolicy, declareUnknown } from "./stub/unknown.ts";
import { createRegistry } from "./stub/registry.ts";

export interface SandboxOptions {
  /** Release of the kernel profile. */
  readonly kernel?: string;
  /** Bytes of guest RAM. */
  readonly ram?: number;
  readonly seed?: bigint;
  /** What calls of functions without a stub do. */
  readonly unknown?: UnknownPolicy;
  readonly onRecord?: (record: LogRecord) => void;
}

/** What a system call came to, as the recordings write it. */
export interface SyscallResult {
  readonly ret: number;
  /** Positive; 0 for none. */
  readonly errno: number;
  /** The signal that killed the caller, or 0. */
  readonly signal: number;
}

export interface Sandbox {
  readonly kernel: Kernel;
  finitModule(bytes: Uint8Array, parameters: ByteString, flags?: number): SyscallResult;
  deleteModule(name: ByteString, flags?: number): SyscallResult;
  close(): void;
}

export const DEFAULT_KERNEL = "6.1.0-56-amd64";
const DEFAULT_RAM = 256 * 1024 * 1024;
/** 2026-01-01, so that runs do not depend on the day. */
const EPOCH = 1_767_225_600n * 1_000_000_000n;
/** How long the recorded machine had been up when its first module was loaded. */
const UPTIME = 2_250_000_000;

/** The profile file of a release; looked for beside the program. */
const profilePath = (release: string): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up += 1) {
    const path = join(folder, "kernel-stubs", "profiles", `${release}.kprofile`);
    if (existsSync(path)) return path;
    folder = dirname(folder);
  }
  throw new KoboxError("profile", `there is no profile of kernel ${release}`, {
    hint: "Name one that is in kernel-stubs/profiles, or build it with `kobox profile`.",
  });
};

/** Boots a kernel. */
export const boot = (options: SandboxOptions = {}): Sandbox => {
  const profile: Profile = openProfile(profilePath(options.kernel ?? DEFAULT_KERNEL));
  const machine = createMachine({ ramSize: options.ram ?? DEFAULT_RAM });
  const registry = createRegistry(stubs);
  const kernel = createKernel(
    machine,
    profile,
    {
      seed: options.seed ?? 1n,
      epoch: EPOCH,
      uptime: UPTIME,
      ...(options.onRecord === undefined ? {} : { onRecord: options.onRecord }),
    },
    (k) => createLinker(k, registry, createBinder(k), {
        declare: (name) => declareUnknown(k, name, options.unknown ?? "guess"),
      }),
  );

  /** Runs a system call in a process of its own. */
  const syscall = (comm: ByteString, body: Routine<number>): SyscallResult => {
    const outcome: { ret: number | undefined; errno: number } = { ret: undefined, errno: 0 };
    function* program(): Routine<number> {
      try {
        const value = yield* body;
        outcome.ret = value;
        if (value < 0 && value >= -4095) {
          outcome.ret = -1;
          outcome.errno = -value;
        }
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        outcome.ret = -1;
        outcome.errno = error.errno;
      }
      return 0;
    }
    const task: Task = kernel.tasks.spawn({ comm, kind: "user" }, program());
    kernel.tasks.runUntil(() => task.state === "dead");
    kernel.tasks.settle();
    return { ret: outcome.ret ?? 0, errno: outcome.errno, signal: task.signal };
  };

  return {
    kernel,
    finitModule: (bytes, parameters, flags = 0) =>
      syscall(
        "insmod",
        (function* () {
          mayInitModule(kernel.modules);
          return yield* loadModule(kernel.modules, bytes, parameters, flags);
        })(),
      ),
    deleteModule: (name, flags = 0) =>
      syscall(
        "rmmod",
        (function* () {
          yield* deleteModule(kernel.modules, name, flags);
          return 0;
        })(),
      ),
    close: () => machine.close(),
  };
};
