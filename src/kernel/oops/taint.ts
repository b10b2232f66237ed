import type { ByteString } from "../../base/bytes.ts";
import type { Journal } from "../journal.ts";

/** Bit numbers of the taint word (include/linux/panic.h). */
export const TAINT = {
  PROPRIETARY_MODULE: 0,
  FORCED_MODULE: 1,
  CPU_OUT_OF_SPEC: 2,
  FORCED_RMMOD: 3,
  MACHINE_CHECK: 4,
  BAD_PAGE: 5,
  USER: 6,
  DIE: 7,
  OVERRIDDEN_ACPI_TABLE: 8,
  WARN: 9,
  CRAP: 10,
  FIRMWARE_WORKAROUND: 11,
  OOT_MODULE: 12,
  UNSIGNED_MODULE: 13,
  SOFTLOCKUP: 14,
  LIVEPATCH: 15,
  AUX: 16,
  RANDSTRUCT: 17,
  TEST: 18,
} as const;

/** Letters of bits 0.. as print_tainted shows a set bit; a blank stands for a clear one, but G for bit 0. */
const LETTERS = "PFSRMBUDAWCIOELKXTN";
/** Bits that a module can carry itself (kernel/panic.c). */
const MODULE_LETTERS = "PFCOEKXTN";
const KERN_WARNING = 4;

/** Whether lock debugging may be trusted after a taint (include/linux/panic.h). */
export type LockDebugging = "still-ok" | "now-unreliable";

/** The kernel's taint word. Bits are only ever added. */
export interface Taints {
  /** Sets a bit; "now-unreliable" ends lock debugging, which the log tells once. */
  add(flag: number, locks: LockDebugging): void;
  has(flag: number): boolean;
  /** What /proc/sys/kernel/tainted shows. */
  value(): number;
  /** "Not tainted", or "Tainted: G           OE     ". */
  describe(): ByteString;
  /** Lock debugging ends without a word, as at the start of an oops. */
  debugLocksOff(): void;
}

export const createTaints = (journal: Journal, print: (level: number, text: ByteString) => void): Taints => {
  const state = { mask: 0, debugLocks: true };
  const has = (flag: number): boolean => (state.mask & (1 << flag)) !== 0;
  const debugLocksOff = (): boolean => {
    const before = state.debugLocks;
    if (before) journal.touch(state).debugLocks = false;
    return before;
  };
  return {
    add(flag, locks) {
      if (locks === "now-unreliable" && debugLocksOff()) {
        print(KERN_WARNING, "Disabling lock debugging due to kernel taint");
      }
      if (flag >= 0 && flag < LETTERS.length && !has(flag)) journal.touch(state).mask |= 1 << flag;
    },
    has,
    value: () => state.mask,
    describe() {
      if (state.mask === 0) return "Not tainted";
      const letters = [...LETTERS].map((letter, flag) => (has(flag) ? letter : flag === 0 ? "G" : " "));
      return `Tainted: ${letters.join("")}`;
    },
    debugLocksOff: () => void debugLocksOff(),
  };
};

/** The letters of a module's own taints, "OE", as /sys/module/NAME/taint shows them. */
export const moduleTaintLetters = (mask: number): ByteString =>
  [...LETTERS]
    .filter((letter, flag) => (mask & (1 << flag)) !== 0 && MODULE_LETTERS.includes(letter))
    .join("");
