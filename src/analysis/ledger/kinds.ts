import type { Address } from "../../base/address.ts";
import { isErr } from "../../base/err.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { isVmalloc } from "../../kernel/memory/layout.ts";

/**
 * What is lost when a resource is left behind. `memory`: bytes. `registration`: the kernel goes on
 * calling code, or reading data, of the module that is gone. `activity`: the same, and soon. `reference`: something else can never be freed.
 */
export type Family = "memory" | "registration" | "activity" | "reference";

export interface Kind {
  /** As reports call it, with its article: "a pending timer". */
  readonly noun: string;
  readonly family: Family;
  /** Taken several times, given back as often. */
  readonly counted?: true;
  /**
   * Giving back what was never taken is a mistake. "asked": of a module that has asked for one, with or without
   * success; of another it is a precaution that comes to nothing.
   */
  readonly strict?: true | "asked";
  /** Whether the kernel still has it, whoever took it away. Left out: as the calls balance. */
  readonly held?: (k: Kernel, key: Address) => boolean;
}

const memory = (noun: string, held?: Kind["held"]): Kind => ({
  noun,
  family: "memory",
  ...(held === undefined ? {} : { held }),
});
const registration = (noun: string, held?: Kind["held"]): Kind => ({
  noun,
  family: "registration",
  ...(held === undefined ? {} : { held }),
});
const activity = (noun: string, held: Kind["held"]): Kind => ({
  noun,
  family: "activity",
  ...(held === undefined ? {} : { held }),
});
const reference = (noun: string, held?: Kind["held"]): Kind => ({
  noun,
  family: "reference",
  counted: true,
  ...(held === undefined ? {} : { held }),
});

const area = (k: Kernel, key: Address): boolean => !isVmalloc(key) || k.vmalloc.find(key) !== undefined;
/** Whoever gave it back: network devices may destroy themselves. */
const allocated = (k: Kernel, key: Address): boolean => k.heap.objectAt(key)?.state === "allocated";
const threadRuns = (k: Kernel, key: Address): boolean => {
  const task = k.tasks.byStruct(key);
  return task !== undefined && task.state !== "dead";
};
/** Whether the kernel still needs a work item. It does not while its own function runs, which may free it. */
const workHeld = (k: Kernel, key: Address): boolean =>
  k.workqueues.holds(key) &&
  (k.workqueues.currentWork(k.current) !== key || k.workqueues.workState(key).pending);
/** What lies in memory that is gone, together with its module, cannot have been given back. */
const unless =
  (struct: string, test: (k: Kernel, key: Address) => boolean): Kind["held"] =>
  (k, key) =>
    !k.memory.accessible(key, k.sizeOf(struct), "read") || test(k, key);
const referenced = unless("kobject", (k, key) => k.struct("kobject", key).kref.refcount.refs.counter > 0);
const miscRegistered = unless(
  "miscdevice",
  (k, key) => k.driverCore.misc.find(k.struct("miscdevice", key).minor) === key,
);

