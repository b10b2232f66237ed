import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { type Death, die } from "./die.ts";
import { FLAGS_IF, ipOf } from "./registers.ts";
import { KERN_DEFAULT } from "./show-regs.ts";
import type { OopsState } from "./state.ts";
import { CUT_HERE, warnBlock } from "./warn.ts";

const KERN_CRIT = 2;
export const SIGSEGV = 11;
const INVALID_OPCODE = 6;

/** Flags of a `struct bug_entry` (include/asm-generic/bug.h). */
const BUGFLAG = { WARNING: 1, ONCE: 2, DONE: 4, NO_CUT_HERE: 8 } as const;
const TAINT_SHIFT = 8;
/** Its fields: displacements of instruction and file name, line, flags. */
const FILE_DISP = 4;
const LINE = 8;
const FLAGS = 10;
/** Longest file name that is believed. */
const MAX_PATH = 4096;

/** The death of a BUG(), or of an instruction that the CPU does not know. */
export const invalidOpcode = (
  host: OopsHost,
  incident: Incident,
  message: ByteString,
  kind: string,
): Death => ({
  text: "invalid opcode",
  errorCode: 0,
  signal: SIGSEGV,
  epilogue: [],
  irqsDisabled: (incident.regs.flags & FLAGS_IF) === 0n,
  nmi: false,
  trap: INVALID_OPCODE,
  control: host.control(),
  finding: { kind, message },
});

/** A BUG() of the kernel's own code. */
export const bug = (host: OopsHost, state: OopsState, incident: Incident): void => {
  host.print(KERN_DEFAULT, CUT_HERE);
  const message = `kernel BUG at ${incident.site?.source ?? "?"}!`;
  host.print(KERN_CRIT, message);
  die(host, state, incident, invalidOpcode(host, incident, message, "bug"));
};

/**
 * report_bug() of lib/bug.c for a `ud2` of the guest: "warn" goes on behind it, "bug" was announced
 * and dies of it, "none" has no entry.
 */
export const reportBug = (host: OopsHost, incident: Incident): "warn" | "bug" | "none" => {
  const { memory } = host;
  const entry = host.bugEntry(ipOf(incident.regs));
  if (entry === undefined) return "none";
  const flags = memory.u16(entry + FLAGS);
  const warning = (flags & BUGFLAG.WARNING) !== 0;
  if (warning && (flags & BUGFLAG.ONCE) !== 0) {
    if ((flags & BUGFLAG.DONE) !== 0) return "warn";
    memory.setU16(entry + FLAGS, flags | BUGFLAG.DONE);
  }
  if ((flags & BUGFLAG.NO_CUT_HERE) === 0) host.print(KERN_DEFAULT, CUT_HERE);
  const source = bugSource(host, entry);
  if (warning) {
    warnBlock(host, incident, source, flags >> TAINT_SHIFT);
    return "warn";
  }
  host.print(KERN_CRIT, `kernel BUG at ${source}!`);
  return "bug";
};

/** "t_crash.c:77" */
const bugSource = ({ memory }: OopsHost, entry: Address): ByteString => {
  const name = entry + FILE_DISP + memory.i32(entry + FILE_DISP);
  const file = memory.accessible(name, 1, "read") ? memory.cstring(name, MAX_PATH) : "?";
  return `${file}:${memory.u16(entry + LINE)}`;
};
