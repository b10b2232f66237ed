/** Registration of kprobes (kernel/kprobes.c). The guest's struct kprobe keeps what the guest can see. */
import type { Address } from "../../base/address.ts";
import { EILSEQ, EINVAL, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { instructionAt } from "../../loader/instruction-length.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { isBlacklisted } from "./blacklist.ts";
import { INT3, isKernelText, lookupName } from "./text.ts";

// include/linux/kprobes.h
const FLAG_GONE = 1;
const FLAG_DISABLED = 2;
const FLAG_FTRACE = 8;
const FLAG_ON_FUNC_ENTRY = 16;

const MAX_INSTRUCTION = 15;

/** All probes of one instruction. */
export interface ProbedPlace {
  readonly address: Address;
  readonly how: "ftrace" | "int3";
  /** struct kprobe's, the newest first. */
  readonly kprobes: readonly Address[];
  /** The instruction's bytes, and those after it. */
  readonly code: Uint8Array;
}

export interface Kprobes {
  register(kprobe: Address): void;
  unregister(kprobe: Address): void;
  /** Errno EINVAL for one that is not registered. */
  enable(kprobe: Address): void;
  disable(kprobe: Address): void;
  isRegistered(kprobe: Address): boolean;
  placeAt(address: Address): ProbedPlace | undefined;
  isEnabled(kprobe: Address): boolean;
  /** Calls the handlers of a place; "skip": one of them has decided where to go on. */
  before(place: ProbedPlace, regs: Address): Routine<"go" | "skip">;
  after(place: ProbedPlace, regs: Address): Routine<void>;
  /** Probes in [from, to) have lost their code. */
  forget(from: Address, to: Address): void;
}

/** How a place is made to call the handlers, and to stop doing so. */
export interface Arming {
  isTraceable(address: Address): boolean;
  arm(place: ProbedPlace): void;
  disarm(place: ProbedPlace): void;
}

/** kprobe_addr(): from a symbol and an offset, or as given. */
export const probeAddress = (k: Kernel, kprobe: Address): Address => {
  const view = k.struct("kprobe", kprobe);
  if ((view.symbol_name === 0) === (view.addr === 0)) throw new Errno(EINVAL);
  const base =
    view.symbol_name === 0
      ? k.symbols.lookup(view.addr) && view.addr
      : lookupName(k, k.memory.cstring(view.symbol_name));
  if (base === undefined) throw new Errno(ENOENT);
  return base + view.offset;
};

/** can_probe(): an instruction begins there, counted from where its function begins. */
const isBoundary = (k: Kernel, address: Address, original: (at: Address) => Uint8Array): boolean => {
  const offset = k.symbols.lookup(address)?.offset ?? 0;
  let at = address - offset;
  while (at < address) {
    const shape = instructionAt(original(at), 0);
    if (shape === undefined) return false;
    at += shape.length;
  }
  return at === address;
};

export const createKprobes = (k: Kernel, arming: Arming): Kprobes => {
  const places: JournalMap<Address, ProbedPlace> = k.journal.map();
  const registered: JournalMap<Address, Address> = k.journal.map();
  const flagsOf = (kprobe: Address): number => k.struct("kprobe", kprobe).flags;
  const isEnabled = (kprobe: Address): boolean => (flagsOf(kprobe) & (FLAG_DISABLED | FLAG_GONE)) === 0;
  const isArmed = (place: ProbedPlace | undefined): boolean => place?.kprobes.some(isEnabled) === true;

  /** What is at `at` without the breakpoints. */
  const original = (at: Address): Uint8Array => {
    const size = Math.max(0, MAX_INSTRUCTION);
    if (!k.memory.accessible(at, size, "read")) return new Uint8Array(0);
    const code = k.memory.bytes(at, size).slice();
    for (let index = 0; index < size; index += 1) {
      const place = places.get(at + index);
      if (place?.how === "int3") code[index] = place.code[0] ?? INT3;
    }
    return code;
  };
  const check = (address: Address): void => {
    if (!isKernelText(k, address) || isBlacklisted(k, address)) throw new Errno(EINVAL);
  };
  const placeFor = (address: Address): ProbedPlace => {
    const known = places.get(address);
    if (known !== undefined) return known;
    if (arming.isTraceable(address)) return { address, how: "ftrace", kprobes: [], code: new Uint8Array(0) };
    // Of the kernel's own functions there is no code here: a probe inside one is never hit.
    const inModule = k.modules.list.at(address) !== undefined;
    const code = inModule ? original(address) : new Uint8Array(0);
    if (inModule && !isBoundary(k, address, original)) throw new Errno(EILSEQ);
    if (inModule && code[0] === INT3) throw new Errno(EINVAL);
    return { address, how: "int3", kprobes: [], code };
  };
  const change = (before: ProbedPlace | undefined, place: ProbedPlace): void => {
    const was = isArmed(before);
    if (place.kprobes.length === 0) places.delete(place.address);
    else places.set(place.address, place);
    if (!was && isArmed(place)) arming.arm(place);
  };
  const settle = (place: ProbedPlace, was: boolean): void => {
    if (was && !isArmed(place)) arming.disarm(place);
    else if (!was && isArmed(place)) arming.arm(place);
  };
  const placeOf = (kprobe: Address): ProbedPlace => {
    const place = places.get(registered.get(kprobe) ?? 0);
    if (place === undefined) throw new Errno(EINVAL);
    return place;
  };
  const setFlag = (kprobe: Address, change: (flags: number) => number): void => {
    const place = placeOf(kprobe);
    const was = isArmed(place);
    const view = k.struct("kprobe", kprobe);
    view.flags = change(view.flags);
    settle(place, was);
  };

  return {
    register(kprobe) {
      const address = probeAddress(k, kprobe);
      if (registered.has(kprobe)) throw new Errno(EINVAL);
      const view = k.struct("kprobe", kprobe);
      view.flags &= FLAG_DISABLED;
      view.nmissed = 0n;
      view.addr = address as typeof view.addr;
      check(address);
      const place = placeFor(address);
      if (place.how === "ftrace") view.flags |= FLAG_FTRACE;
      else view.opcode = place.code[0] ?? 0;
      if (k.symbols.lookup(address)?.offset === 0) view.flags |= FLAG_ON_FUNC_ENTRY;
      registered.set(kprobe, address);
      change(places.get(address), { ...place, kprobes: [kprobe, ...place.kprobes] });
    },
    unregister(kprobe) {
      const place = places.get(registered.get(kprobe) ?? 0);
      if (place === undefined) return;
      const was = isArmed(place);
      const left = { ...place, kprobes: place.kprobes.filter((one) => one !== kprobe) };
      registered.delete(kprobe);
      if (left.kprobes.length === 0) places.delete(place.address);
      else places.set(place.address, left);
      settle(left, was);
    },
    enable: (kprobe) => setFlag(kprobe, (flags) => flags & ~FLAG_DISABLED),
    disable: (kprobe) => setFlag(kprobe, (flags) => flags | FLAG_DISABLED),
    isRegistered: (kprobe) => registered.has(kprobe),
    placeAt: (address) => places.get(address),
    isEnabled,
    *before(place, regs) {
      for (const kprobe of place.kprobes) {
        const handler = k.struct("kprobe", kprobe).pre_handler;
        if (handler === 0 || !isEnabled(kprobe)) continue;
        if (BigInt.asIntN(32, yield* k.call(handler, kprobe, regs)) !== 0n) return "skip";
      }
      return "go";
    },
    *after(place, regs) {
      for (const kprobe of place.kprobes) {
        const handler = k.struct("kprobe", kprobe).post_handler;
        if (handler !== 0 && isEnabled(kprobe)) yield* k.call(handler, kprobe, regs, 0);
      }
    },
    forget(from, to) {
      for (const place of places.values()) {
        if (place.address < from || place.address >= to) continue;
        places.delete(place.address);
        for (const kprobe of place.kprobes) registered.delete(kprobe);
      }
    },
  };
};
