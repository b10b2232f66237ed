import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Finding } from "../events.ts";
import type { Journal } from "../journal.ts";
import type { StopReason } from "../kernel.ts";
import type { Task } from "../task.ts";
import type { TraceHost } from "./call-trace.ts";
import type { ExceptionFixup } from "./exception-table.ts";
import type { PageWalk } from "./page-fault.ts";
import type { KernelBuild, LinkedModule, Work } from "./print-info.ts";
import type { ControlRegisters, PtRegs } from "./registers.ts";
import type { Taints } from "./taint.ts";
import type { SystemCall } from "./user-registers.ts";

/** What the die chain is told (struct die_args). */
export interface DieNote {
  readonly event: number;
  readonly text: ByteString;
  readonly errorCode: number;
  readonly trap: number;
  readonly signal: number;
}

/** What reporting a kernel's death needs of the rest of the kernel. */
export interface OopsHost extends TraceHost {
  readonly journal: Journal;
  readonly taints: Taints;
  readonly build: KernelBuild;
  /** One finished record. */
  print(level: number, text: ByteString): void;
  /** The engine's registers: those of the task that runs. */
  readonly registers: BigUint64Array;
  /** The task whose stack is in use: an interrupt context while one is served. */
  running(): Task | undefined;
  /** The process that is current, interrupted or not; undefined when the CPU was idle. */
  current(): Task | undefined;
  control(): ControlRegisters;
  walk(address: Address): PageWalk;
  /** The guest's __preempt_count. */
  preemptCount(): number;
  setPreemptCount(count: number): void;
  uid(): number;
  /** Newest first, without those still UNFORMED. */
  modules(): readonly LinkedModule[];
  lastUnloaded(): { readonly name: ByteString; readonly taints: ByteString } | undefined;
  /** Entry of a loaded module's `__ex_table` (or of a kernel helper) for this instruction. */
  exceptionFixup(ip: Address): ExceptionFixup | undefined;
  /** Address of the `struct bug_entry` for this instruction, in a loaded module's `__bug_table`. */
  bugEntry(ip: Address): Address | undefined;
  /** What a workqueue worker is at. */
  work(task: Task): Work | undefined;
  /** The system call a process is in; undefined for kernel threads. */
  systemCall(task: Task): SystemCall | undefined;
  /** `%p`: the address as the log may show it. */
  hashed(address: Address): ByteString;
  /** Tells the die chain; "stop" when a block says so, and the registers are then as it left them. */
  notifyDie(regs: PtRegs, note: DieNote): "go-on" | "stop";
  /** Calls the panic notifiers. */
  notifyPanic(message: ByteString): void;
  finding(finding: Finding): void;
  /** Ends the run. */
  stop(reason: StopReason): void;
}
