import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import type { Machine } from "../machine/machine.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { Profile } from "../profile/profile.ts";
import type { StructTypes } from "../profile/struct-types.ts";
import type { AcpiNamespace } from "./acpi/namespace.ts";
import type { Clock } from "./clock.ts";
import type { Events } from "./events.ts";
import type { Findings } from "./findings.ts";
import type { Crypto } from "./crypto/registry.ts";
import type { Executor } from "./executor.ts";
import type { FileSystems } from "./filesystems/state.ts";
import type { HostCode } from "./host-code.ts";
import type { KernelImage } from "./image.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Irqs } from "./irq/irqs.ts";
import type { Keys } from "./keys/keys.ts";
import type { Journal, JournalSet } from "./journal.ts";
import type { Leds } from "./leds/leds.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log/log.ts";
import type { Msrs } from "./msrs.ts";
import type { Net } from "./net/net.ts";
import type { FormatEnv } from "./printf/env.ts";
import type { Random } from "./random.ts";
import type { Routine } from "./routine.ts";
import type { Heap } from "./memory/heap.ts";
import type { Io } from "./memory/io.ts";
import type { Pages } from "./memory/pages.ts";
import type { Percpu } from "./memory/percpu.ts";
import type { Vmalloc } from "./memory/vmalloc.ts";
import type { ModuleSystem } from "./modules/system.ts";
import type { Probes } from "./probes/probes.ts";
import type { Taints } from "./oops/taint.ts";
import type { Traces } from "./oops/traces.ts";
import type { Lockdep } from "./locks/lockdep.ts";
import type { Mutexes } from "./locks/mutex.ts";
import type { RwSemaphores } from "./locks/rwsem.ts";
import type { Semaphores } from "./locks/semaphore.ts";
import type { AsyncCalls } from "./sched/async.ts";
import type { Kthreads } from "./sched/kthreads.ts";
import type { Pids } from "./sched/pids.ts";
import type { Schedule } from "./sched/schedule.ts";
import type { VarQueues } from "./sched/var-queues.ts";
import type { WaitLists } from "./sched/waits.ts";
import type { Workqueues } from "./sched/workqueues.ts";
import type { Task } from "./task.ts";
import type { TaskReport } from "./task-report.ts";
import type { Tasks } from "./tasks.ts";
import type { Hrtimers } from "./time/hrtimers.ts";
import type { Rcu } from "./time/rcu.ts";
import type { Srcu } from "./time/srcu.ts";
import type { KthreadWorkers } from "./sched/kthread-workers.ts";
import type { Timers } from "./time/timers.ts";
import type { Mappings } from "./vfs/mappings.ts";
import type { Tty } from "./tty/drivers.ts";
import type { Tracing } from "./tracing/tracing.ts";
import type { Processes } from "./vfs/process.ts";
import type { UserFaults } from "./vfs/user-faults.ts";
import type { UserMemory } from "./vfs/user-memory.ts";
import type { Vfs } from "./vfs/vfs.ts";
import type { Timeline } from "./timeline.ts";
import type { DriverCore } from "./devices/driver-core.ts";
import type { Input } from "./input/devices.ts";
import type { Gpio } from "./gpio/chips.ts";
import type { Keyboard } from "./devices/i8042.ts";
import type { Outside } from "./devices/outside.ts";
import type { Ports } from "./devices/ports.ts";

