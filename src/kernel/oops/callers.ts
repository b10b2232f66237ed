import type { ByteString } from "../../base/bytes.ts";

/**
 * From which kernel functions modules are called, innermost first, as the call traces of Debian's
 * 6.1.0-56-amd64 show it. For Task.callers and for reports of kernel code.
 */
export type CallerChain = readonly ByteString[];

/** Any system call, as long as nothing more is known. */
export const SYSCALL: CallerChain = ["do_syscall_64+0x5d/0xb0", "entry_SYSCALL_64_after_hwframe+0x6e/0xd8"];
const FINIT: CallerChain = ["__do_sys_finit_module+0xac/0x120", ...SYSCALL];
const INIT: CallerChain = ["__do_sys_init_module+0x17f/0x1b0", ...SYSCALL];
const INITCALL: CallerChain = ["do_one_initcall+0x59/0x220", "do_init_module+0x4a/0x1f0"];
const NOTIFY: CallerChain = ["blocking_notifier_call_chain+0x5c/0x80"];

const KTHREAD: CallerChain = [
  "kthread+0xda/0x100",
  "? kthread_complete_and_exit+0x20/0x20",
  "ret_from_fork+0x22/0x30",
];
const SOFTIRQ: CallerChain = [
  "handle_softirqs+0xd7/0x280",
  "__irq_exit_rcu+0xac/0xe0",
  "sysvec_apic_timer_interrupt+0x6e/0x90",
];

const KSOFTIRQD: CallerChain = [
  "handle_softirqs+0xd7/0x280",
  "? sort_range+0x20/0x20",
  "run_ksoftirqd+0x2d/0x40",
  "smpboot_thread_fn+0xd8/0x1d0",
  ...KTHREAD,
];

/** A softirq's callers where it was not an interrupt that ran it, but the thread. */
export const inKsoftirqd = (callers: CallerChain): CallerChain => {
  const at = callers.indexOf("handle_softirqs+0xd7/0x280");
  return at === -1 ? callers : [...callers.slice(0, at), ...KSOFTIRQD];
};

/** System calls that load and unload, by the function that does it. */
export const MODULE_CALLERS = {
  /** Where module_init runs. */
  finitModule: [...INITCALL, ...FINIT],
  initModule: [...INITCALL, ...INIT],
  /** Where module_exit runs. */
  deleteModule: ["__do_sys_delete_module+0x1b9/0x330", ...SYSCALL],
  /** dump_stack() for an init that returned something positive. */
  suspiciousFinit: ["do_init_module.cold+0x21/0x26", ...FINIT],
  suspiciousInit: ["do_init_module.cold+0x21/0x26", ...INIT],
  /** Parameters with a setter of the module's own. */
  parametersFinit: ["parse_args+0x1a8/0x390", "load_module+0x1f21/0x21a0", ...FINIT],
  parametersInit: ["parse_args+0x1a8/0x390", "load_module+0x1f21/0x21a0", ...INIT],
  /** Module notifiers. */
  comingFinit: ["blocking_notifier_call_chain_robust+0x6e/0xd0", "load_module+0x1c7a/0x21a0", ...FINIT],
  comingInit: ["blocking_notifier_call_chain_robust+0x6e/0xd0", "load_module+0x1c7a/0x21a0", ...INIT],
  liveFinit: [...NOTIFY, "do_init_module+0x72/0x1f0", ...FINIT],
  liveInit: [...NOTIFY, "do_init_module+0x72/0x1f0", ...INIT],
  going: [...NOTIFY, "__do_sys_delete_module+0x1cd/0x330", ...SYSCALL],
  /** Where unloading first sleeps, which tells of an exit function that left preemption off. */
  afterExit: ["ftrace_release_mod+0x15a/0x2a0", "__do_sys_delete_module+0x1e1/0x330", ...SYSCALL],
} as const satisfies Record<string, CallerChain>;

const INIT_MODULE = 175;

/** The chain of `where` under init_module(2) or finit_module(2), by the system call's number. */
export const loadCallers = (
  where: "init" | "suspicious" | "parameters" | "coming" | "live",
  systemCall: number | undefined,
): CallerChain => {
  const { finitModule, initModule, suspiciousFinit, suspiciousInit } = MODULE_CALLERS;
  const { parametersFinit, parametersInit, comingFinit, comingInit, liveFinit, liveInit } = MODULE_CALLERS;
  const chains = {
    init: [finitModule, initModule],
    suspicious: [suspiciousFinit, suspiciousInit],
    parameters: [parametersFinit, parametersInit],
    coming: [comingFinit, comingInit],
    live: [liveFinit, liveInit],
  } as const;
  return chains[where][systemCall === INIT_MODULE ? 1 : 0];
};

