import { REG } from "unicorn-engine";
import { PAGE_SIZE } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import type { Machine } from "../machine/machine.ts";
import type { Profile } from "../profile/profile.ts";
import type { Executor } from "./executor.ts";
import type { Cpu } from "./kernel.ts";
import { PERCPU_BASE } from "./memory/layout.ts";

/** Bytes of static per-CPU variables in the kernel image, with room behind. */
const STATIC_PAGES = 64;
/** Stack canary: gs:0x28 (struct fixed_percpu_data). */
const CANARY = 0x28;
/** "No reschedule needed", inverted, in the count's top bit (arch/x86/include/asm/preempt.h). */
const PREEMPT_NEED_RESCHED = 0x80000000;
const RFLAGS_IF = 0x200n;
const OWNED = new Set(["current_task", "__preempt_count", "this_cpu_off"]);

/** CPU 0: maps the static per-CPU area, points gs at it. */
export const createCpu = (machine: Machine, profile: Profile, executor: Executor, canary: bigint): Cpu => {
  const { memory } = machine;
  const frame = machine.frames.allocate(STATIC_PAGES);
  if (frame === undefined) throw new KoboxError("ram", "guest RAM is too small");
  machine.map(PERCPU_BASE, frame, STATIC_PAGES, { write: true, execute: false });
  machine.engine.setControl({ gsBase: BigInt.asUintN(64, BigInt(PERCPU_BASE)) });
  memory.setU64(PERCPU_BASE + CANARY, canary);

  const variable = (name: string): number => {
    const symbol = profile.symbol(name);
    if (symbol?.kind !== "percpu" || symbol.address >= STATIC_PAGES * PAGE_SIZE) {
      throw new KoboxError("profile", `kernel profile ${profile.release} has no per-CPU variable ${name}`);
    }
    return PERCPU_BASE + symbol.address;
  };
  const count = variable("__preempt_count");
  memory.setU32(count, PREEMPT_NEED_RESCHED);
  const preemptCount = (): number => memory.u32(count) & ~PREEMPT_NEED_RESCHED;
  const setPreemptCount = (value: number): void => memory.setU32(count, (value | PREEMPT_NEED_RESCHED) >>> 0);
  memory.setPointer(variable("this_cpu_off"), PERCPU_BASE);
  return {
    base: PERCPU_BASE,
    variable,
    owns: (name) => OWNED.has(name),
    preemptCount,
    setPreemptCount,
    addPreemptCount: (by) => setPreemptCount(preemptCount() + by),
    irqsDisabled: () => ((executor.registers[REG.RFLAGS] ?? 0n) & RFLAGS_IF) === 0n,
    setIrqs(state) {
      const flags = executor.registers[REG.RFLAGS] ?? 0n;
      executor.setRegister(REG.RFLAGS, Number(state === "on" ? flags | RFLAGS_IF : flags & ~RFLAGS_IF));
    },
  };
};
