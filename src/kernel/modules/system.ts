import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { KernelBuild, LoadHost } from "../../loader/host.ts";
import type { StaticKeyState } from "../../loader/jump-labels.ts";
import type { StaticCallKeys } from "../../loader/static-calls.ts";
import type { SymbolResolver } from "../../loader/symbols.ts";
import type { TextPatching } from "../../loader/text-patching.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { History } from "./history.ts";
import type { Module } from "./module.ts";
import type { ModuleList } from "./module-list.ts";
import type { ModuleMemory } from "./module-memory.ts";
import type { References } from "./references.ts";

/** What the stages of a module's life share. */
export interface ModuleSystem {
  readonly k: Kernel;
  readonly list: ModuleList;
  readonly memory: ModuleMemory;
  readonly references: References;
  readonly history: History;
  readonly build: KernelBuild;
  readonly host: LoadHost;
  /** What request_module() asked user space for, in order. */
  requests(): readonly ByteString[];
  /** Runs the module helper; its wait status. */
  requestModule(name: ByteString): number;
  /** Head of the module notifier chain, in guest memory. */
  readonly notifiers: Address;
  readonly fileBase: Address;
  /** Return addresses of a system call's kernel frames, innermost first. */
  readonly syscallCallers: readonly string[];

  /** CAP_SYS_MODULE, and modules_disabled is 0. */
  capable(): boolean;
  /** A signal is pending for the caller. */
  interrupted(): boolean;
  /** Waits until a module changed state or left the list (module_wq). */
  waitForChange(reason: string): Routine<void>;
  /** Wakes those waits. */
  changed(): void;

  resolver(module: Module): SymbolResolver;
  /** Readies the kernel functions it imports now instead of when each is first called. */
  bindImports(module: Module): void;
  trustedCertificates(): readonly Uint8Array[];
  readonly patching: TextPatching;
  /** What `call __fentry__` is bound to. */
  readonly fentry: Address;
  /** A static key of the kernel or of another module. */
  foreignKey(key: Address): StaticKeyState | undefined;
  readonly staticCalls: StaticCallKeys;
  /** Copies the initial contents to the module's per-CPU area. */
  fillPercpu(address: Address, bytes: Uint8Array): void;
  /** Errno ENOMEM, logged, when the reserve for modules is used up. */
  allocatePercpu(section: { readonly size: number; readonly align: number }, module: ByteString): Address;
  freePercpu(address: Address): void;
  /** Kernel memory for the argument text (kmalloc). */
  duplicate(size: number): Address;
  freeArguments(address: Address): void;

  /** Notifiers before init; a negative errno stops the load. */
  notifyComing(module: Module): Routine<number>;
  notify(module: Module, state: number): Routine<void>;
  createSysfs(module: Module): Routine<void>;
  removeSysfs(module: Module): Routine<void>;

  /** What init is taken to have returned, for whoever tries the loader's own rules; usually left as it is. */
  readonly overrides: { initResult: ((returned: number) => number) | undefined };

  /** Modules whose symbols depend on it. */
  users(module: Module): readonly Module[];
  dropUses(module: Module): void;
  noteUnloaded(module: Module): void;
  /** The module unloaded last, for "Modules linked in". */
  lastUnloaded(): { readonly name: ByteString; readonly taints: ByteString } | undefined;
  taintUser(): void;
  taintForcedRemoval(): void;
}