/** What a stub sees of the kernel: one object a subsystem. */
export interface Kernel {
  readonly machine: Machine;
  /** Guest memory, kernel half. */
  readonly memory: GuestMemory;
  /** Guest memory, user half. */
  readonly userMemory: GuestMemory;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Stub calls so far. */
  readonly work: { stubs: number };
  readonly timeline: Timeline;
  readonly random: Random;
  /** Who answers in the place of devices and of chance. */
  readonly outside: Outside;
  readonly interrupts: Interrupts;
  /** Interrupt lines: `k.irqs.raise(7)`. */
  readonly irqs: Irqs;
  readonly executor: Executor;
  readonly tasks: Tasks;
  readonly pids: Pids;
  readonly schedule: Schedule;
  readonly image: KernelImage;
  readonly events: Events;
  readonly findings: Findings;
  /** The process whose context the CPU is in. */
  readonly current: Task;
  /** Kernel memory for the kernel's own objects; never given back. */
  readonly statics: Statics;
  readonly symbols: Symbols;
  readonly profile: Profile;
  readonly taints: Taints;
  /** Oopses, warnings, stack dumps. */
  readonly traces: Traces;
  readonly modules: ModuleSystem;
  /** Kernel functions that are called through pointers only. */
  readonly hostCode: HostCode;
  /** The algorithms of the crypto API. */
  readonly crypto: Crypto;
  /** Keys, keyrings, kinds of keys. */
  readonly keys: Keys;
  /** Lights and their triggers. */
  readonly leds: Leds;
  /** Calls that workers make later, in the order of their cookies. */
  readonly asyncCalls: AsyncCalls;
  /** The objects of the ACPI namespace. */
  readonly acpi: AcpiNamespace;
  /** Model-specific registers. */
  readonly msrs: Msrs;
  /** Netfilter hooks, network devices, packets. */
  readonly net: Net;
  /** Tracepoints, trace events, the trace buffer. */
  readonly tracing: Tracing;
  /** kprobes, kretprobes, ftrace. */
  readonly probes: Probes;
  readonly cpu: Cpu;
  /** kmalloc and caches. */
  readonly heap: Heap;
  readonly pages: Pages;
  readonly vmalloc: Vmalloc;
  readonly percpu: Percpu;
  readonly io: Io;
  /** I/O ports. */
  readonly ports: Ports;
  readonly gpio: Gpio;
  readonly input: Input;
  /** Drivers of terminals. */
  readonly tty: Tty;
  readonly keyboard: Keyboard;
  memSections(): Address;
  /** Texts that param_set_charp made, by address. */
  readonly parameterCopies: JournalSet<Address>;
  readonly timers: Timers;
  readonly hrtimers: Hrtimers;
  readonly rcu: Rcu;
  readonly srcu: Srcu;
  readonly kthreadWorkers: KthreadWorkers;
  /** Tasks that wait for something else by its address: a bit, a per-CPU rwsem. */
  readonly waits: WaitLists;
  readonly varQueues: VarQueues;
  readonly workqueues: Workqueues;
  readonly kthreads: Kthreads;
  /** Who holds which lock, in which order and context. */
  readonly lockdep: Lockdep;
  readonly mutexes: Mutexes;
  readonly rtMutexes: Mutexes;
  readonly wwMutexes: Mutexes;
  readonly rwsems: RwSemaphores;
  readonly semaphores: Semaphores;
  /** Tasks that wait for a completion. */
  readonly completions: WaitLists;
  readonly vfs: Vfs;
  /** File systems that modules bring along. */
  readonly fileSystems: FileSystems;
  /** kobjects, classes, devices, drivers. */
  readonly driverCore: DriverCore;
  readonly processes: Processes;
  /** User-space buffers of system calls. */
  readonly userBuffers: UserMemory;
  /** What processes have mapped. */
  readonly mappings: Mappings;
  readonly userFaults: UserFaults;
  /** Processes that wait for pipes and children. */
  readonly userWaits: WaitLists;
  /** What a task of that kind does when its last frame has returned: go on (push a call, block) or die. */
  readonly bottoms: Map<string, (task: Task, result: bigint) => void>;
  /** A guest structure with its fields as properties. */
  struct<Name extends keyof StructTypes>(name: Name, address: Address): StructTypes[Name];
  /** Bytes of a structure. */
  sizeOf(struct: string): number;
  /** Bytes from the structure's start to a field; dots go into members. For container_of. */
  offsetOf(struct: string, field: string): number;
  /** Guest memory for the duration of one host call into the guest; reused by the next one. */
  scratch(size: number): Address;
  /** Runs a guest function on the current task's stack: `yield* k.call(fn, a, b)`; answers with RAX. */
  call(fn: Address, ...args: readonly (number | bigint)[]): Routine<bigint>;
  /** The kernel log. */
  readonly log: Log;
  /** What the printf engine reads: `format(fmt, args, k.format)`. */
  readonly format: FormatEnv;
  /** Logs `text` as the kernel itself would: "<level>" is 0..7. */
  printk(level: number, text: ByteString): void;
  /** Of a part that is made when it is first used (later.ts): who has nothing for it need not have it made. */
  isMade(part: "probes" | "tracing" | "rcu" | "mappings" | "tty" | "asyncCalls"): boolean;
  /** Makes all that are still to be made. */
  complete(): void;
  /** From now on as many calls of kernel functions may come as the limits say; one more ends the run. */
  renewLimits(): void;
  /** might_sleep(): somebody else could have had the CPU. */
  noteOffer(): void;
  /** Ends the run: panic, endless loop, deadlock. The first reason stands. */
  stop(reason: StopReason): void;
  readonly stopped: StopReason | undefined;
}

export interface Statics {
  /** Zeroed, 64-byte aligned. */
  allocate(size: number): Address;
  /** Head of one of the kernel's lists, by name; empty when it is first asked for. */
  list(name: ByteString): Address;
}

/** The guest's per-CPU variables of CPU 0, and its interrupt flag. */
export interface Cpu {
  /** gs base: per-CPU offsets count from here. */
  readonly base: Address;
  /** Guest address of an exported per-CPU variable. */
  variable(name: string): Address;
  /** The kernel itself keeps that per-CPU variable. */
  owns(name: string): boolean;
  preemptCount(): number;
  setPreemptCount(value: number): void;
  addPreemptCount(by: number): void;
  irqsDisabled(): boolean;
  setIrqs(state: "on" | "off"): void;
}

export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** The module it belongs to; undefined for the kernel itself. */
  readonly module: string | undefined;
}

/** Names of addresses and addresses of names: the kernel's and its modules' (kernel/kallsyms.c). */
export interface Symbols {
  address(name: string): Address | undefined;
  lookup(address: Address): SymbolPlace | undefined;
  /** "name+0x1c/0x40 [module]", or "0xffffffffc0206000" where there is no symbol (%pS). */
  format(address: Address): string;
}

export interface StopReason {
  /** Stable identifier: "panic", "hang", "deadlock", "out-of-memory", "power", "engine", "engine-death". */
  readonly kind: string;
  readonly message: string;
  /** Which limit of a run has been reached, where more might have brought it to an end. */
  readonly limit?: keyof Limits;
  /** Where the guest's tasks stood; `stop` notes it. */
  readonly tasks?: readonly TaskReport[];
}
