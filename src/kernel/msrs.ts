/** Model-specific registers as the recorded machine has them: what it does not know reads 0 and keeps nothing. */
import type { JournalMap } from "./journal.ts";
import type { Kernel } from "./kernel.ts";

export interface Msrs {
  read(msr: number): bigint;
  write(msr: number, value: bigint): void;
}

const TSC = 0x10;
const GS_BASE = 0xc000_0101;

/** What is not zero. */
const VALUES: ReadonlyMap<number, bigint> = new Map([
  [0x1b, 0xfee0_0900n],
  [0x8b, 0x100_0065n],
  [0xfe, 0x508n],
  [0x174, 0x10n],
  [0x179, 0x100_010an],
  [0x198, 0x400_0000_03e8n],
  [0x1a0, 0x4_0001n],
  [0x277, 0x407_0506_0007_0106n],
  [0x2ff, 0xc06n],
  [0xc000_0080, 0xd01n],
  [0xc000_0081, 0x23_0010_0000_0000n],
  [0xc000_0084, 0x25_7fd5n],
]);
/** Others that keep what is written: APIC, SYSENTER, LSTAR, CSTAR, FS, kernel GS, TSC_AUX, SVM's pages. */
const KEPT: ReadonlySet<number> = new Set([
  ...VALUES.keys(),
  0x175,
  0x176,
  0xc000_0082,
  0xc000_0083,
  0xc000_0100,
  0xc000_0102,
  0xc000_0103,
  0xc001_0117,
]);
const READ_ONLY: ReadonlySet<number> = new Set([0x8b, 0xfe, 0x179, 0x198]);

export const createMsrs = (k: Kernel): Msrs => {
  const written: JournalMap<number, bigint> = k.journal.map();
  return {
    read(msr) {
      if (msr === TSC) return BigInt(Math.floor(k.clock.now()));
      if (msr === GS_BASE) return BigInt.asUintN(64, BigInt(k.cpu.base));
      return written.get(msr) ?? VALUES.get(msr) ?? 0n;
    },
    write(msr, value) {
      if (KEPT.has(msr) && !READ_ONLY.has(msr)) written.set(msr, value);
    },
  };
};
