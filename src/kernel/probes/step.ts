/**
 * What happens in place of the instruction under a breakpoint: branches are worked out here, all else
 * runs as a copy elsewhere with a trap behind it (arch/x86/kernel/kprobes/core.c).
 */
import { REG } from "unicorn-engine";
import { type Address, PAGE_SIZE, toAddress, toPattern } from "../../base/address.ts";
import { instructionAt } from "../../loader/instruction-length.ts";
import { createCodeSlots } from "../code-slots.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { INT3, patch } from "./text.ts";

const SLOT_SIZE = 32;
const MAX_INSTRUCTION = 15;
const HLT = 0xf4;

/** A copy of an instruction that is free to run. */
export interface Slot {
  readonly at: Address;
  readonly length: number;
}

const signed = (code: Uint8Array, at: number, size: 1 | 4): number =>
  size === 1 ? ((code[at] ?? 0) << 24) >> 24 : new DataView(code.buffer, code.byteOffset).getInt32(at, true);

/** The condition codes of Jcc, by the upper three bits of the opcode's low half. */
const CONDITIONS: readonly ((flags: number) => boolean)[] = [
  (f) => (f & 0x800) !== 0,
  (f) => (f & 1) !== 0,
  (f) => (f & 0x40) !== 0,
  (f) => (f & 0x41) !== 0,
  (f) => (f & 0x80) !== 0,
  (f) => (f & 4) !== 0,
  (f) => ((f & 0x80) !== 0) !== ((f & 0x800) !== 0),
  (f) => (f & 0x40) !== 0 || ((f & 0x80) !== 0) !== ((f & 0x800) !== 0),
];

const holds = (k: Kernel, opcode: number): boolean => {
  const flags = Number((k.executor.registers[REG.RFLAGS] ?? 0n) & 0xffffn);
  const condition = CONDITIONS[(opcode & 15) >> 1]?.(flags) === true;
  return (opcode & 1) === 0 ? condition : !condition;
};

const push = (k: Kernel, value: Address): void => {
  const sp = k.executor.register(REG.RSP) - 8;
  k.memory.setPointer(sp, value);
  k.executor.registers[REG.RSP] = toPattern(sp);
};

const pop = (k: Kernel): Address => {
  const sp = k.executor.register(REG.RSP);
  k.executor.registers[REG.RSP] = toPattern(sp + 8);
  return k.memory.pointer(sp);
};

/** LOOPNE, LOOPE, LOOP, JRCXZ. */
const loops = (k: Kernel, opcode: number): boolean => {
  const { registers } = k.executor;
  if (opcode !== 0xe3) registers[REG.RCX] = BigInt.asUintN(64, (registers[REG.RCX] ?? 0n) - 1n);
  const isZero = registers[REG.RCX] === 0n;
  if (opcode === 0xe3) return isZero;
  const zf = ((registers[REG.RFLAGS] ?? 0n) & 0x40n) !== 0n;
  return !isZero && (opcode === 0xe2 || (opcode === 0xe1) === zf);
};

/** Does a branch; where it goes. Undefined for what is no branch, or none that can be done so. */
export const emulate = (k: Kernel, code: Uint8Array, address: Address): Address | undefined => {
  const shape = instructionAt(code, 0);
  if (shape === undefined) return undefined;
  const { length, opcodeAt } = shape;
  const next = address + length;
  const opcode = code[opcodeAt] ?? 0;
  if (opcode === 0xe8) {
    push(k, next);
    return next + signed(code, length - 4, 4);
  }
  if (opcode === 0xe9) return next + signed(code, length - 4, 4);
  if (opcode === 0xeb) return next + signed(code, length - 1, 1);
  if (opcode >> 4 === 7) return holds(k, opcode) ? next + signed(code, length - 1, 1) : next;
  if (opcode >= 0xe0 && opcode <= 0xe3) return loops(k, opcode) ? next + signed(code, length - 1, 1) : next;
  if (opcode === 0xc3) return pop(k);
  const second = code[opcodeAt + 1] ?? 0;
  if (opcode === 0x0f && second >> 4 === 8)
    return holds(k, second) ? next + signed(code, length - 4, 4) : next;
  return opcode === 0xff ? indirect(k, code, opcodeAt, next) : undefined;
};

/** `call *%reg` and `jmp *%reg`. */
const indirect = (k: Kernel, code: Uint8Array, opcodeAt: number, next: Address): Address | undefined => {
  const modrm = code[opcodeAt + 1] ?? 0;
  const operation = (modrm >> 3) & 7;
  if (modrm >> 6 !== 3 || (operation !== 2 && operation !== 4)) return undefined;
  const before = code[opcodeAt - 1] ?? 0;
  const high = opcodeAt > 0 && (before & 0xf1) === 0x41 ? 8 : 0;
  const target = toAddress(k.executor.registers[(modrm & 7) | high] ?? 0n);
  if (operation === 2) push(k, next);
  return target;
};

export interface Slots {
  /** A copy of the instruction at `address`, whose original bytes `code` starts with. */
  slotFor(address: Address, code: Uint8Array): Slot | undefined;
  /** What the slot at `ip` is a copy of. */
  originalOf(ip: Address): Address | undefined;
}

/** Copies lie in module space, where they can refer to what lies near the original. */
export const createSlots = (k: Kernel, finished: (address: Address, length: number) => void): Slots => {
  const slots: JournalMap<Address, Slot> = k.journal.map();
  const originals: JournalMap<Address, Address> = k.journal.map();
  const take = createCodeSlots(k, SLOT_SIZE, (page) => patch(k, page, new Uint8Array(PAGE_SIZE).fill(INT3)));
  const fill = (slot: Slot, address: Address, code: Uint8Array, relativeAt: number | undefined): void => {
    const copy = Uint8Array.of(...code.subarray(0, slot.length), HLT);
    if (relativeAt !== undefined) {
      const view = new DataView(copy.buffer);
      view.setInt32(relativeAt, view.getInt32(relativeAt, true) + (address - slot.at), true);
    }
    patch(k, slot.at, copy);
    k.executor.traps.set(slot.at + slot.length, {
      name: "kprobe_int3_handler",
      writesRegisters: true,
      enter() {
        finished(address, slot.length);
        return undefined;
      },
    });
  };

  return {
    slotFor(address, code) {
      const known = slots.get(address);
      const shape = instructionAt(code.subarray(0, MAX_INSTRUCTION), 0);
      if (shape === undefined) return undefined;
      const slot = known ?? { at: take(), length: shape.length };
      const fresh = { at: slot.at, length: shape.length };
      fill(fresh, address, code, shape.relativeAt);
      slots.set(address, fresh);
      originals.set(slot.at, address);
      return fresh;
    },
    originalOf: (ip) => originals.get(Math.floor(ip / SLOT_SIZE) * SLOT_SIZE),
  };
};
