/** int3 in module text: handlers, then the instruction it stands for (kprobe_int3_handler()). */
import { REG } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import type { Kprobes, ProbedPlace } from "./kprobes.ts";
import { PT_REGS, unpreempted, withRegs } from "./pt-regs.ts";
import { createSlots, emulate } from "./step.ts";
import { INT3, patch } from "./text.ts";

const RFLAGS_IF = 0x200n;

export interface Breakpoints {
  arm(place: ProbedPlace): void;
  disarm(place: ProbedPlace): void;
  /** The task ran into an int3: true when it is a probe's, and is being seen to. */
  hit(task: Task): boolean;
  /** A fault in a copied instruction is its original's: puts the task there. */
  leaveSlot(): void;
}

/** Which probe's handlers run: one that they run into is only counted. */
export interface Running {
  place: Address | undefined;
}

export const createBreakpoints = (k: Kernel, kprobes: () => Kprobes, running: Running): Breakpoints => {
  const { registers } = k.executor;
  const setIp = (address: Address): void => k.executor.setRegister(REG.RIP, address);
  const sp = (): Address => k.executor.register(REG.RSP);
  const slots = createSlots(k, (address, length) => {
    setIp(address + length);
    const place = kprobes().placeAt(address);
    const task = k.executor.current();
    if (place !== undefined && task !== undefined && wantsAfter(place))
      push(task, stepped(place, address + length));
  });
  const wantsAfter = (place: ProbedPlace): boolean =>
    place.kprobes.some((kprobe) => k.struct("kprobe", kprobe).post_handler !== 0);
  const push = (task: Task, routine: Routine<void>): void =>
    k.executor.pushRoutine(task, routine, () => {}, "kprobe_int3_handler");

  /** The instruction is done and the registers are as it left them. */
  function* stepped(place: ProbedPlace, ip: Address): Routine<void> {
    k.journal.touch(running).place = place.address;
    yield* withRegs(k, { ip, sp: sp() }, (regs) => unpreempted(k, kprobes().after(place, regs)));
    k.journal.touch(running).place = undefined;
  }
  /** Goes over the instruction; answers whether it is done already. */
  const step = (place: ProbedPlace): boolean => {
    const target = emulate(k, place.code, place.address);
    setIp(target ?? slots.slotFor(place.address, place.code)?.at ?? place.address);
    return target !== undefined;
  };
  function* handle(place: ProbedPlace): Routine<void> {
    let next: "go" | "skip" = "go";
    k.journal.touch(running).place = place.address;
    const flags = registers[REG.RFLAGS] ?? 0n;
    yield* withRegs(k, { ip: place.address + 1, sp: sp() }, function* (regs) {
      registers[REG.RFLAGS] = flags & ~RFLAGS_IF;
      const calls = function* (): Routine<void> {
        next = yield* kprobes().before(place, regs);
      };
      yield* unpreempted(k, calls());
      if (next === "go") k.memory.setPointer(regs + PT_REGS.IP, place.address);
    });
    k.journal.touch(running).place = undefined;
    if (next === "go" && step(place) && wantsAfter(place))
      yield* stepped(place, k.executor.register(REG.RIP));
  }

  return {
    arm: (place) => void (place.code.length > 0 && patch(k, place.address, Uint8Array.of(INT3))),
    disarm: (place) => void (place.code.length > 0 && patch(k, place.address, place.code.subarray(0, 1))),
    hit(task) {
      const ip = k.executor.register(REG.RIP);
      const place = kprobes().placeAt(ip - 1) ?? kprobes().placeAt(ip);
      if (place === undefined || place.how !== "int3") return false;
      if (running.place === undefined) {
        push(task, handle(place));
        return true;
      }
      for (const kprobe of place.kprobes) k.struct("kprobe", kprobe).nmissed += 1n;
      step(place);
      return true;
    },
    leaveSlot() {
      const original = slots.originalOf(k.executor.register(REG.RIP));
      if (original !== undefined) setIp(original);
    },
  };
};