/** By the names that `acquires` and `releases` use. Others are registrations whose calls must balance. */
export const KINDS: Readonly<Record<string, Kind>> = {
  slab: memory("memory of kmalloc or a slab cache"),
  vmalloc: memory("memory of vmalloc", area),
  page: memory("pages of the page allocator"),
  page_exact: memory("pages of alloc_pages_exact"),
  page_frag: memory("a page fragment"),
  percpu: memory("per-CPU memory", (k, key) => k.percpu.size(key) > 0),
  strarray: memory("an array of strings"),
  argv: memory("an argument vector"),
  firmware: memory("a firmware image"),
  mempool: memory("a memory pool"),
  mempool_element: memory("an element of a memory pool"),
  dma_pool: memory("a DMA pool"),
  dma_pool_object: memory("memory of a DMA pool"),
  dma_coherent: memory("coherent DMA memory"),
  dma_pages: memory("DMA pages"),
  dma_mapping: memory("a DMA mapping"),
  dma_sg: memory("a mapped scatterlist"),
  ioremap: memory("a mapping of device memory", area),
  memremap: memory("a mapping of memory", area),
  vmap: memory("a mapping of pages", area),
  vm_map_ram: memory("a mapping of pages", area),
  kmem_cache: { ...memory("a slab cache"), family: "registration", counted: true },
  percpu_counter: registration("a per-CPU counter"),

  timer: activity("a pending timer", (k, key) => k.timers.pending(key)),
  hrtimer: activity("a running hrtimer", (k, key) => k.hrtimers.active(key) && !k.hrtimers.running(key)),
  work: activity("pending work", workHeld),
  delayed_work: activity(
    "pending delayed work",
    (k, key) => k.timers.pending(key + k.offsetOf("delayed_work", "timer")) || workHeld(k, key),
  ),
  tasklet: activity("a scheduled tasklet", (k, key) => k.timeline.expects("tasklet", key)),
  rcu_callback: activity("an RCU callback", (k, key) => k.timeline.expects("rcu", key)),
  thread: activity("a running thread", threadRuns),

  workqueue: registration("a workqueue", (k, key) => k.workqueues.nameOf(key) !== undefined),
  proc: registration("an entry of /proc"),
  sysctl: registration("a sysctl table"),
  debugfs: registration("an entry of debugfs"),
  sysfs: registration("a file of sysfs"),
  chrdev: { ...registration("a range of device numbers"), strict: "asked" },
  block_major: { ...registration("a major of block devices"), strict: true },
  input: registration("an input device", (k, key) =>
    k.driverCore.devices.has(key + k.offsetOf("input_dev", "dev")),
  ),
  input_minor: registration("a minor of an input device"),
  cdev: registration("a character device"),
  misc: { ...registration("a misc device", miscRegistered), strict: true },
  class: registration("a device class", (k, key) => k.driverCore.classes.has(key)),
  bus: registration("a bus", (k, key) => k.driverCore.buses.has(key)),
  driver: registration("a driver", (k, key) => k.driverCore.drivers.has(key)),
  device: registration("a device", (k, key) => k.driverCore.devices.has(key)),
  class_compat: memory("a compatibility class"),
  tty_driver: memory("a struct tty_driver"),
  tty_registration: registration("a driver of terminals"),
  tty_ldisc: registration("a line discipline"),
  uart_driver: registration("a driver of serial lines"),
  platform_device: memory("a platform device"),
  cdev_object: memory("a struct cdev"),
  seq_file: memory("the seq_file of an open file"),
  notifier: registration("a notifier"),
  shrinker: registration("a shrinker"),
  kset: registration("a kset"),
  irq: registration("an interrupt handler"),
  kprobe: registration("a kprobe"),

  kobject: reference("a kobject", referenced),
  module: reference("a reference on a module"),
  symbol: reference("a reference on a symbol's module"),
  device_reference: reference(
    "a reference on a device",
    unless("device", (k, key) => k.struct("device", key).kobj.kref.refcount.refs.counter > 0),
  ),
  fwnode: reference("a reference on a firmware node"),
  software_node_of_a_device: registration("a device's software node"),
  property_entries: memory("a copy of properties"),
  key: reference("a reference on a key", allocated),
  socket: registration("a socket"),
  "network device": memory("a network device", allocated),
  "registered network device": registration("a network device", (k, key) => k.net.devices.isRegistered(key)),
  cred: reference("credentials"),
  file: reference("an open file"),
  path: reference("a reference on a path"),
  bdi: reference("a backing device"),
  nls_reference: reference("a reference on a character set"),
  vfsmount: reference("a mount"),
  pinned_filesystem: reference("a pinned file system"),
  mount_write: reference("write access to a mount"),
  task: reference("a reference on a task"),
  pid: reference("a reference on a PID"),
};

/** What lockdep (src/kernel/locks) keeps books of. */
export const LOCKS: ReadonlySet<string> = new Set(
  "mutex spinlock rwlock rwsem rt_mutex ww_mutex percpu_rwsem semaphore srcu rcu".split(" "),
);

export const kindOf = (name: string): Kind => KINDS[name] ?? registration(`a ${name.replaceAll("_", " ")}`);

/** Bytes of memory that has just been taken, where the kernel knows. */
export const sizeOfMemory = (k: Kernel, kind: string, key: Address): number | undefined => {
  if (kind === "page") return k.pages.blockSize(key) || undefined;
  if (kind === "percpu") return k.percpu.size(key) || undefined;
  return KINDS[kind]?.held === area ? k.vmalloc.find(key)?.size : undefined;
};

/** One name and key for what several functions call differently. */
export const canonical = (k: Kernel, kind: string, key: Address): { kind: string; key: Address } => {
  switch (kind) {
    case "kvmalloc":
      return { kind: isVmalloc(key) ? "vmalloc" : "slab", key };
    case "page":
      return { kind, key: k.pages.pageToVirt(key) };
    case "page_address":
      return { kind: "page", key };
    default:
      return { kind, key };
  }
};

const ZERO_SIZE_PTR = 16;
/** Kinds whose keys are numbers, not addresses. */
const NUMBERED: ReadonlySet<string> = new Set(["irq", "chrdev", "block_major", "input_minor"]);

/** NULL, ZERO_SIZE_PTR and error pointers: nothing was taken, nothing can be given back. */
export const isNothing = (kind: string, key: Address): boolean =>
  !NUMBERED.has(kind) && ((key >= 0 && key <= ZERO_SIZE_PTR) || isErr(key));
