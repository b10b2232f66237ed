import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { ModuleImage } from "../../loader/image.ts";
import type { KernelBuild, LoadHost } from "../../loader/host.ts";
import type { ModuleSections } from "../../loader/module-sections.ts";
import type { SymbolResolver, SymbolValues } from "../../loader/symbols.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
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
  readonly build: KernelBuild;
  readonly host: LoadHost;
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
  /** Patches that follow relocation: alternatives, thunks, static keys, ftrace sites... */
  afterRelocation(module: Module, image: ModuleImage, sections: ModuleSections): void;
  /** Fills in what the guest and reports want to know: struct module's fields, symbols, exports. */
  describe(module: Module, image: ModuleImage, symbols: SymbolValues): void;
  allocatePercpu(section: { readonly size: number; readonly align: number }): Address;
  freePercpu(address: Address): void;
  /** Kernel memory for the argument text (kmalloc). */
  duplicate(size: number): Address;
  freeArguments(address: Address): void;

  /** Notifiers before init; a negative errno stops the load. */
  notifyComing(module: Module): Routine<number>;
  notify(module: Module, state: number): Routine<void>;
  createSysfs(module: Module): Routine<void>;
  removeSysfs(module: Module): Routine<void>;

  /** Modules whose symbols depend on it. */
  users(module: Module): readonly Module[];
  dropUses(module: Module): void;
  noteUnloaded(module: Module): void;
  /** Name of the module unloaded last, "" for none. */
  lastUnloaded(): ByteString;
  taintUser(): void;
  taintForcedRemoval(): void;
  dumpStack(callers: readonly string[]): void;
  warn(site: { readonly source: string; readonly at: string }, text: ByteString): void;
  preemptCount(): number;
  setPreemptCount(value: number): void;
  irqsDisabled(): boolean;
  enableIrqs(): void;
}
