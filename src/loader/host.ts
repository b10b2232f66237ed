import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";

/** Bit numbers of the taint word (include/linux/panic.h). */
export const TAINT_PROPRIETARY_MODULE = 0;
export const TAINT_FORCED_MODULE = 1;
export const TAINT_CRAP = 10;
export const TAINT_OOT_MODULE = 12;
export const TAINT_UNSIGNED_MODULE = 13;
export const TAINT_LIVEPATCH = 15;
export const TAINT_TEST = 18;

/** Log levels the loader uses (include/linux/kern_levels.h). */
export const KERN_ERR = 3;
export const KERN_WARNING = 4;
export const KERN_NOTICE = 5;

/** What the stages of a load need from the running kernel. */
export interface LoadHost {
  /** One record, without its newline. */
  log(level: number, text: ByteString): void;
  /** True the first time `key` is asked for in this boot (the *_once printks). */
  once(key: string): boolean;
  /** test_taint(): the kernel's own word, not the module's. */
  tainted(flag: number): boolean;
  /** add_taint(); "now-unreliable" also ends lock debugging, which the kernel says once. */
  taint(flag: number, lockdep: "still-ok" | "now-unreliable"): void;
  /** `%p` (hashed), `%px` never: an address as the log shows it. */
  formatPointer(address: Address): ByteString;
}

/** Offsets inside one C struct of the profiled kernel. */
export interface StructOffsets {
  readonly size: number;
  /** Byte offset of a member path such as `core_layout.base`; undefined when this kernel has none. */
  offset(path: string): number | undefined;
}

/** Facts about the kernel build a module is loaded into. */
export interface KernelBuild {
  /** VERMAGIC_STRING. */
  readonly vermagic: ByteString;
  /** Names of options set to y, without CONFIG_, such as MODULE_FORCE_LOAD. */
  readonly config: { has(option: string): boolean };
  readonly moduleStruct: StructOffsets;
}
