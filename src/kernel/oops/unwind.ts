import { type Address, toAddress } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import type { OrcEntry } from "../../loader/orc.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { PtRegs } from "./registers.ts";

/** Base registers of ORC entries (arch/x86/include/asm/orc_types.h). */
const ORC_REG = {
  UNDEFINED: 0,
  PREV_SP: 1,
  DX: 2,
  DI: 3,
  BP: 4,
  SP: 5,
  R10: 6,
  R13: 7,
  BP_INDIRECT: 8,
  SP_INDIRECT: 9,
} as const;

export interface Unwinding {
  readonly memory: GuestMemory;
  /** The entry that covers `ip`, from the module that has it. */
  orc(ip: Address): OrcEntry | undefined;
  readonly stack: { readonly low: Address; readonly high: Address };
}

/** Where the unwinder is: the frame that resumes at `ip` once the word before `sp` is popped. */
export interface UnwindState {
  readonly ip: Address;
  readonly sp: Address;
  readonly bp: Address;
  /** Present when `ip` is where an exception happened, not a return address. */
  readonly regs?: PtRegs | undefined;
}

/** A function without a frame: what kernel helpers that run as guest code are. */
const LEAF_ENTRY: OrcEntry = {
  spOffset: 8,
  bpOffset: 0,
  spReg: ORC_REG.SP,
  bpReg: ORC_REG.UNDEFINED,
  type: 0,
  end: false,
};
/** The last good instruction before address 0 was an indirect call: its return address is on top. */
const NULL_ENTRY = LEAF_ENTRY;
/** A guess for code without ORC data: that it keeps a frame pointer. */
const FRAME_POINTER_ENTRY: OrcEntry = {
  spOffset: 16,
  bpOffset: -16,
  spReg: ORC_REG.BP,
  bpReg: ORC_REG.PREV_SP,
  type: 0,
  end: false,
};

/**
 * The calling frame, as arch/x86/kernel/unwind_orc.c finds it; undefined at the end of the stack
 * and where the data do not fit.
 */
export const unwindNext = (unwinding: Unwinding, state: UnwindState): UnwindState | undefined => {
  const at = state.regs === undefined ? state.ip - 1 : state.ip;
  const entry = at === 0 ? NULL_ENTRY : (unwinding.orc(at) ?? FRAME_POINTER_ENTRY);
  if (entry.type !== 0) return undefined;
  const sp = previousStack(unwinding, entry, state);
  if (sp === undefined) return undefined;
  const ip = read(unwinding, sp - 8);
  const bp = previousBase(unwinding, entry, state, sp);
  if (ip === undefined || bp === undefined) return undefined;
  // Bad data must not send the walk in circles.
  return sp > state.sp ? { ip, sp, bp } : undefined;
};

const read = ({ memory, stack }: Unwinding, address: Address): Address | undefined =>
  address >= stack.low && address + 8 <= stack.high ? readWord(memory, address) : undefined;

/** A word of the guest's; undefined where there is none. */
export const readWord = (memory: GuestMemory, address: Address): Address | undefined => {
  try {
    return memory.pointer(address);
  } catch (error) {
    if (error instanceof GuestFault) return undefined;
    throw error;
  }
};

const previousStack = (unwinding: Unwinding, entry: OrcEntry, state: UnwindState): Address | undefined => {
  const { regs } = state;
  const saved = (value: bigint | undefined): Address | undefined =>
    value === undefined ? undefined : toAddress(value);
  switch (entry.spReg) {
    case ORC_REG.SP:
      return state.sp + entry.spOffset;
    case ORC_REG.BP:
      return state.bp + entry.spOffset;
    case ORC_REG.BP_INDIRECT:
      return read(unwinding, state.bp + entry.spOffset);
    case ORC_REG.SP_INDIRECT: {
      const base = read(unwinding, state.sp);
      return base === undefined ? undefined : base + entry.spOffset;
    }
    case ORC_REG.R10:
      return saved(regs?.r10);
    case ORC_REG.R13:
      return saved(regs?.r13);
    case ORC_REG.DI:
      return saved(regs?.di);
    case ORC_REG.DX:
      return saved(regs?.dx);
    default:
      return undefined;
  }
};

const previousBase = (
  unwinding: Unwinding,
  entry: OrcEntry,
  state: UnwindState,
  sp: Address,
): Address | undefined => {
  if (entry.bpReg === ORC_REG.PREV_SP) return read(unwinding, sp + entry.bpOffset);
  if (entry.bpReg === ORC_REG.BP) return read(unwinding, state.bp + entry.bpOffset);
  return entry.bpReg === ORC_REG.UNDEFINED ? state.bp : undefined;
};
