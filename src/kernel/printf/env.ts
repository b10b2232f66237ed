import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** What kallsyms knows about an address. */
export interface SymbolName {
  readonly name: ByteString;
  /** Distance of the address from the symbol's start. */
  readonly offset: number;
  readonly size: number;
  readonly module?: ByteString | undefined;
}

/** Where a member lies in a kernel structure, in bytes. */
export interface FieldPlace {
  readonly offset: number;
  readonly size: number;
}

/** The format engine's WARN_ONCE places (lib/vsprintf.c). */
export type WarnSite = "unsupported" | "width" | "precision" | "rust" | "size";

/** A mask and the name printed for it, in the order the kernel tries them. */
export type FlagName = readonly [mask: bigint, name: ByteString];

/** Key of the pointer hash, two 64-bit halves. */
export type HashKey = readonly [bigint, bigint];

/** What the format engine needs of the world around it. */
export interface FormatEnv {
  readonly memory: GuestMemory;
  /** Makes hashed pointers a function of the run's seed. */
  readonly hashKey: HashKey;
  symbolize(address: Address): SymbolName | undefined;
  /** Place of a member of a kernel structure, anonymous members included. */
  field(struct: string, member: string): FieldPlace;
  /**
   * Called each time a warning's condition holds; printing it only once is the callee's part.
   * `depth` counts the enclosing `%pV`s.
   */
  warnOnce(site: WarnSite, message: ByteString, depth: number): void;
  /** Kernel functions between `vsnprintf` and the module, innermost first, for oopses. */
  callers(): readonly ByteString[];
}
