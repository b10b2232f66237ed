import { PAGE_SIZE, hex16 } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";

/** Bits of a page fault's error code (arch/x86/include/asm/trap_pf.h). */
export const PF = { PROT: 1, WRITE: 2, USER: 4, RSVD: 8, INSTR: 16, PK: 32 } as const;

/** A line of the log: level and text. */
export type Line = readonly [level: number, text: ByteString];

const PAGE_PRESENT = 1n;
const PAGE_PSE = 0x80n;
const PAGE_USER = 4n;
const PAGE_NX = 1n << 63n;

/** Table entries for an address, top first: PGD, PUD, PMD, PTE; ends with the first that leads nowhere. */
export type PageWalk = readonly bigint[];

export interface PageFault {
  readonly errorCode: number;
  /** CR2, a 64-bit pattern. */
  readonly address: bigint;
  readonly walk: PageWalk;
  readonly uid: number;
}

const access = (errorCode: number): string => {
  if ((errorCode & PF.INSTR) !== 0) return "instruction fetch";
  return (errorCode & PF.WRITE) !== 0 ? "write access" : "read access";
};

const cause = (errorCode: number): string => {
  if ((errorCode & PF.PROT) === 0) return "not-present page";
  if ((errorCode & PF.RSVD) !== 0) return "reserved bit violation";
  return (errorCode & PF.PK) !== 0 ? "protection keys violation" : "permissions violation";
};

const executeLines = ({ errorCode, walk, uid }: PageFault): Line[] => {
  const last = walk.at(-1) ?? 0n;
  const mapped = walk.length === 4 || (last & PAGE_PSE) !== 0n;
  if ((errorCode & PF.INSTR) === 0 || !mapped || (last & PAGE_PRESENT) === 0n) return [];
  if ((last & PAGE_NX) !== 0n) {
    return [[2, `kernel tried to execute NX-protected page - exploit attempt? (uid: ${uid})`]];
  }
  if (((walk[0] ?? 0n) & PAGE_USER) === 0n) return [];
  return [[2, `unable to execute userspace code (SMEP?) (uid: ${uid})`]];
};

/** "PGD 2a15067 P4D 2a15067 PUD 2a17067 PMD 3fec5067 PTE 0"; with four levels P4D repeats PGD. */
const walkText = (walk: PageWalk): ByteString => {
  const [pgd = 0n, pud, pmd, pte] = walk;
  // A folded level is always present, so that P4D is shown even of nothing.
  const named: (readonly [string, bigint | undefined])[] = [
    ["PGD", pgd],
    ["P4D", pgd],
  ];
  if ((pgd & PAGE_PRESENT) !== 0n) named.push(["PUD", pud], ["PMD", pmd], ["PTE", pte]);
  const known = named.filter((entry): entry is readonly [string, bigint] => entry[1] !== undefined);
  const text = known.map(([name, value]) => `${name} ${value.toString(16)}`).join(" ");
  return pte === undefined ? `${text} ` : text;
};

/** The lines from "BUG:" to the page table walk (show_fault_oops of arch/x86/mm/fault.c). */
export const pageFaultLines = (fault: PageFault): Line[] => {
  const { errorCode, address } = fault;
  const what =
    address < BigInt(PAGE_SIZE) ? "kernel NULL pointer dereference," : "unable to handle page fault for";
  return [
    ...executeLines(fault),
    [1, `BUG: ${what} address: ${hex16(address)}`],
    [1, `#PF: ${(errorCode & PF.USER) === 0 ? "supervisor" : "user"} ${access(errorCode)} in kernel mode`],
    [1, `#PF: error_code(0x${errorCode.toString(16).padStart(4, "0")}) - ${cause(errorCode)}`],
    [6, walkText(fault.walk)],
  ];
};
