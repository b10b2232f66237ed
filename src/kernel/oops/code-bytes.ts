import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { GuestFault } from "../../base/errors.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import { hex } from "./symbol-text.ts";

/** arch/x86/kernel/dumpstack.c: two thirds of the bytes stand before the instruction pointer. */
export const PROLOGUE = 42;
const CODE_BYTES = 64;

export interface CodeLine {
  readonly text: ByteString;
  /** Where reading failed: the CPU's CR2 holds that afterwards. */
  readonly fault: Address | undefined;
}

/** `Code: .. <..> ..` from bytes already at hand: CODE_BYTES of them, the 43rd at the instruction pointer. */
export const formatCode = (bytes: Uint8Array): ByteString =>
  `Code: ${[...bytes]
    .map((byte, index) => {
      const digits = byte.toString(16).padStart(2, "0");
      return index === PROLOGUE ? `<${digits}>` : digits;
    })
    .join(" ")}`;

/** The "Code:" line for an instruction pointer. */
export const codeLine = (memory: GuestMemory, ip: Address): CodeLine => {
  const start = ip - PROLOGUE;
  try {
    return { text: formatCode(memory.bytes(start, CODE_BYTES)), fault: undefined };
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    const page = alignUp(start + 1, PAGE_SIZE);
    const fault = memory.accessible(start, 1, "read") ? page : start;
    return { text: unreadableCode(ip), fault };
  }
};

const unreadableCode = (ip: Address): ByteString =>
  `Code: Unable to access opcode bytes at 0x${hex(ip - PROLOGUE)}.`;
