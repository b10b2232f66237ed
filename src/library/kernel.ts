import type { Ledger } from "../analysis/ledger/ledger.ts";
import type { Address } from "../base/address.ts";
import { displayText } from "../base/bytes.ts";
import { KoboxError } from "../base/errors.ts";
import type { Finding } from "../kernel/events.ts";
import type { StopReason } from "../kernel/kernel.ts";
import type { Module as LoadedModule } from "../kernel/modules/module.ts";
import type { Sandbox } from "../sandbox.ts";
import { ensureRunning } from "./call.ts";
import { type DeviceSource, type HelperCall, type PlatformDevice, addPlatformDevice } from "./devices.ts";
import type { Capabilities } from "../base/capabilities.ts";
import { type Duration, nanosecondsOf } from "./duration.ts";
import { HangError, KilledError, ModuleError, StoppedError } from "./errors.ts";
import {
  type Argument,
  type Functions,
  createFunctions,
  fireProbes,
  fireTracepoint,
  notify,
  power,
} from "./functions.ts";
import { type Hardware, createHardware } from "./hardware.ts";
import { type Leftover, leftoversOf } from "./leftovers.ts";
import { type LogMessage, messagesSince } from "./log.ts";
import { type Memory, createMemory } from "./memory.ts";
import { type Module, createModule, moduleCommand } from "./module.ts";
import { type ModuleSource, moduleImage } from "./module-file.ts";
import { type Network, createNetwork } from "./net.ts";
import { type Parameters, parameterText } from "./parameters.ts";
import { type PathCalls, type ProcessOptions, type UserProcess, createProcess } from "./process.ts";
import { type Snapshot, takeLibrarySnapshot } from "./snapshot.ts";
import { type StubOf, replaceStub } from "./stub.ts";
import { type TaskInfo, tasksOf } from "./tasks.ts";
import { toPath } from "./file.ts";

/** How an attempt to insert a module ended. */
export type InsmodResult =
  | { readonly module: Module; readonly error?: undefined }
  | { readonly module?: undefined; readonly error: ModuleError | KilledError | HangError };

/** A booted kernel, and everything a test does with it. All of it happens in virtual time. */
export interface Kernel extends PathCalls, Functions, Disposable {
  /** "6.1.0-56-amd64" */
  readonly release: string;
  /**
   * Inserts a module. Throws ModuleError when the kernel or init refuses, KilledError when init
   * crashes, HangError when it never returns.
   */
  insmod(module: ModuleSource, parameters?: Parameters): Module;
  /** The same without throwing, for tests of what goes wrong. */
  tryInsmod(module: ModuleSource, parameters?: Parameters): InsmodResult;
  /** Loaded modules, newest first. */
  modules(): readonly Module[];
  /** A loaded module by name. */
  module(name: string): Module | undefined;

  /** Starts a process with its own files; `kernel.open` and its like use one called "test". */
  process(name: string, options?: ProcessOptions): UserProcess;
  tasks(): readonly TaskInfo[];

  /** The kernel log so far, `clearLog` taken into account. */
  dmesg(): readonly LogMessage[];
  clearLog(): void;

  /** Virtual seconds since boot. */
  readonly time: number;
  /** Lets virtual time pass: timers fire, threads and work run. */
  advance(duration: Duration): void;
  /** Lets everything run that can run now. */
  settle(): void;

  readonly hardware: Hardware;
  /** Network devices and packets. */
  readonly net: Network;
  /**
   * Puts a device on the platform bus: resources with models, properties, platform data; or the path of
   * a file that describes it (docs/device.md). A driver that waits for it is probed.
   */
  device(source: DeviceSource): PlatformDevice;
  /** Programs that the kernel has started (call_usermodehelper), oldest first. None of them runs. */
  helpers(): readonly HelperCall[];
  /** From now on the program at `path`, when started, is there and exits with this code. */
  helperExits(path: string, code: number): void;
  /**
   * Runs the kprobes, kretprobes and ftrace hooks of a kernel function as if it had been called with
   * these arguments (text and buffers lie in kernel memory meanwhile) and had returned `result`;
   * answers with what the hooks made of it. The function itself does not run. Throws SystemCallError
   * ENOENT when there is none.
   */
  fire(symbol: string, args?: readonly Argument[], result?: number | bigint): bigint;
  /** Calls the probes of one of the kernel's tracepoints ("sched_switch"). SystemCallError ENOENT. */
  fireTracepoint(name: string, args?: readonly Argument[]): void;

  /**
   * Calls one of the kernel's notifier chains ("reboot", "pm", "oom", ...); the last answer.
   * KoboxError "no-chain".
   */
  notify(chain: string, action: number, data?: number): number;
  /** The machine goes down: the reboot chain, drivers' shutdown. Nothing runs afterwards. */
  power(how: "off" | "halt" | "restart"): void;

  /** A symbol's address: of a loaded module, or else of the kernel. KoboxError "no-symbol". */
  symbol(name: string): Address;
  /** Name of an address: "scull_open+0x1c/0x40 [scull]". */
  symbolAt(address: Address): string;
  /**
   * Replaces a kernel function by its C prototype, wherever it is called from; without a body it is
   * only watched. Argument and result types follow from the prototype.
   */
  readonly stub: StubOf;
  readonly memory: Memory;

  /** Bugs found in the guest so far. */
  findings(): readonly Finding[];
  /** What modules acquired and have not given back: none after a clean exit. */
  leftovers(): readonly Leftover[];
  /** Why the kernel has stopped, if it has. */
  readonly stopped: StopReason | undefined;

