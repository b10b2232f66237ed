/** kretprobes: the return address is replaced, and put back when the function returns (kernel/trace/rethook.c). */
import { REG } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import { E2BIG, EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { StartRoutine } from "../execution.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import { type Kprobes, probeAddress } from "./kprobes.ts";
import { PT_REGS, unpreempted, withRegs } from "./pt-regs.ts";
import { placeHost } from "./text.ts";

/** KRETPROBE_MAX_DATA_SIZE (include/linux/kprobes.h) */
const MAX_DATA = 4096;
/** max(10, 2 * num_possible_cpus()), as the kernel is built with preemption. */
const DEFAULT_MAXACTIVE = 10;
/** struct rethook: data, handler, pool, ref, rcu. */
const RETHOOK_SIZE = 64;

interface Hooked {
  readonly kretprobe: Address;
  readonly instance: Address;
  readonly returnTo: Address;
}

interface Registered {
  readonly rethook: Address;
  readonly all: readonly Address[];
  readonly free: readonly Address[];
}

export interface Kretprobes {
  register(kretprobe: Address): void;
  unregister(kretprobe: Address): void;
  /** The pre-handler of a kretprobe's kprobe. */
  entered(kprobe: Address, regs: Address): Routine<void>;
}

export const createKretprobes = (k: Kernel, kprobes: Kprobes): Kretprobes => {
  const known: JournalMap<Address, Registered> = k.journal.map();
  /** Functions on their way, innermost last, by the task that is in them. */
  const pending: JournalMap<Task, readonly Hooked[]> = k.journal.map();
  const node = (field: string): number => k.offsetOf("rethook_node", field);
  const dataAt = k.sizeOf("rethook_node");

  const allocate = (kretprobe: Address): Registered => {
    const view = k.struct("kretprobe", kretprobe);
    const size = dataAt + view.data_size;
    if (view.maxactive * size > k.machine.ram.length) throw new Errno(ENOMEM);
    const all: Address[] = [];
    const rethook = k.heap.kmalloc(RETHOOK_SIZE, GFP_KERNEL);
    k.memory.fill(rethook, 0, RETHOOK_SIZE);
    k.memory.setPointer(rethook, kretprobe);
    for (let index = 0; index < view.maxactive; index += 1) {
      const instance = k.heap.kmalloc(size, GFP_KERNEL);
      if (instance === 0) {
        for (const taken of [rethook, ...all]) k.heap.kfree(taken);
        throw new Errno(ENOMEM);
      }
      k.memory.fill(instance, 0, size);
      k.memory.setPointer(instance + node("rethook"), rethook);
      all.push(instance);
    }
    view.rh = rethook as typeof view.rh;
    return { rethook, all, free: all };
  };
  const release = ({ rethook, all }: Registered): void => {
    for (const one of [rethook, ...all]) k.heap.kfree(one);
  };
  const giveBack = (kretprobe: Address, instance: Address): void => {
    const registered = known.get(kretprobe);
    if (registered !== undefined)
      known.set(kretprobe, { ...registered, free: [...registered.free, instance] });
  };
  const trampoline = (): Address => placeHost(k, "arch_rethook_trampoline", returned);

  const hook = (hooked: Omit<Hooked, "returnTo">, regs: Address): void => {
    const task = k.executor.current();
    if (task === undefined) return;
    const sp = k.memory.pointer(regs + PT_REGS.SP);
    const returnTo = k.memory.pointer(sp);
    k.memory.setPointer(hooked.instance + node("ret_addr"), returnTo);
    k.memory.setPointer(hooked.instance + node("frame"), sp);
    k.memory.setPointer(sp, trampoline());
    pending.set(task, [...(pending.get(task) ?? []), { ...hooked, returnTo }]);
  };
  const returned = (): StartRoutine | undefined => {
    const task = k.executor.current();
    const stack = task === undefined ? undefined : pending.get(task);
    const hooked = stack?.at(-1);
    if (task === undefined || stack === undefined || hooked === undefined) return undefined;
    if (stack.length === 1) pending.delete(task);
    else pending.set(task, stack.slice(0, -1));
    return { kind: "routine", routine: leave(hooked), finish: () => {} };
  };
  function* leave({ kretprobe, instance, returnTo }: Hooked): Routine<void> {
    const sp = k.executor.register(REG.RSP);
    yield* withRegs(k, { ip: trampoline(), sp }, function* (regs) {
      const handlers = function* (): Routine<void> {
        const registered = known.get(kretprobe);
        const { handler } = k.struct("kretprobe", kretprobe);
        if (registered !== undefined && handler !== 0) yield* k.call(handler, instance, regs);
      };
      yield* unpreempted(k, handlers());
      k.memory.setPointer(regs + PT_REGS.IP, returnTo);
    });
    giveBack(kretprobe, instance);
  }

  return {
    register(kretprobe) {
      const view = k.struct("kretprobe", kretprobe);
      const address = probeAddress(k, kretprobe);
      if (k.symbols.lookup(address)?.offset !== 0) throw new Errno(EINVAL);
      if (kprobes.isRegistered(kretprobe)) throw new Errno(EINVAL);
      if (view.data_size > MAX_DATA) throw new Errno(E2BIG);
      const before = k.symbols.address("pre_handler_kretprobe") ?? 0;
      view.kp.pre_handler = before as typeof view.kp.pre_handler;
      view.kp.post_handler = 0 as typeof view.kp.post_handler;
      if (view.maxactive <= 0) view.maxactive = DEFAULT_MAXACTIVE;
      view.nmissed = 0;
      const registered = allocate(kretprobe);
      try {
        kprobes.register(kretprobe);
      } catch (error) {
        release(registered);
        throw error;
      }
      known.set(kretprobe, registered);
    },
    unregister(kretprobe) {
      const registered = known.get(kretprobe);
      if (registered === undefined) return;
      kprobes.unregister(kretprobe);
      known.delete(kretprobe);
      release(registered);
    },
    *entered(kretprobe, regs) {
      const registered = known.get(kretprobe);
      const instance = registered?.free.at(-1);
      const view = k.struct("kretprobe", kretprobe);
      if (registered === undefined || instance === undefined) {
        view.nmissed += 1;
        return;
      }
      known.set(kretprobe, { ...registered, free: registered.free.slice(0, -1) });
      const { entry_handler } = view;
      const refuses =
        entry_handler !== 0 && BigInt.asIntN(32, yield* k.call(entry_handler, instance, regs)) !== 0n;
      if (refuses) giveBack(kretprobe, instance);
      else hook({ kretprobe, instance }, regs);
    },
  };
};