/** Code that runs by itself. */
export const DEFERRED_CALLERS = {
  kthread: KTHREAD,
  kthreadWork: ["kthread_worker_fn+0xaa/0x240", ...KTHREAD],
  work: [
    "process_one_work+0x1c7/0x380",
    "worker_thread+0x4d/0x380",
    "? rescuer_thread+0x3a0/0x3a0",
    ...KTHREAD,
  ],
  tasklet: ["tasklet_action_common.constprop.0+0xc7/0x240", ...SOFTIRQ],
  timer: ["call_timer_fn+0x27/0x130", "__run_timers+0x222/0x2c0", "run_timer_softirq+0x19/0x30", ...SOFTIRQ],
  hrtimer: [
    "__hrtimer_run_queues+0x10d/0x250",
    "hrtimer_interrupt+0xf4/0x210",
    "__sysvec_apic_timer_interrupt+0x5d/0x110",
    "sysvec_apic_timer_interrupt+0x69/0x90",
  ],
  hrtimerSoft: ["__hrtimer_run_queues+0x10d/0x250", "hrtimer_run_softirq+0x88/0xd0", ...SOFTIRQ],
  rcu: ["rcu_do_batch+0x19a/0x540", "rcu_core+0x1b5/0x4d0", ...SOFTIRQ],
  irq: [
    "__handle_irq_event_percpu+0x46/0x190",
    "handle_irq_event+0x34/0x70",
    "handle_edge_irq+0x87/0x220",
    "__common_interrupt+0x3f/0xa0",
    "common_interrupt+0x7d/0xa0",
  ],
  irqThread: ["irq_thread_fn+0x1c/0x60", "irq_thread+0xf0/0x1b0", ...KTHREAD],
  irqWork: [
    "irq_work_single+0x23/0x60",
    "irq_work_run_list+0x2c/0x40",
    "irq_work_run+0x14/0x30",
    "__sysvec_irq_work+0x29/0xd0",
    "sysvec_irq_work+0x69/0x90",
  ],
} as const satisfies Record<string, CallerChain>;

const PROBE: CallerChain = [
  "really_probe+0xde/0x380",
  "__driver_probe_device+0x84/0x150",
  "driver_probe_device+0x1f/0x90",
  "__device_attach_driver+0x85/0x110",
  "bus_for_each_drv+0x8b/0xd0",
  "__device_attach+0xb2/0x1e0",
  "bus_probe_device+0x8e/0xb0",
  "device_add+0x42e/0x8d0",
];
const REMOVE: CallerChain = [
  "device_release_driver_internal+0x1b2/0x230",
  "bus_remove_device+0xd8/0x150",
  "device_del+0x18b/0x410",
];

/** Frames between a stub that calls the guest and the guest, by stub. */
const CALLBACKS: Readonly<Record<string, CallerChain>> = {
  sort: ["sort_r+0xd5/0x240", "sort+0x2d/0x50"],
  sort_r: ["sort_r+0xd5/0x240"],
  bsearch: ["bsearch+0x53/0x80"],
  list_sort: ["list_sort+0x157/0x1c0"],
  debugfs_attr_read: ["simple_attr_read+0x6f/0x120", "debugfs_attr_read+0x40/0x60"],
  debugfs_attr_write: [
    "simple_attr_write_xsigned.constprop.0.isra.0+0xc8/0x120",
    "debugfs_attr_write+0x40/0x60",
  ],
  idr_for_each: ["idr_for_each+0x70/0xf0"],
  kmem_cache_alloc: [
    "setup_object+0x51/0x60",
    "allocate_slab+0x1cc/0x490",
    "___slab_alloc+0x379/0x990",
    "kmem_cache_alloc+0x2b8/0x300",
  ],
  platform_device_register_full: [
    "platform_probe+0x44/0x90",
    ...PROBE,
    "platform_device_add+0xee/0x240",
    "platform_device_register_full+0xbe/0x130",
  ],
  platform_device_unregister: [
    "platform_remove+0x3b/0x60",
    ...REMOVE,
    "platform_device_del.part.0+0x13/0x70",
    "platform_device_unregister+0x1c/0x40",
  ],
};

/** What stands between the guest and a stub that called it; `own`: the stub's frame when nothing is known. */
export const callbackFrames = (stub: ByteString, own: ByteString): CallerChain => CALLBACKS[stub] ?? [own];

/** "do_one_initcall+0x59" with the function's size behind, where a chain here names it. */
export const withSize = (caller: ByteString): ByteString => {
  if (caller.includes("/")) return caller;
  const chains: CallerChain[] = [MODULE_CALLERS, DEFERRED_CALLERS].flatMap((group) =>
    Object.values<CallerChain>(group),
  );
  const start = `${caller}/`;
  return chains.flat().find((text) => text.startsWith(start)) ?? caller;
};
