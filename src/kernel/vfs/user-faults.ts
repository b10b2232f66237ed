/** Page faults of user addresses, taken on behalf of the process (arch/x86/mm/fault.c, mm/memory.c). */
import { REG } from "unicorn-engine";
import { type Address, PAGE_SIZE, alignDown, toAddress } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import type { Exception } from "../exception.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { frameToVirt } from "../memory/layout.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import { type Mapping, VM } from "./mappings.ts";

type Access = "read" | "write";

/** enum vm_fault_reason (include/linux/mm_types.h) */
const VM_FAULT = { NOPAGE: 0x100, LOCKED: 0x200, ERROR: 0x1 | 0x2 | 0x10 | 0x20 | 0x40 | 0x800 } as const;
const FAULT_FLAG = { WRITE: 1, DEFAULT: 4 | 0x10 | 0x200, MKWRITE: 2 } as const;
const PG_LOCKED = 1;
const PAGE_FAULT = 14;

export interface UserFaults {
  /**
   * A stub that runs for the current process met that fault: true when it is to be taken, and the stub
   * entered again.
   */
  takes(fault: GuestFault): boolean;
  /** An exception of the current task; true when it is being handled and the task goes on. */
  take(task: Task, exception: Exception): boolean;
  /** Brings the page in; false when that cannot be (SIGSEGV, SIGBUS). */
  resolve(pid: number, address: Address, access: Access): Routine<boolean>;
}

/** The struct vm_fault of one call, and what came of it. */
function* callFault(
  k: Kernel,
  { vma, start }: Mapping,
  { fn, at, flags, page }: { fn: Address; at: Address; flags: number; page: Address },
): Routine<{ readonly result: number; readonly page: Address }> {
  const vmf = k.heap.internal(new Uint8Array(k.sizeOf("vm_fault")));
  const view = k.struct("vm_fault", vmf);
  view.vma = vma as typeof view.vma;
  view.gfp_mask = 0xcc0;
  view.pgoff = k.struct("vm_area_struct", vma).vm_pgoff + BigInt((at - start) / PAGE_SIZE);
  view.address = BigInt(at);
  view.real_address = BigInt(at);
  view.flags = flags;
  view.page = page as typeof view.page;
  try {
    const result = Number(BigInt.asUintN(32, yield* k.call(fn, vmf)));
    return { result, page: view.page };
  } finally {
    k.heap.kfree(vmf);
  }
}

const unlock = (k: Kernel, page: Address): void => k.memory.setU32(page, k.memory.u32(page) & ~PG_LOCKED);

const copyFrame = (k: Kernel, from: number): number | undefined => {
  const frame = k.pages.allocate(0, GFP_KERNEL);
  if (frame === undefined) return undefined;
  k.memory.write(frameToVirt(frame), k.memory.bytes(frameToVirt(from), PAGE_SIZE));
  return frame;
};

/** do_wp_page(): a private page is copied, a shared one becomes writable once the driver knows. */
function* writable(k: Kernel, mapping: Mapping, at: Address, frame: number): Routine<boolean> {
  const view = k.struct("vm_area_struct", mapping.vma);
  const there = mapping.pages.get(at);
  if ((view.vm_flags & VM.SHARED) === 0n) {
    if (there?.kind === "own") {
      k.machine.protect(at, 1, { write: true, execute: false, user: true });
      return true;
    }
    const copy = copyFrame(k, frame);
    if (copy === undefined) return false;
    k.mappings.insert(mapping, at, { frame: copy, kind: "own" }, "write");
    return true;
  }
  const fn = view.vm_ops === 0 ? 0 : k.struct("vm_operations_struct", view.vm_ops).page_mkwrite;
  if (fn !== 0 && there?.kind === "page") {
    const page = k.pages.virtToPage(frameToVirt(frame));
    const flags = FAULT_FLAG.WRITE | FAULT_FLAG.MKWRITE;
    const { result } = yield* callFault(k, mapping, { fn, at, flags, page });
    if ((result & VM_FAULT.ERROR) !== 0) return false;
    if ((result & VM_FAULT.LOCKED) !== 0) unlock(k, page);
  }
  k.machine.protect(at, 1, { write: true, execute: false, user: true });
  return true;
}

