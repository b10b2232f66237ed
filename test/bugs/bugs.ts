/** Modules with one seeded bug each: NAME_bug.ko, and its correct twin NAME_ok.ko. */

/** Found by `kobox check`: the kind of a finding that one of its runs shows. */
export const CHECKED: Readonly<Record<string, string>> = {
  class_order: "use-after-free",
  device_not_put: "left-registered",
  double_free: "double-free",
  err_ptr: "null-dereference",
  freed_page: "use-after-free",
  freed_percpu: "use-after-free",
  freed_vmalloc: "use-after-free",
  heap_overflow: "slab-out-of-bounds",
  init_text_kept: "bad-jump",
  is_err_of_null: "null-dereference",
  leak_cache: "left-registered",
  leak_error_path: "leak",
  leak_exit: "leak",
  leak_loop: "leak",
  leak_pages: "leak",
  left_chrdev: "left-registered",
  left_irq: "left-registered",
  left_kobject: "reference-leak",
  left_misc_on_error: "left-registered",
  left_notifier: "left-registered",
  left_proc: "left-registered",
  left_thread: "bad-jump",
  left_timer: "left-active",
  left_work: "left-active",
  lock_left_held: "lock-held-at-return",
  module_ref_leak: "reference-leak",
  null_not_checked: "null-dereference",
  param_divide: "divide-error",
  param_index: "slab-out-of-bounds",
  param_stack: "bug",
  positive_return: "bad-return",
  rcu_left_locked: "rcu-read-left-open",
  sleep_in_atomic: "sleep-in-atomic",
  swallowed_error: "unbalanced-release",
  timer_uses_freed: "use-after-free",
  uninitialised: "uninitialised-memory",
  unmapped_registers: "use-after-free",
  wrong_free: "wrong-free",
};

export interface FuzzedBug {
  readonly name: string;
  /** DEVICE stands for the module's device file. */
  readonly target: string;
  readonly kind: string;
  /** Enough to find it with seed 1. */
  readonly executions: number;
}

/** Found by `kobox fuzz`: bugs in what happens between init and exit, and in what devices may answer. */
export const FUZZED: readonly FuzzedBug[] = [
  { name: "write_off_by_one", target: "file:DEVICE", kind: "slab-out-of-bounds", executions: 1500 },
  { name: "write_lock_held", target: "file:DEVICE", kind: "lock-held-at-return", executions: 200 },
  { name: "write_magic", target: "file:DEVICE", kind: "null-dereference", executions: 8000 },
  { name: "user_pointer", target: "file:DEVICE", kind: "page-fault", executions: 50 },
  { name: "ioctl_overflow", target: "ioctl:DEVICE", kind: "bug", executions: 500 },
  { name: "mmio_length", target: "file:DEVICE", kind: "slab-out-of-bounds", executions: 300 },
  { name: "port_index", target: "init", kind: "slab-out-of-bounds", executions: 300 },
  { name: "random_divide", target: "init", kind: "divide-error", executions: 300 },
  { name: "late_answer", target: "init", kind: "leak", executions: 300 },
  { name: "close_and_work", target: "sequence", kind: "use-after-free", executions: 200 },
];
