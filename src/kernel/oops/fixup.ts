import { type Address, toAddress } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import type { Exception } from "../exception.ts";
import { type ExceptionFixup, applyFixup, isUserAccess, uncheckedMsr } from "./exception-table.ts";
import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { memoryOperand } from "./instruction.ts";
import { ipOf } from "./registers.ts";
import { traceLines } from "./show-trace.ts";
import { KERN_DEFAULT, printAll } from "./show-regs.ts";
import type { OopsState } from "./state.ts";
import { hex, symbolText } from "./symbol-text.ts";
import { warn } from "./warn.ts";

const GENERAL_PROTECTION = 13;
const MAX_INSN_SIZE = 15;

/** WARN_ONCE of ex_handler_uaccess() in Debian's 6.1.0-56-amd64, and its way from the instruction. */
const BAD_USER_ACCESS = {
  source: "arch/x86/mm/extable.c:135",
  at: "ex_handler_uaccess+0x71/0x80",
  code: "01 00 00 00 5b c3 cc cc cc cc 80 3d f9 e2 b7 01 00 75 b8 48 c7 c7 b0 73 34 82 48 89 34 24 c6 05 e5 e2 b7 01 01 e8 cf 8e 01 00 <0f> 0b 48 8b 34 24 eb 99 0f 1f 80 00 00 00 00 0f 1f 44 00 00 55 48",
};
const GP_HANDLER = [
  "fixup_exception+0x236/0x310",
  "exc_general_protection+0x13c/0x4a0",
  "asm_exc_general_protection+0x22/0x30",
];

const once = (host: OopsHost, state: OopsState, what: string): boolean => {
  if (state.said[what] === true) return false;
  host.journal.touch(state.said)[what] = true;
  return true;
};

/** Goes on at an exception table entry, if there is one that takes this exception. */
export const fixUp = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  exception: Exception,
): boolean => {
  const entry = host.exceptionFixup(ipOf(incident.regs));
  if (entry === undefined) return false;
  if (exception.vector === GENERAL_PROTECTION && isUserAccess(entry) && once(host, state, "user access")) {
    warn(
      host,
      { ...incident, site: BAD_USER_ACCESS, handler: true, callers: incident.task.callers, via: GP_HANDLER },
      { message: "General protection fault in user access. Non-canonical address?" },
    );
  }
  msrComplaint(host, state, incident, entry);
  return applyFixup(host.registers, entry, exception.vector, () => zeroPad(host, incident, entry, exception));
};

const msrComplaint = (host: OopsHost, state: OopsState, incident: Incident, entry: ExceptionFixup): void => {
  const kind = uncheckedMsr(entry);
  if (kind === undefined || !once(host, state, `msr ${kind}`)) return;
  const { regs } = incident;
  const low = (value: bigint): string => Number(value & 0xffff_ffffn).toString(16);
  const wide = (value: bigint): string => low(value).padStart(8, "0");
  const at = `at rIP: 0x${hex(ipOf(regs))} (${symbolText(host.symbols, ipOf(regs))})`;
  const text =
    kind === "write"
      ? `WRMSR to 0x${low(regs.cx)} (tried to write 0x${wide(regs.dx)}${wide(regs.ax)})`
      : `RDMSR from 0x${low(regs.cx)}`;
  host.print(KERN_DEFAULT, `unchecked MSR access error: ${text} ${at}`);
  printAll(host, KERN_DEFAULT, traceLines(host, incident));
};

/** ex_handler_zeropad(): a word that ran over the end of its page, with zeros for what is missing. */
const zeroPad = (
  host: OopsHost,
  incident: Incident,
  { fixup }: ExceptionFixup,
  exception: Exception,
): boolean => {
  const ip: Address = ipOf(incident.regs);
  const length = fixup - ip;
  if (length <= 0 || length > MAX_INSN_SIZE) return false;
  try {
    const operand = memoryOperand(host.memory.bytes(ip, length), incident.regs, host.control());
    if (operand?.size !== 8 || operand.register === undefined) return false;
    const offset = operand.address & 7n;
    const word = toAddress(operand.address - offset);
    if (toAddress(exception.address) !== word + 8) return false;
    host.registers[operand.register] = host.memory.u64(word) >> (offset * 8n);
    return true;
  } catch (error) {
    if (error instanceof GuestFault) return false;
    throw error;
  }
};