/** do_fault(): the driver's page, or a zeroed one where nothing is mapped. */
function* bring(k: Kernel, mapping: Mapping, at: Address, access: Access): Routine<boolean> {
  const view = k.struct("vm_area_struct", mapping.vma);
  const operations = view.vm_ops === 0 ? undefined : k.struct("vm_operations_struct", view.vm_ops);
  const shared = (view.vm_flags & VM.SHARED) !== 0n;
  const direct = (view.vm_flags & VM.WRITE) !== 0n && (shared || mapping.file === undefined);
  if (mapping.file === undefined) {
    const frame = k.pages.allocate(0, GFP_KERNEL);
    if (frame === undefined) return false;
    k.mappings.insert(mapping, at, { frame, kind: "own" }, direct ? "write" : "read");
    return true;
  }
  const fn = operations?.fault ?? 0;
  if (fn === 0) return false;
  const flags = FAULT_FLAG.DEFAULT | (access === "write" ? FAULT_FLAG.WRITE : 0);
  const { result, page } = yield* callFault(k, mapping, { fn, at, flags, page: 0 });
  if ((result & VM_FAULT.ERROR) !== 0) return false;
  if ((result & VM_FAULT.NOPAGE) !== 0) return mapping.pages.get(at) !== undefined;
  if (page === 0) return false;
  if ((result & VM_FAULT.LOCKED) !== 0) unlock(k, page);
  const notified = (operations?.page_mkwrite ?? 0) !== 0;
  const frame = k.pages.pageToFrame(page);
  k.mappings.insert(mapping, at, { frame, kind: "page" }, direct && !notified ? "write" : "read");
  return access === "read" || (direct && !notified) ? true : yield* writable(k, mapping, at, frame);
}

/** Copies by words try what is left once more, byte by byte. */
const attemptsOf = (stub: string | undefined): number => (/copy|clear_user/.test(stub ?? "") ? 2 : 1);

export const createUserFaults = (k: Kernel): UserFaults => {
  /** Page that could not be brought in for a stub about to be entered again, by PID. */
  const refused = k.journal.map<number, Address>();
  const allowed = (pid: number, address: Address, access: Access): Mapping | undefined => {
    const mapping = k.mappings.find(pid, address);
    if (mapping === undefined) return undefined;
    const flags = k.struct("vm_area_struct", mapping.vma).vm_flags;
    return (flags & (access === "write" ? VM.WRITE : VM.READ)) === 0n ? undefined : mapping;
  };
  function* resolve(pid: number, address: Address, access: Access): Routine<boolean> {
    const mapping = allowed(pid, address, access);
    if (mapping === undefined) return false;
    const at = alignDown(address, PAGE_SIZE);
    const there = mapping.pages.get(at);
    if (there === undefined) return yield* bring(k, mapping, at, access);
    return access === "read" ? true : yield* writable(k, mapping, at, there.frame);
  }
  const mayFault = (task: Task): boolean =>
    task.context === "process" &&
    k.interrupts.context() === "process" &&
    k.struct("task_struct", task.taskStruct).pagefault_disabled === 0;

  /** What the task does once its page is there, or cannot be had. */
  const goOn = (task: Task, exception: Exception, came: boolean): void => {
    if (exception.stub !== undefined) {
      if (!came) refused.set(task.pid, alignDown(toAddress(exception.address), PAGE_SIZE));
      k.executor.setRegister(REG.RIP, k.executor.register(REG.RIP) - 1);
    } else if (!came && k.traces.exception(task, exception) === "kill") {
      task.state = "dead";
      task.frames.length = 0;
    }
  };
  return {
    resolve,
    takes(fault) {
      const task = k.executor.current();
      // Host code that is under way cannot be started again.
      if (task === undefined || task.frames.at(-1)?.kind === "host" || !mayFault(task)) return false;
      const page = alignDown(fault.address, PAGE_SIZE);
      if (refused.size > 0 && refused.get(task.pid) === page) {
        refused.delete(task.pid);
        return false;
      }
      return allowed(task.pid, fault.address, fault.write ? "write" : "read") !== undefined;
    },
    take(task, exception) {
      const address = toAddress(exception.address);
      const access = (exception.errorCode & 2) === 0 ? "read" : "write";
      if (exception.vector !== PAGE_FAULT || address < 0 || task.frames.at(-1)?.kind === "host") return false;
      if (!mayFault(task) || allowed(task.pid, address, access) === undefined) return false;
      const flags = k.executor.registers[REG.RFLAGS] ?? 0n;
      function* handle(): Routine<boolean> {
        for (let left = attemptsOf(exception.stub); left > 0; left -= 1)
          if (yield* resolve(task.pid, address, access)) return true;
        return false;
      }
      k.executor.pushRoutine(
        task,
        handle(),
        (came) => {
          k.executor.registers[REG.RFLAGS] = flags;
          goOn(task, exception, came === true);
        },
        "handle_mm_fault",
      );
      return true;
    },
  };
};