  /** One at a time: a new one replaces the old. KoboxError "busy" while a system call is pending. */
  snapshot(): Snapshot;
  /** Ends the sandbox and frees its memory. */
  close(): void;
  [Symbol.dispose](): void;
  /** The joint below, for what this does not have. */
  readonly sandbox: Sandbox;
}

export interface KernelOptions {
  readonly capabilities: Capabilities;
  /** Where relative module paths begin. */
  readonly folder: string;
  readonly ledger: Ledger;
}

const insmod = (
  sandbox: Sandbox,
  options: KernelOptions,
  source: ModuleSource,
  parameters: Parameters,
): LoadedModule => {
  const { name, bytes } = moduleImage(source, options.folder);
  const { list, history } = sandbox.kernel.modules;
  const before = history.all().length;
  moduleCommand(
    sandbox,
    { comm: "insmod", module: name, capabilities: options.capabilities },
    function* (sys) {
      const fd = yield* sys.memfd("module", bytes);
      return yield* sys.finitModule(fd, toPath(parameterText(parameters)), 0);
    },
  );
  const loaded = list.find(history.all()[before]?.name ?? "");
  if (loaded === undefined) throw new KoboxError("gone", `${name} has removed itself`);
  return loaded;
};

const isAttempt = (error: unknown): error is ModuleError | KilledError | HangError =>
  error instanceof ModuleError || error instanceof KilledError || error instanceof HangError;

/** The process "test", a new one when the last has died. */
const mainProcess = (sandbox: Sandbox, capabilities: Capabilities): (() => UserProcess) => {
  let process: UserProcess | undefined;
  return () => {
    if (process?.isAlive === true) return process;
    process = createProcess(sandbox, "test", { capabilities });
    return process;
  };
};

const forwarded = (main: () => UserProcess): PathCalls => ({
  open: (...args) => main().open(...args),
  readFile: (path) => main().readFile(path),
  writeFile: (path, data) => main().writeFile(path, data),
  ls: (path) => main().ls(path),
  exists: (path) => main().exists(path),
  stat: (path) => main().stat(path),
  mkdir: (...args) => main().mkdir(...args),
  unlink: (path) => main().unlink(path),
  mknod: (...args) => main().mknod(...args),
});

/** A kernel's handle over a booted sandbox, which it takes over. */
export const createKernelHandle = (sandbox: Sandbox, options: KernelOptions): Kernel => {
  const { kernel: k } = sandbox;
  const files = forwarded(mainProcess(sandbox, options.capabilities));
  const context = { sandbox, capabilities: options.capabilities, files: () => files };
  const handle = (loaded: LoadedModule): Module => createModule(context, loaded);
  const modules = (): readonly Module[] => k.modules.list.all().map(handle);
  const symbol = (name: string): Address => {
    const own = k.modules.list.all().flatMap(({ symbols }) => symbols.filter((each) => each.name === name));
    const found = own[0]?.address ?? k.symbols.address(name);
    if (found !== undefined) return found;
    throw new KoboxError("no-symbol", `neither the kernel nor a loaded module has a symbol ${name}`);
  };
  const insert: Kernel["insmod"] = (source, parameters = "") =>
    handle(insmod(sandbox, options, source, parameters));
  return {
    ...files,
    ...createFunctions(sandbox, symbol),
    sandbox,
    release: k.profile.release,
    insmod: insert,
    tryInsmod(source, parameters) {
      try {
        return { module: insert(source, parameters) };
      } catch (error) {
        if (isAttempt(error)) return { error };
        throw error;
      }
    },
    modules,
    module: (name) => modules().find((module) => module.name === name.replaceAll("-", "_")),
    process: (name, given = {}) =>
      createProcess(sandbox, name, { capabilities: options.capabilities, ...given }),
    tasks: () => tasksOf(sandbox),
    dmesg: () => messagesSince(sandbox, k.log.cleared),
    clearLog: () => k.log.clear(),
    get time() {
      return k.clock.now() / 1e9;
    },
    advance(duration) {
      ensureRunning(sandbox);
      const { stop } = sandbox.sleep(nanosecondsOf(duration));
      if (stop !== undefined) throw new StoppedError(stop);
    },
    settle() {
      ensureRunning(sandbox);
      k.tasks.settle();
    },
    hardware: createHardware(sandbox),
    net: createNetwork(sandbox),
    device: (source) => addPlatformDevice(sandbox, source),
    helpers: () => k.driverCore.usermode.calls(),
    helperExits: (path, code) => k.driverCore.usermode.endsWith(path, code << 8),
    fire: (name, args = [], result = 0) => fireProbes(sandbox, name, args, result),
    fireTracepoint: (name, args = []) => fireTracepoint(sandbox, name, args),
    notify: (chain, action, data = 0) => notify(sandbox, chain, action, data),
    power: (how) => power(sandbox, how),
    symbol,
    symbolAt: (address) => displayText(k.symbols.format(address)),
    stub: ((prototype, body, given) => replaceStub(sandbox, prototype, body, given)) as StubOf,
    memory: createMemory(k),
    leftovers: () => leftoversOf(sandbox, options.ledger),
    findings: () => k.findings.all(),
    get stopped() {
      return k.stopped;
    },
    snapshot: () => takeLibrarySnapshot(sandbox),
    close: () => sandbox.close(),
    [Symbol.dispose]: () => sandbox.close(),
  };
};
