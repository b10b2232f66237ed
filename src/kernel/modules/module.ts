import type { StaticCallSite } from "../../loader/static-calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { ModuleExport } from "../../loader/exports.ts";
import type { JumpEntry } from "../../loader/jump-labels.ts";
import type { ModuleLayout } from "../../loader/layout.ts";
import type { LoadInfo } from "../../loader/load-info.ts";
import type { ModuleSections } from "../../loader/module-sections.ts";
import type { OrcTables } from "../../loader/orc.ts";
import type { Parameter } from "../params.ts";

/** enum module_state (include/linux/module.h). */
export const MODULE_STATE = { LIVE: 0, COMING: 1, GOING: 2, UNFORMED: 3 } as const;

/** A symbol kept for stack traces. */
export interface ModuleSymbol {
  readonly name: ByteString;
  readonly address: Address;
}

/** A section as /sys/module/NAME/sections shows it. */
export interface ModuleSection {
  readonly name: ByteString;
  readonly address: Address;
  readonly size: number;
}

/**
 * A module in the kernel's list. State, reference count and list links live in the guest's `struct
 * module`, where the module itself sees them; this is what the guest does not have.
 */
export interface Module {
  readonly name: ByteString;
  /** The guest's struct module (THIS_MODULE). */
  readonly address: Address;
  readonly core: { readonly base: Address; readonly size: number };
  /** Emptied when init has succeeded. */
  init: { readonly base: Address; readonly size: number };
  readonly layout: ModuleLayout;
  readonly info: LoadInfo;
  sections: ModuleSections | undefined;
  /** Branches on static keys. */
  jumpEntries: readonly JumpEntry[];
  /** Calls through static_call keys, of this module or another. */
  staticCallSites: readonly StaticCallSite[];
  /** Nops where traceable functions begin. */
  ftraceSites: readonly Address[];
  /** Unwind data, where the module has it. */
  orc: OrcTables | undefined;
  parameters: readonly Parameter[];
  exports: ReadonlyMap<ByteString, ModuleExport>;
  /** Sorted by address. */
  symbols: readonly ModuleSymbol[];
  readonly sectionList: readonly ModuleSection[];
  percpu: Address | undefined;
  /** The guest's copy of the argument text. */
  arguments: Address;
  initFunction: Address;
  exitFunction: Address;
  /** Names of modules whose symbols it uses. */
  uses: readonly ByteString[];
  taints: number;
}
